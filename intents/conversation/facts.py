"""Facts of the station that shape a conversation: what is cooked, who is open, when.

Plain data with sensible defaults; the station's settings fill it. Times of day
are `datetime.time` without an offset, in the station's own time zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from .spoken import load_words

EVERY_DAY = frozenset(range(7))
"""Monday is 0."""


@dataclass(frozen=True, slots=True)
class Session:
    """Something that takes place at the station again and again."""

    activity: str
    """Its name as elders know it, as spoken."""
    weekdays: frozenset[int] = EVERY_DAY
    """On which days; Monday is 0."""
    start: time | None = None
    """When it begins."""
    place: str = ""
    """Where."""


def _cutoffs() -> Mapping[str, time]:
    return {"breakfast": time(7, 30), "lunch": time(10, 30), "dinner": time(16, 30)}


def _served() -> Mapping[str, time]:
    return {"breakfast": time(7, 0), "lunch": time(11, 30), "dinner": time(17, 30)}


@dataclass(frozen=True, slots=True)
class StationFacts:
    """What a station offers and when."""

    name: str = field(default_factory=lambda: str(load_words().data["station"]))
    """How the place is called when a car is sent there."""
    cutoffs: Mapping[str, time] = field(default_factory=_cutoffs)
    """Meal → until when it can be ordered for the same day."""
    served: Mapping[str, time] = field(default_factory=_served)
    """Meal → when it is served."""
    canteen_days: frozenset[int] = EVERY_DAY
    """On which days the canteen cooks."""
    menu: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Meal → what is cooked; empty when the canteen takes any wish."""
    delivers: bool = True
    """Whether meals are brought home."""
    hospitals: tuple[str, ...] = field(
        default_factory=lambda: tuple(load_words().data["hospitals"])
    )
    """Hospitals appointments are made at, the usual one first."""
    holidays: Mapping[date, str] = field(default_factory=dict)
    """Days off → their name."""
    service_days: frozenset[int] = EVERY_DAY
    """On which days craftsmen come."""
    service_until: time = time(16, 0)
    """Until when a craftsman can still come on the same day."""
    volunteer_days: frozenset[int] = EVERY_DAY
    """On which days volunteers come."""
    sessions: tuple[Session, ...] = ()
    """What takes place here; empty when there is no timetable."""
    operator_from: time = time(0, 0)
    """From when a person answers."""
    operator_until: time = time(23, 59, 59)
    """Until when a person answers."""
    operator_days: frozenset[int] = EVERY_DAY
    """On which days a person answers."""

    def operator_now(self, now: datetime) -> bool:
        """Whether a person answers at this moment."""
        if now.weekday() not in self.operator_days:
            return False
        return self.operator_from <= now.time() <= self.operator_until

    def operator_next(self, now: datetime) -> datetime:
        """When a person answers again: now, or the next opening within a week."""
        if self.operator_now(now) or not self.operator_days:
            return now
        for ahead in range(8):
            day = now + timedelta(days=ahead)
            opening = day.replace(
                hour=self.operator_from.hour, minute=self.operator_from.minute, second=0
            )
            if day.weekday() in self.operator_days and opening > now:
                return opening
        return now

    def meal_open(self, meal: str, day: date, now: datetime) -> bool:
        """Whether this meal can still be ordered for that day."""
        if day.weekday() not in self.canteen_days:
            return False
        cutoff = self.cutoffs.get(meal)
        return day > now.date() or cutoff is None or now.time() <= cutoff

    def meal_day(self, meal: str, now: datetime, first: date | None = None) -> date:
        """The first day, from `first` or today on, for which this meal can be ordered."""
        day = max(first or now.date(), now.date())
        for _ in range(14):
            if self.meal_open(meal, day, now):
                return day
            day += timedelta(days=1)
        return day

    def next_session(self, activity: str, now: datetime) -> tuple[date, Session] | None:
        """When and where an activity takes place next, if there is a timetable for it."""
        for session in self.sessions:
            if session.activity != activity or not session.weekdays:
                continue
            for ahead in range(8):
                day = now.date() + timedelta(days=ahead)
                begun = ahead == 0 and session.start is not None and now.time() > session.start
                if day.weekday() in session.weekdays and not begun:
                    return day, session
        return None


def first_day(days: frozenset[int], start: date) -> date:
    """The first of these weekdays from `start` on; `start` itself when none is given."""
    for ahead in range(7):
        day = start + timedelta(days=ahead)
        if day.weekday() in days:
            return day
    return start
