"""Days that have a name: festivals of both calendars, solar terms, and the days beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from intents.values import calendar
from intents.words.number import number

_LOOK = re.compile(r"\(\?[^)]*\)")


class Festivals:
    """Finds named days; the names are in `rules/moment.yaml`."""

    def __init__(self, data: Mapping[str, Any], weekdays: Mapping[str, int]) -> None:
        """`data`: lunar, solar: name → [month, day]; terms; weather; what may not stand by."""
        self._weekdays = weekdays
        self._days: dict[str, Callable[[date], date | None]] = {}
        sources: dict[str, str] = {}
        for group, made in (("lunar", _lunar), ("solar", _solar)):
            for source, (month, day) in data[group].items():
                name = _LOOK.sub("", str(source))
                sources[name] = str(source)
                self._days[name] = made(month, day)
        for name in data["terms"]:
            sources[str(name)], self._days[str(name)] = str(name), _term(str(name))
        for name, beside in data["weather"].items():
            sources[str(name)], self._days[str(name)] = f"{name}{beside}", _term(str(name))
        names = "|".join(sources[n] for n in sorted(sources, key=lambda n: (-len(n), n)))
        self._named = re.compile(f"(?P<name>{names})(?:节(?!目)|(?!节))(?!{data['not_after']})")
        self._not_before = re.compile(str(data["not_before"]))
        self._first, self._shift = re.compile(data["first"]), re.compile(data["shift"])

    def find(self, text: str, today: date) -> Iterator[tuple[date, int, int]]:
        """The coming day of every name, with where it is said."""
        for match in self._named.finditer(text):
            day = self._days[match["name"]](today)
            if day is None:
                continue
            start, end = match.span()
            if first := self._first.match(text, end):
                yield calendar.weekday(day, self._weekdays[first["day"]], None), start, first.end()
            elif shift := self._shift.match(text, end):
                days = 1 if shift["next"] else -int(number(shift["n"] or "") or 1)
                yield day + timedelta(days=days), start, shift.end()
            elif not self._not_before.search(text, 0, start):
                yield day, start, end


def _lunar(month: int, day: int) -> Callable[[date], date | None]:
    return lambda today: calendar.lunar_day(today, month, day)


def _solar(month: int, day: int) -> Callable[[date], date | None]:
    return lambda today: calendar.day_of_year(today, month, day)


def _term(name: str) -> Callable[[date], date | None]:
    return lambda today: calendar.solar_term(today, name)
