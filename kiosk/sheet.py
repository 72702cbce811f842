"""An empty screen with its measures: what every layout builds on.

Sizes of text are those of `assets/limits.yaml` times a scale of at least 1. A
sheet is tried at the scale the station has chosen; where something does not fit,
a smaller one is tried, and at scale 1 a more frugal one that leaves pictures out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .element import Element, Line, Picture, Role
from .geometry import Glass, Rect
from .limits import limits
from .theme import PLAIN, Coat
from .view import Action, Photo
from .wrap import width, wrap

PAD_MM = 3.0
"""Between an edge and the words inside it."""

_SMALLEST_MM, _SMALL_MM, _USUAL_MM = 8.0, 12.0, 16.0
"""Pictures at the smallest text, up to the wished size, and beyond it: larger text is
no gain where it crowds out the pictures."""

_PICTURE_MM, _FACE_MM = 42.0, 65.0
"""Pictures are no larger; somebody's, with the name below, may be."""

LABEL_SPACING = 1.3
"""Pitch of the few lines on a button, in ems."""


class NoRoom(Exception):
    """It does not fit at this scale."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a station wants its screens."""

    text_size: Literal["standard", "large", "largest"] = "large"
    """Which of the text sizes."""
    left_handed: bool = False
    """The fixed buttons stand on the left."""


class Sheet:
    """A screen at one scale; gives sizes in pixels and makes elements."""

    def __init__(self, glass: Glass, scale: float, *, wished: float = 1.0, frugal: int = 0) -> None:
        told = limits()
        self.glass = glass
        self.scale = scale
        self.frugal = frugal
        self.generous = scale > wished
        self.text = glass.px(told.text_mm * scale)
        self.choice = glass.px(told.choice_text_mm * scale)
        self.question = glass.px(told.question_text_mm * scale)
        self.target = glass.px(told.target_mm)
        self.gap = glass.px(told.gap_mm)
        self.pad = glass.px(PAD_MM)
        self.spacing = told.line_spacing
        small = _SMALLEST_MM if scale <= 1.0 else _SMALL_MM
        self.picture = glass.px(_USUAL_MM if scale > wished else small)
        self.inset = self.pad * 5 // 3 if scale > wished else self.pad * 2 // 3

    def pitch(self, em: int, *, label: bool = False) -> int:
        """From one line to the next, in running text or on a button."""
        return round(em * (LABEL_SPACING if label else self.spacing))

    def height(self, lines: int, em: int, *, label: bool = False) -> int:
        """Pixels that so many lines take, half a gap above and below included."""
        return lines * self.pitch(em, label=label)

    def wrapped(self, text: str, em: int, width: int, *, most: int | None = None) -> list[str]:
        """Lines of text for a width; raises NoRoom where a word or the number does not fit."""
        if width < em:
            raise NoRoom("not one character")
        ems = width / em
        lines = wrap(text, ems)
        if most is not None and len(lines) > most:
            raise NoRoom(f"{len(lines)} lines instead of {most}")
        return lines

    def lines(
        self,
        texts: Sequence[str],
        em: int,
        area: Rect,
        coat: Coat,
        *,
        centred: bool = False,
        bold: bool = False,
        label: bool = False,
    ) -> tuple[Line, ...]:
        """Texts under each other from the top of an area."""
        pitch = self.pitch(em, label=label)
        lead = (pitch - em) // 2
        return tuple(
            Line(text, area.x, area.y + at * pitch + lead, em, coat.ink, area.w, centred, bold)
            for at, text in enumerate(texts)
        )

    def words(
        self,
        text: str,
        em: int,
        area: Rect,
        *,
        role: Role = "text",
        coat: Coat = PLAIN,
        bold: bool = False,
        centred: bool = False,
        most: int | None = None,
    ) -> Element:
        """Running text from the top of an area; its element is as high as it is long."""
        texts = self.wrapped(text, em, area.w, most=most)
        rect = Rect(area.x, area.y, area.w, self.height(len(texts), em))
        if rect.h > area.h:
            raise NoRoom("text is too long")
        return Element(
            role, rect, coat, self.lines(texts, em, rect, coat, centred=centred, bold=bold)
        )

    def button(
        self,
        rect: Rect,
        label: Sequence[str],
        em: int,
        coat: Coat,
        action: Action | None,
        *,
        icon: str = "",
        icon_left: bool = False,
        role: Role = "choice",
        note: str = "",
        photo: Photo | None = None,
    ) -> Element:
        """A button with its words in the middle, its picture above or to the left of them.

        Raises NoRoom when the words do not fit.
        """
        inside = rect.inset(self.inset)
        label_h = self.height(len(label), em, label=True)
        words_h = label_h + (self.height(1, self.text, label=True) if note else 0)
        widest = max(round(width(text) * em) for text in label)
        widest = max(widest, round(width(note) * self.text))
        if words_h > inside.h or widest > inside.w or min(rect.w, rect.h) < self.target:
            raise NoRoom("a button is too small")
        most = _FACE_MM if note else _PICTURE_MM
        picture, area = None, inside
        if icon and icon_left:
            high = inside.h if note else round(em * 2.6)
            side = self._side(min(inside.h, high, inside.w - widest - self.pad), most)
            indent = (inside.w - side - self.pad - widest) // 2
            square = Rect(inside.x + indent, inside.y + (inside.h - side) // 2, side, side)
            left = square.right + self.pad
            area = Rect(left, inside.y, inside.right - indent - left, inside.h)
            picture = Picture(icon, square, coat.ink, photo)
        elif icon:
            side = self._side(min(inside.h - words_h, inside.w), most)
            y = inside.y + (inside.h - side - words_h) // 2
            square = Rect(inside.x + (inside.w - side) // 2, y, side, side)
            picture = Picture(icon, square, coat.ink, photo)
            area = Rect(inside.x, y + side, inside.w, words_h)
        first = area.y + (area.h - words_h) // 2
        top = Rect(area.x, first, area.w, words_h)
        lines = self.lines(label, em, top, coat, centred=True, label=True)
        if note:
            below = Rect(area.x, first + label_h, area.w, area.h)
            lines += self.lines((note,), self.text, below, coat, centred=True, label=True)
        return Element(role, rect, coat, lines, picture, action)

    def _side(self, room: int, most: float) -> int:
        """Pixels of a square picture in this room; raises NoRoom where it would be too small."""
        if room < self.picture:
            raise NoRoom("no room for a picture")
        return min(room, self.glass.px(most))
