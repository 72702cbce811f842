"""The screen that waits for somebody: the time, a huge button, the services."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from .element import Element
from .geometry import Rect
from .parts import status, tile, tiles
from .sheet import NoRoom, Sheet
from .theme import NOTE
from .view import Idle


def idle(view: Idle, sheet: Sheet, area: Rect) -> Iterator[Element]:
    """Time and greeting, then what can be done: side by side, or one above the other."""
    if view.notice:
        height = sheet.height(1, sheet.text) + sheet.pad
        strip = Rect(area.x, area.bottom - height, area.w, height)
        yield _notice(sheet, strip, view.notice)
        area = Rect(area.x, area.y, area.w, area.h - height - sheet.gap)
    if sheet.glass.portrait:
        yield from _upright(view, sheet, area)
    else:
        yield from _wide(view, sheet, area)


def _wide(view: Idle, sheet: Sheet, area: Rect) -> Iterator[Element]:
    left, right = area.shares((1, 1), 2 * sheet.gap, across=True)
    top = yield from _time(view, sheet, left)
    greeting = sheet.words(
        view.greeting, sheet.question, Rect(left.x, top, left.w, left.bottom - top),
        role="question", bold=True, most=3,
    )  # fmt: skip
    yield greeting
    top = greeting.rect.bottom + sheet.gap
    yield _speak(view, sheet, Rect(left.x, top, left.w, left.bottom - top))
    yield from _services(view, sheet, right)


def _upright(view: Idle, sheet: Sheet, area: Rect) -> Iterator[Element]:
    top = yield from _time(view, sheet, area)
    greeting = sheet.words(
        view.greeting, sheet.question, Rect(area.x, top, area.w, area.bottom - top),
        role="question", bold=True, most=2,
    )  # fmt: skip
    yield greeting
    top = greeting.rect.bottom + sheet.gap
    rest = Rect(area.x, top, area.w, area.bottom - top)
    upper, lower = rest.shares((5, 12), sheet.gap, across=False)
    yield _speak(view, sheet, upper)
    yield from _services(view, sheet, lower)


def _time(view: Idle, sheet: Sheet, area: Rect) -> Generator[Element, None, int]:
    """Clock and dates beside Linli's state; gives where they end."""
    state = status(sheet, view.now, area.x, area.y)
    yield state
    x = state.rect.right + sheet.gap
    room = Rect(x, area.y, area.right - x, area.h)
    em = sheet.question
    clock = sheet.words(view.clock, em, room, role="question", bold=True, most=1)
    day = sheet.words(view.day, sheet.text, Rect(x, clock.rect.bottom, room.w, area.h), most=2)
    lunar = sheet.words(view.lunar, sheet.text, Rect(x, day.rect.bottom, room.w, area.h), most=1)
    yield from (clock, day, lunar)
    return max(lunar.rect.bottom, state.rect.bottom)


def _speak(view: Idle, sheet: Sheet, room: Rect) -> Element:
    """One line of words if it can be, the larger the better."""
    if room.h < sheet.glass.px(30):
        raise NoRoom("the speak button is to be huge")
    large = sheet.glass.px(25)
    for least in (large, 0):
        for em in (sheet.question, sheet.choice):
            for icon_left in (False, True):
                try:
                    made = tile(sheet, room, view.speak, em=em, icon_left=icon_left)
                except NoRoom:
                    continue
                if len(made.lines) == 1 and (made.picture is None or made.picture.rect.w >= least):
                    return made
    raise NoRoom("speak button")


def _services(view: Idle, sheet: Sheet, area: Rect) -> Iterator[Element]:
    low = max(sheet.target, sheet.choice + 2 * sheet.pad + sheet.glass.px(4))
    lower = Rect(area.x, area.bottom - low, area.w, low)
    upper = Rect(area.x, area.y, area.w, area.h - low - sheet.gap)
    yield from tiles(sheet, upper, view.tiles)
    for cell, each in zip(lower.columns(len(view.more), sheet.gap), view.more, strict=True):
        yield tile(sheet, cell, each, icon_left=True)


def _notice(sheet: Sheet, strip: Rect, text: str) -> Element:
    inner = strip.inset(sheet.pad // 2)
    texts = sheet.wrapped(text, sheet.text, inner.w, most=1)
    return Element("text", strip, NOTE, sheet.lines(texts, sheet.text, inner, NOTE, centred=True))
