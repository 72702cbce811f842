"""Draws a layout with pygame: coats, words, pictures, the ring, and what is being touched."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import pygame

from .element import Element, Layout, Line, Picture
from .geometry import Glass, Rect
from .theme import GROUND, INK, Colour
from .view import Mode, Photo

ICONS: Final = Path(__file__).resolve().parent.parent / "assets" / "icons"
"""Our own drawings: one SVG a picture; `currentColor` is the ink of what it stands on."""

_ASCENT: Final = 0.28
"""Ems that Noto Sans SC leaves above the em box."""

RINGS: Final[Mapping[Mode, Colour]] = {
    "listening": (13, 60, 142),
    "speaking": (9, 84, 40),
    "thinking": (62, 72, 92),
    "deaf": (120, 84, 10),
    "quiet": (62, 72, 92),
}


class Painter:
    """Paints onto any surface; keeps the letters and pictures it has drawn.

    `fonts` is a folder with NotoSansSC-Medium.ttf and NotoSansSC-Bold.ttf.
    Raises FileNotFoundError where they are not.
    """

    def __init__(self, glass: Glass, fonts: Path) -> None:
        pygame.font.init()
        self._files = {bold: fonts / f"NotoSansSC-{name}.ttf" for bold, name in _WEIGHTS.items()}
        for file in self._files.values():
            if not file.exists():
                raise FileNotFoundError(f"{file}: the font is missing; run scripts/setup")
        self._fonts: dict[tuple[int, bool], pygame.font.Font] = {}
        self._texts: dict[tuple[str, int, Colour, bool], pygame.Surface] = {}
        self._pictures: dict[tuple[str, int, Colour], pygame.Surface] = {}
        self._photos: dict[tuple[int, int], pygame.Surface] = {}
        self._edge = max(2, glass.px(0.8))
        self._round = glass.px(3)

    @property
    def faces(self) -> int:
        """How many photos it keeps."""
        return len(self._photos)

    def draw(
        self,
        surface: pygame.Surface,
        layout: Layout,
        *,
        mode: Mode = "quiet",
        level: float = 0.0,
        pressed: Element | None = None,
    ) -> None:
        """Paint a whole screen; `level` is the loudness at the microphone, 0–1."""
        surface.fill(GROUND)
        shown = {id(each.picture.photo) for each in layout.elements if each.picture}
        # Nobody's face outlasts the screen it stands on.
        self._photos = {key: kept for key, kept in self._photos.items() if key[0] in shown}
        for element in layout.elements:
            self._element(surface, element, mode, level, pressed=element is pressed)

    def ring(
        self, surface: pygame.Surface, layout: Layout, mode: Mode, level: float
    ) -> list[pygame.Rect]:
        """Paint Linli's state alone; gives the rectangles that changed."""
        changed = []
        for element in layout.elements:
            if element.role == "status":
                rect = _rect(element.rect)
                surface.fill(GROUND, rect)
                self._element(surface, element, mode, level, pressed=False)
                changed.append(rect)
        return changed

    def _element(
        self, surface: pygame.Surface, element: Element, mode: Mode, level: float, *, pressed: bool
    ) -> None:
        rect = _rect(element.rect)
        if element.coat.edge is not None:
            edge = self._edge * (4 if pressed else 1)
            pygame.draw.rect(surface, element.coat.fill, rect, border_radius=self._round)
            colour = INK if pressed else element.coat.edge
            pygame.draw.rect(surface, colour, rect, edge, border_radius=self._round)
        if element.role == "status" and element.picture:
            self._ring(surface, element.picture.rect, mode, level, pressed=pressed)
        if element.picture:
            square = element.picture.rect
            surface.blit(self._picture(element.picture), (square.x, square.y))
        for line in element.lines:
            self._line(surface, line)

    def _ring(
        self, surface: pygame.Surface, square: Rect, mode: Mode, level: float, *, pressed: bool
    ) -> None:
        """Around the picture: thicker the louder it is."""
        least, most = self._edge, square.w // 6
        width = least + round((most - least) * min(max(level, 0.0), 1.0))
        width = most if pressed else width if mode == "listening" else least
        radius = round(square.w * 0.78)
        pygame.draw.circle(surface, RINGS[mode], square.centre, radius, width)

    def _line(self, surface: pygame.Surface, line: Line) -> None:
        text = self._text(line)
        x = line.x + (line.room - text.get_width()) // 2 if line.centred else line.x
        surface.blit(text, (x, line.y - round(_ASCENT * line.em)))

    def _text(self, line: Line) -> pygame.Surface:
        key = (line.text, line.em, line.colour, line.bold)
        if key not in self._texts:
            if len(self._texts) > 400:  # a transcript grows by a new text at a time
                self._texts.clear()
            self._texts[key] = self._font(line.em, line.bold).render(line.text, True, line.colour)
        return self._texts[key]

    def _font(self, em: int, bold: bool) -> pygame.font.Font:
        key = (em, bold)
        if key not in self._fonts:
            self._fonts[key] = pygame.font.Font(str(self._files[bold]), em)
        return self._fonts[key]

    def _picture(self, picture: Picture) -> pygame.Surface:
        if picture.photo is not None:
            return self._photo(picture.photo, picture.rect.w)
        key = (picture.name, picture.rect.w, picture.colour)
        if key not in self._pictures:
            self._pictures[key] = drawn(*key)
        return self._pictures[key]

    def _photo(self, photo: Photo, side: int) -> pygame.Surface:
        """A face as large as a drawn picture would be, in a frame."""
        key = (id(photo), side)
        if key not in self._photos:
            whole = pygame.image.frombytes(photo.rgb, (photo.side, photo.side), "RGB")
            self._photos[key] = pygame.transform.smoothscale(whole, (side, side))
            pygame.draw.rect(self._photos[key], INK, self._photos[key].get_rect(), self._edge)
        return self._photos[key]


_WEIGHTS: Final = {False: "Medium", True: "Bold"}


def drawn(name: str, side: int, colour: Colour) -> pygame.Surface:
    """An icon as a square surface with `colour` for its line work."""
    svg = _svg(name).replace("currentColor", "#{:02x}{:02x}{:02x}".format(*colour))
    svg = svg.replace('width="96" height="96"', f'width="{side}" height="{side}"', 1)
    return pygame.image.load(io.BytesIO(svg.encode()), f"{name}.svg")


@cache
def _svg(name: str) -> str:
    return (ICONS / f"{name}.svg").read_text("utf-8")


def _rect(rect: Rect) -> pygame.Rect:
    return pygame.Rect(rect.x, rect.y, rect.w, rect.h)
