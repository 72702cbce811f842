"""One function a kind of view: which parts stand where. Raises NoRoom when they do not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from .element import Element, Picture
from .geometry import Rect
from .idle import idle
from .keypad import keypad
from .limits import limits
from .parts import badge_with_room, heading, lead, status, tile, tiles
from .read_back import read_back
from .sheet import NoRoom, Sheet
from .theme import ALARM, PLAIN
from .view import (
    Done,
    Help,
    Idle,
    Keypad,
    Listening,
    Now,
    Question,
    ReadBack,
    Stepper,
    StillThere,
    Week,
    Words,
)
from .wrap import width

_STEPPER_MM: Final = 30.0
_HEARD: Final = 3
"""Lines of what is being heard that are worth smaller letters."""


def question(view: Question, sheet: Sheet, area: Rect) -> Iterator[Element]:
    """The question above, the answers below it."""
    made, rest = heading(sheet, area, view.now, lead(sheet, view.lead), view.question)
    yield from made
    yield from tiles(sheet, rest, view.tiles)


def listening(view: Listening, sheet: Sheet, area: Rect) -> Iterator[Element]:
    """What is heard, as large as a question, beside a large ring; what was asked above it."""
    state = status(sheet, view.now, area.x, area.y, times=1.0 if sheet.frugal else 1.6)
    yield state
    if sheet.glass.portrait:
        top, left = state.rect.bottom + sheet.gap, area.x
    else:
        top, left = area.y, state.rect.right + sheet.gap
    column = Rect(left, top, area.right - left, area.bottom - top)
    for sentence in (*lead(sheet, view.lead), view.question):
        room = Rect(left, top, column.w, area.bottom - top)
        asked = sheet.words(sentence, sheet.choice, room)
        yield asked
        top = asked.rect.bottom
    top += sheet.gap
    told = limits()
    line_w = min(column.w, round(told.characters_per_line * sheet.question * 1.02))
    shown = view.transcript or view.hint
    most = max(1, min(told.lines_per_screen, (area.bottom - top) // sheet.pitch(sheet.question)))
    lines = sheet.wrapped(shown, sheet.question, line_w)
    if len(lines) > most and (not view.transcript or (most < _HEARD and not sheet.frugal)):
        raise NoRoom("transcript")
    if len(lines) > most:  # the end is what is being said now
        lines = ["…" + lines[-most][1:], *lines[len(lines) - most + 1 :]]
    rect = Rect(left, top, column.w, sheet.height(len(lines), sheet.question))
    if rect.bottom > area.bottom:
        raise NoRoom("transcript")
    drawn = sheet.lines(lines, sheet.question, rect, PLAIN, bold=bool(view.transcript))
    yield Element("question", rect, PLAIN, drawn)


def week(view: Week, sheet: Sheet, area: Rect) -> Iterator[Element]:
    """Seven days in one row where they fit, else in two."""
    made, rest = heading(sheet, area, view.now, lead(sheet, view.lead), view.question)
    yield from made
    for per_row in (7, 4):
        rows = -(-7 // per_row)
        row_h = min((rest.h - (rows - 1) * sheet.gap) // rows, sheet.glass.px(110))
        used = Rect(rest.x, rest.y, rest.w, rows * row_h + (rows - 1) * sheet.gap)
        cells = [c for row in used.rows(rows, sheet.gap) for c in row.columns(per_row, sheet.gap)]
        try:
            found = [tile(sheet, cell, day) for cell, day in zip(cells, view.days, strict=False)]
        except NoRoom:
            continue
        if all(len(each.lines) == 2 for each in found):  # a name and a number
            yield from found
            return
    raise NoRoom("days")


def stepper(view: Stepper, sheet: Sheet, area: Rect) -> Iterator[Element]:
    """Less, the value, more; below them the button that takes it."""
    made, rest = heading(sheet, area, view.now, lead(sheet, view.lead), view.question)
    yield from made
    button = min(sheet.glass.px(_STEPPER_MM) + sheet.choice, (rest.h - sheet.gap) // 2)
    row = Rect(rest.x, rest.y, rest.w, min(rest.h - button - sheet.gap, sheet.glass.px(95)))
    less, middle, more = row.shares((1, 2, 1), sheet.gap, across=True)
    yield tile(sheet, less, view.less)
    lines = sheet.wrapped(view.value, sheet.question, middle.w, most=2)
    height = sheet.height(len(lines), sheet.question)
    inner = Rect(middle.x, middle.y + (middle.h - height) // 2, middle.w, height)
    if height > middle.h:
        raise NoRoom("value")
    yield Element(
        "question",
        inner,
        PLAIN,
        sheet.lines(lines, sheet.question, inner, PLAIN, centred=True, bold=True),
    )
    yield tile(sheet, more, view.more)
    yield tile(
        sheet, Rect(rest.x, row.bottom + sheet.gap, rest.w, button), view.done, icon_left=True
    )


def done(view: Done, sheet: Sheet, area: Rect) -> Iterator[Element]:
    """What was filed, as a small table; what comes next below it."""
    button_h = max(sheet.target, sheet.choice * 2 + 2 * sheet.pad)
    if len(view.tiles) > 2 and sheet.glass.portrait:  # their words may need two lines
        button_h = max(button_h, sheet.height(2, sheet.choice, label=True) + 2 * sheet.inset)
    buttons = Rect(area.x, area.bottom - button_h, area.w, button_h)
    cells = buttons.columns(len(view.tiles), sheet.gap)
    for cell, each in zip(cells, view.tiles, strict=True):
        yield tile(sheet, cell, each, icon_left=True)
    above = Rect(area.x, area.y, area.w, buttons.y - sheet.gap - area.y)
    quiet = Now(view.now.mode)
    made, rest = heading(sheet, above, quiet, lead(sheet, view.said), view.question)
    yield from made
    side = made[0].rect
    if sheet.glass.portrait:
        yield from badge_with_room(
            sheet, "tick", view.title, Rect(area.right - side.w, side.y, side.w, side.h)
        )
    else:
        taken = max((each.rect.bottom for each in made if each is not made[0]), default=side.bottom)
        rest = Rect(side.right + sheet.gap, taken + sheet.gap, 0, 0)
        rest = Rect(rest.x, rest.y, area.right - rest.x, above.bottom - rest.y)
        yield from badge_with_room(
            sheet, "tick", view.title, Rect(side.x, side.bottom, side.w, above.bottom - side.bottom)
        )
    yield from _facts(view, sheet, rest)


def _facts(view: Done, sheet: Sheet, area: Rect) -> Iterator[Element]:
    """Name and value, a row each."""
    em = sheet.choice if sheet.frugal < 3 else sheet.text
    name_w = max(round(width(name) * sheet.text) for name, _ in view.facts) + sheet.gap
    lower = (sheet.pitch(em) - sheet.pitch(sheet.text)) // 2
    y = area.y
    for name, value in view.facts:
        room = Rect(area.x + name_w, y, area.w - name_w, area.bottom - y)
        yield sheet.words(name, sheet.text, Rect(area.x, y + lower, name_w, area.bottom - y))
        shown = sheet.words(value, em, room, bold=True, most=3)
        yield shown
        y = shown.rect.bottom


def help_on_the_way(view: Help, sheet: Sheet, area: Rect) -> Iterator[Element]:
    """Calm and large: staff have been told; what to do; what is asked."""
    button_h = max(sheet.target, sheet.choice * 2 + 2 * sheet.pad)
    buttons = Rect(area.x, area.bottom - button_h, area.w, button_h)
    for cell, each in zip(buttons.columns(len(view.tiles), sheet.gap), view.tiles, strict=True):
        yield tile(sheet, cell, each, icon_left=True)
    above = Rect(area.x, area.y, area.w, buttons.y - sheet.gap - area.y)
    banner_h = sheet.height(1, sheet.question) + 2 * sheet.pad
    banner = Rect(above.x, above.y, above.w, banner_h)
    side = banner_h - 2 * sheet.pad
    square = Rect(banner.x + sheet.pad, banner.y + sheet.pad, side, side)
    words = Rect(
        square.right + sheet.gap,
        banner.y + sheet.pad,
        banner.right - square.right - 2 * sheet.gap,
        side,
    )
    title = sheet.wrapped(view.title, sheet.question, words.w, most=1)
    lines = sheet.lines(title, sheet.question, words, ALARM, bold=True)
    yield Element("question", banner, ALARM, lines, Picture("alarm", square, ALARM.ink))
    below = Rect(
        above.x, banner.bottom + sheet.gap, above.w, above.bottom - banner.bottom - sheet.gap
    )
    made, rest = heading(sheet, below, Now(view.now.mode), lead(sheet, view.said), view.question)
    if rest.h < -sheet.gap:
        raise NoRoom("help")
    yield from made


def still_there(view: StillThere, sheet: Sheet, area: Rect) -> Iterator[Element]:
    """One question, one huge answer."""
    made, rest = heading(sheet, area, view.now, (), view.question)
    yield from made
    left = sheet.words(view.left, sheet.text, rest)
    yield left
    top = left.rect.bottom + sheet.gap
    room = Rect(rest.x, top, rest.w, min(rest.bottom - top, sheet.glass.px(110)))
    yield tile(sheet, room, view.tile, em=sheet.question)


def a_few_words(view: Words, sheet: Sheet, area: Rect) -> Iterator[Element]:
    """A picture, a title, and what was said, in the middle."""
    side = min(area.h // 3, area.w // 3, sheet.glass.px(70))
    title = sheet.wrapped(view.title, sheet.question, area.w, most=2)
    said = [
        line for sentence in view.said for line in sheet.wrapped(sentence, sheet.choice, area.w)
    ]
    title_h, said_h = (
        sheet.height(len(title), sheet.question),
        sheet.height(len(said), sheet.choice),
    )
    free = area.h - side - title_h - said_h - 2 * sheet.gap
    if free < 0:
        raise NoRoom("words")
    square = Rect(area.x + (area.w - side) // 2, area.y + free // 2, side, side)
    yield Element("picture", square, PLAIN, (), Picture(view.icon, square, PLAIN.ink))
    rect = Rect(area.x, square.bottom + sheet.gap, area.w, title_h)
    drawn = sheet.lines(title, sheet.question, rect, PLAIN, centred=True, bold=True)
    yield Element("question", rect, PLAIN, drawn)
    rect = Rect(area.x, rect.bottom + sheet.gap, area.w, said_h)
    yield Element("text", rect, PLAIN, sheet.lines(said, sheet.choice, rect, PLAIN, centred=True))


PLACES: Final[Mapping[type, Callable[[Any, Sheet, Rect], Iterator[Element]]]] = {
    Idle: idle,
    Listening: listening,
    Question: question,
    Week: week,
    Stepper: stepper,
    ReadBack: read_back,
    Done: done,
    Help: help_on_the_way,
    StillThere: still_there,
    Words: a_few_words,
    Keypad: keypad,
}
"""View → what places it."""
