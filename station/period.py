"""Periods: a day, a month, a year, or any row of days of the station's calendar."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal, Self, TypeAlias

from .clock import BEIJING
from .errors import StationError

Length: TypeAlias = Literal["day", "month", "year", "days"]
"""How a period is called; `days`: none of the others."""

MOST: Final = 3_700
"""Days: ten years."""
LONG: Final = 62
"""Days: a longer period is told by months."""


class PeriodError(StationError):
    """This is no period."""

    code = "usage"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Some days, one after another."""

    first: date
    """The first day."""
    last: date
    """The last day, itself included."""

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise PeriodError(f"{self.first} is after {self.last}: turn the days round")
        if self.days > MOST:
            raise PeriodError(f"{self.days} days are too many: at most {MOST}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """`2026`, `2026-11`, `2026-11-23` or `2026-11-01..2026-11-15`. Raises PeriodError."""
        first, dots, last = text.strip().partition("..")
        begins, ends = _span(first), _span(last if dots else first)
        return cls(begins[0], ends[1])

    @property
    def length(self) -> Length:
        """What it is."""
        if self.first == self.last:
            return "day"
        if (self.first, self.last) == _span(f"{self.first:%Y-%m}"):
            return "month"
        return "year" if (self.first, self.last) == _span(f"{self.first:%Y}") else "days"

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def begins(self) -> datetime:
        """Its first moment, UTC+8."""
        return datetime.combine(self.first, time(), BEIJING)

    @property
    def ends(self) -> datetime:
        """The first moment after it, UTC+8."""
        return datetime.combine(self.last, time(), BEIJING) + timedelta(days=1)

    @property
    def months(self) -> list[Period]:
        """A long period month by month, the first and the last perhaps in part; else itself."""
        if self.days <= LONG:
            return [self]
        whole = [Period.parse(month) for month in self.parts]
        return [Period(max(self.first, m.first), min(self.last, m.last)) for m in whole]

    @property
    def parts(self) -> list[str]:
        """Its hours, when it is a day; else its days, or its months when they are many."""
        if self.length == "day":
            return [f"{hour:02d}" for hour in range(24)]
        days = [(self.first + timedelta(days=n)).isoformat() for n in range(self.days)]
        return days if self.days <= LONG else list(dict.fromkeys(day[:7] for day in days))

    def parting(self) -> Callable[[str, int], str]:
        """Tells which of its parts an hour of a day (`YYYY-MM-DD`) is in; quick."""
        if self.length == "day":
            return lambda _, hour: f"{hour:02d}"
        if self.days <= LONG:
            return lambda day, _: day
        return lambda day, _: day[:7]

    def beside(self, step: int) -> Period:
        """The one before (-1) or after (1), of the same kind. Raises PeriodError."""
        try:
            if self.length == "month":
                months = self.first.year * 12 + self.first.month - 1 + step
                return Period.parse(f"{months // 12}-{months % 12 + 1:02d}")
            if self.length == "year":
                return Period.parse(f"{self.first.year + step}")
            by = timedelta(days=self.days * step)
            return Period(self.first + by, self.last + by)
        except OverflowError:
            raise PeriodError(f"nothing lies beyond {self}") from None

    def __str__(self) -> str:
        """As `parse` reads it."""
        if self.length == "year":
            return f"{self.first:%Y}"
        if self.length == "month":
            return f"{self.first:%Y-%m}"
        days = (self.first, self.last) if self.length == "days" else (self.first,)
        return "..".join(each.isoformat() for each in days)


def _span(text: str) -> tuple[date, date]:
    """First and last day of a year, a month or a day."""
    found = re.fullmatch(r"(2\d{3})(?:-(\d\d?))?(?:-(\d\d?))?", text.strip(), re.ASCII)
    if found is None:
        raise PeriodError(f"{text[:30]!r} is no period: 2026, 2026-11 or 2026-11-23")
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 0, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        raise PeriodError(f"{text[:30]!r} is on no calendar") from None
    if day:
        return first, first
    next_month = date(first.year, month or 12, 28) + timedelta(days=4)
    return first, next_month - timedelta(days=next_month.day)
