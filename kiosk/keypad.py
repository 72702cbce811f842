"""Twelve keys and what was typed. Raises NoRoom when they do not fit."""

from __future__ import annotations

from collections.abc import Iterator

from .element import Element
from .geometry import Rect
from .parts import heading, status, tile
from .sheet import Sheet
from .theme import NOTE, TILE
from .view import Keypad


def keypad(view: Keypad, sheet: Sheet, area: Rect) -> Iterator[Element]:
    """Twelve keys; what was typed above them, or beside them on a wide screen."""
    field_h = sheet.question + 2 * sheet.pad + sheet.glass.px(4)
    if sheet.glass.portrait:
        made, rest = heading(sheet, area, view.now, (), view.question)
        field = Rect(rest.x, rest.y, rest.w, field_h)
        keys = Rect(
            rest.x, field.bottom + sheet.gap, rest.w, rest.bottom - field.bottom - sheet.gap
        )
    else:
        left, keys = area.shares((1, 1), sheet.gap, across=True)
        state = status(sheet, view.now, left.x, left.y)
        top = state.rect.bottom + sheet.gap
        room = Rect(left.x, top, left.w, left.bottom - top)
        asked = sheet.words(view.question, sheet.question, room, role="question", bold=True, most=2)
        made = [state, asked]
        field = Rect(left.x, asked.rect.bottom + sheet.gap, left.w, field_h)
    yield from made
    yield _typed(view, sheet, field)
    cells = [cell for row in keys.rows(4, sheet.gap) for cell in row.columns(3, sheet.gap)]
    for cell, key in zip(cells, view.keys, strict=True):
        em = sheet.question if key.label.isdigit() else sheet.choice
        yield tile(sheet, cell, key, em=em)


def _typed(view: Keypad, sheet: Sheet, field: Rect) -> Element:
    """What was typed so far."""
    coat, em = TILE if view.typed else NOTE, sheet.question
    lines = sheet.wrapped(view.typed or "—", em, field.w - 2 * sheet.pad, most=1)
    inner = field.inset(sheet.pad)
    drawn = sheet.lines(
        lines,
        em,
        Rect(inner.x, inner.y + (inner.h - sheet.pitch(em)) // 2, inner.w, inner.h),
        coat,
        centred=True,
        bold=True,
    )
    return Element("question", field, coat, drawn)
