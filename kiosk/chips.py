"""A read-back as it is spoken, with every value in a frame that can be touched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .element import Element, Line
from .geometry import Rect
from .sheet import NoRoom, Sheet
from .theme import PLAIN, VALUE
from .view import Action, Piece
from .wrap import width, wrap

_MARKS = "，。？！、；："
_PHRASE = 9
"""Ems up to which plain words are kept on a row."""


@dataclass(frozen=True, slots=True)
class _Word:
    """Something that is not broken."""

    text: str
    """Its letters."""
    slot: str
    """Empty for plain words."""
    size: int
    """Pixels it takes."""


def chips(sheet: Sheet, area: Rect, statements: Sequence[Sequence[Piece]]) -> Iterator[Element]:
    """The statements from the top of an area, each on a row of its own. Raises NoRoom."""
    height = max(sheet.target, sheet.choice + 2 * sheet.pad)
    at = area.y
    for statement in statements:
        for row in _rows(sheet, list(_words(sheet, statement, area.w)), area.w):
            if at + height > area.bottom:
                raise NoRoom("rows of values")
            yield from _row(sheet, row, Rect(area.x, at, area.w, height))
            at += height + sheet.gap


def _words(sheet: Sheet, statement: Sequence[Piece], room: int) -> Iterator[_Word]:
    """Values in frames; plain words phrase by phrase."""
    em = sheet.choice
    for piece in statement:
        if piece.slot:
            for part in wrap(piece.text, (room - 2 * sheet.pad) / em):
                size = max(sheet.target, round(width(part) * em) + 2 * sheet.pad)
                yield _Word(part, piece.slot, size)
            continue
        for phrase in re.findall(rf"[^{_MARKS}]*[{_MARKS}]+|[^{_MARKS}]+", piece.text):
            short = width(phrase) <= _PHRASE
            for text in [phrase] if short else wrap(phrase, min(_PHRASE, room / em)):
                yield _Word(text, "", round(width(text) * em))


def _rows(sheet: Sheet, made_of: Sequence[_Word], room: int) -> Iterator[list[tuple[int, _Word]]]:
    """Words with their left edges, row by row; two frames are a gap apart.

    A mark stays in the row of what it follows.
    """
    row: list[tuple[int, _Word]] = []
    at, frame_end = 0, -sheet.gap
    for place, word in enumerate(made_of):
        start = max(at, frame_end + sheet.gap) if word.slot else at
        after = made_of[place + 1] if place + 1 < len(made_of) else None
        mark = after.size if after and not after.slot and set(after.text) <= set(_MARKS) else 0
        if row and start + word.size + mark + sheet.pad // 2 > room and not _only_marks(word):
            yield row
            row, start, frame_end = [], 0, -sheet.gap
        row.append((start, word))
        at = start + word.size + (sheet.pad // 2 if word.slot else 0)
        frame_end = start + word.size if word.slot else frame_end
    if row:
        yield row


def _only_marks(word: _Word) -> bool:
    return not word.slot and set(word.text) <= set(_MARKS)


def _row(sheet: Sheet, row: Sequence[tuple[int, _Word]], area: Rect) -> Iterator[Element]:
    em = sheet.choice
    top = area.y + (area.h - em) // 2
    plain: list[Line] = []
    for start, word in row:
        x = area.x + start
        if word.slot:
            rect = Rect(x, area.y, word.size, area.h)
            line = Line(word.text, x, top, em, VALUE.ink, word.size, centred=True)
            yield Element("choice", rect, VALUE, (line,), None, Action("correct", word.slot))
        else:
            plain.append(Line(word.text, x, top, em, PLAIN.ink, word.size + em))
    if plain:
        yield Element("text", area, PLAIN, tuple(plain))
