"""When somebody will call back: worked out for every day ahead, so that the dialplan only looks up.

A promise is the name of a sound: `promise-soon` (within the time that binds),
`promise-today`, `promise-tomorrow`, `promise-1` … `promise-7` (the next such
weekday, Monday is 1) and `promise-open` (as soon as the station opens again).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from station.model import HoursSection

SOON: Final = "promise-soon"
TODAY: Final = "promise-today"
TOMORROW: Final = "promise-tomorrow"
WHEN_OPEN: Final = "promise-open"
NAMES: Final = (SOON, TODAY, TOMORROW, WHEN_OPEN, *(f"promise-{day}" for day in range(1, 8)))

_WEEK: Final = 7


def ordinary(hours: HoursSection, weekday: int, *, late: bool) -> str:
    """The promise on a weekday (1–7) of an ordinary week; `late`: not before opening."""
    first = 1 if late else 0
    for ahead in range(first, _WEEK + 1):
        if (weekday + ahead - 1) % _WEEK + 1 in hours.days:
            return _named(ahead, (weekday + ahead - 1) % _WEEK + 1)
    return WHEN_OPEN


def on(hours: HoursSection, day: date, *, late: bool) -> str:
    """The promise on a date, holidays minded; further than six days ahead: when it opens."""
    for ahead in range(1 if late else 0, _WEEK):
        then = day + timedelta(days=ahead)
        if then.isoweekday() in hours.days and then not in hours.holidays:
            return _named(ahead, then.isoweekday())
    return WHEN_OPEN


def _named(ahead: int, weekday: int) -> str:
    if ahead < 2:
        return (TODAY, TOMORROW)[ahead]
    return f"promise-{weekday}" if ahead < _WEEK else WHEN_OPEN


def variables(hours: HoursSection) -> Iterator[tuple[str, str]]:
    """What the dialplan looks up: OPEN_weekday, HOLIDAY_date, PROMISE_(weekday or date)_late."""
    for weekday in range(1, _WEEK + 1):
        yield f"OPEN_{weekday}", "1" if weekday in hours.days else "0"
        for late in (False, True):
            yield f"PROMISE_{weekday}_{int(late)}", ordinary(hours, weekday, late=late)
    for day in sorted(hours.holidays):
        yield f"HOLIDAY_{day:%Y%m%d}", "1"
    around = {day - timedelta(days=back) for day in hours.holidays for back in range(_WEEK)}
    for day in sorted(around):
        for late in (False, True):
            yield f"PROMISE_{day:%Y%m%d}_{int(late)}", on(hours, day, late=late)
