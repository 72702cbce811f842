"""The read-back: what was understood, and yes or no to it. Raises NoRoom when it does not fit."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from itertools import product
from typing import Final

from .chips import chips
from .element import Element, Picture
from .geometry import Rect
from .limits import limits
from .parts import badge_with_room, flat_status, status, tile
from .sheet import NoRoom, Sheet
from .theme import PLAIN
from .view import ReadBack

_BUTTON_MM, _HIGH_MM = 30.0, 45.0
_FACES_MM: Final = (60.0, 45.0)


def read_back(view: ReadBack, sheet: Sheet, area: Rect) -> Iterator[Element]:
    """The statements with their values framed, the question, and yes or no as high as can be."""
    faces = [*_FACES_MM, 0.0] if view.person else [0.0]
    if view.person and sheet.generous:
        faces.remove(0.0)  # larger words are no gain where they crowd out a face
    for face_mm, button_mm in product(faces, (_HIGH_MM, _BUTTON_MM, 0.0)):
        try:
            sizes = sheet.glass.px(face_mm), sheet.glass.px(button_mm)
            made = list(_read_back(view, sheet, area, *sizes))
        except NoRoom:
            continue
        yield from made
        return
    raise NoRoom("read-back")


def _read_back(
    view: ReadBack, sheet: Sheet, area: Rect, face: int, wished_h: int
) -> Iterator[Element]:
    button_h = max(wished_h, sheet.choice + 2 * sheet.pad + sheet.glass.px(4), sheet.target)
    buttons = Rect(area.x, area.bottom - button_h, area.w, button_h)
    above = Rect(area.x, area.y, area.w, buttons.y - sheet.gap - area.y)
    if sheet.frugal >= 2:
        corner, yes, no = buttons.columns(3, sheet.gap)
        yield flat_status(sheet, view.now, corner)
        column = above
    else:
        yes, no = buttons.shares((3, 2), sheet.gap, across=True)
        column = yield from _beside(view, sheet, above, face)
    yield tile(sheet, yes, view.yes, icon_left=True)
    yield tile(sheet, no, view.no, icon_left=True)
    yield from _statements(view, sheet, column)


def _beside(view: ReadBack, sheet: Sheet, above: Rect, face: int) -> Generator[Element, None, Rect]:
    """Linli's state and the picture, somebody's with a place of its own; gives the area left."""
    if face:
        if face > above.h:
            raise NoRoom("face")
        square = Rect(above.right - face, above.y, face, face)
        picture = Picture(view.icon, square, PLAIN.ink, view.photo)
        yield Element("picture", square, PLAIN, (), picture)
        above = Rect(above.x, above.y, square.x - sheet.gap - above.x, above.h)
        view = replace(view, icon="", photo=None)
    state = status(sheet, view.now, above.x, above.y)
    yield state
    if sheet.glass.portrait:
        corner = Rect(above.right - state.rect.w, above.y, state.rect.w, state.rect.h)
        yield from badge_with_room(sheet, view.icon, "", corner, view.photo)
        top = state.rect.bottom + sheet.gap
        return Rect(above.x, top, above.w, above.bottom - top)
    under = Rect(above.x, state.rect.bottom, state.rect.w, above.bottom - state.rect.bottom)
    yield from badge_with_room(sheet, view.icon, "", under, view.photo)
    left = state.rect.right + sheet.gap
    return Rect(left, above.y, above.right - left, above.h)


def _statements(view: ReadBack, sheet: Sheet, column: Rect) -> Iterator[Element]:
    told = limits()
    line_w = min(column.w, round(told.characters_per_line * sheet.question * 1.02))
    lines = sheet.wrapped(view.question, sheet.question, line_w, most=told.lines_per_screen)
    asked_h = sheet.height(len(lines), sheet.question)
    room = Rect(column.x, column.y, column.w, column.h - asked_h)
    if room.h <= 0:
        raise NoRoom("question")
    if sheet.frugal < 3:
        made = list(chips(sheet, room, view.statements))
    else:
        made, at = [], room.y
        for statement in view.statements:
            text = "".join(piece.text for piece in statement)
            em = sheet.choice if sheet.frugal < 4 else sheet.text
            made.append(sheet.words(text, em, Rect(room.x, at, room.w, room.bottom - at)))
            at = made[-1].rect.bottom
    yield from made
    bottom = max((each.rect.bottom for each in made), default=room.y)
    top = min(bottom + sheet.gap, column.bottom - asked_h)
    area = Rect(column.x, top, line_w, column.bottom - top)
    yield sheet.words(view.question, sheet.question, area, role="question", bold=True)
