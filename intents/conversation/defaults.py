"""What need not be asked: rules that fill a slot from the resident, the channel and the station.

A rule is named in a dialogue file (`default: usual`), gets what is known so far
and gives a value, or None when it cannot tell. Whatever a rule fills in is read
back to the elder before anything is filed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeAlias

from intents.types import Channel

from .facts import StationFacts, first_day
from .spoken import load_words


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known besides the words of the elder."""

    channel: Channel
    """Which face they speak to."""
    now: datetime
    """The moment, with its offset."""
    resident: Mapping[str, Any]
    """The elder's record; empty when unknown."""
    facts: StationFacts
    """The station's."""


Rule: TypeAlias = Callable[[Mapping[str, Any], Surroundings], Any]
"""Slots so far and surroundings → a value, or None."""


def _of(resident: Mapping[str, Any], *names: str) -> Any:
    """The first of these fields that is filled."""
    return next((resident[name] for name in names if resident.get(name) not in (None, "")), None)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _clock(slots: Mapping[str, Any]) -> time | None:
    try:
        return time.fromisoformat(str(slots.get("time")))
    except ValueError:
        return None


def hospital(_: Mapping[str, Any], around: Surroundings) -> Any:
    """The elder's usual hospital, else the station's first."""
    usual = _of(around.resident, "hospital", "usual_hospital")
    return usual or next(iter(around.facts.hospitals), None)


def morning(_: Mapping[str, Any], __: Surroundings) -> str:
    """The morning."""
    return "morning"


def earliest_day(_: Mapping[str, Any], around: Surroundings) -> Any:
    """Tomorrow, or the first day after it that is no holiday."""
    day = around.now.date() + timedelta(days=1)
    while day in around.facts.holidays:
        day += timedelta(days=1)
    return _iso(day)


def meal_by_time(slots: Mapping[str, Any], _: Surroundings) -> Any:
    """The meal a clock time belongs to."""
    at = _clock(slots)
    if at is None:
        return None
    return "breakfast" if at < time(10) else "lunch" if at < time(15) else "dinner"


def next_meal(slots: Mapping[str, Any], around: Surroundings) -> str:
    """The next meal that can still be ordered on that day; lunch on any other day."""
    if slots.get("date") not in (None, around.now.date().isoformat()):
        return "lunch"
    today = around.now.date()
    still = (m for m in ("lunch", "dinner") if around.facts.meal_open(m, today, around.now))
    return next(still, "lunch")


def meal_day(slots: Mapping[str, Any], around: Surroundings) -> Any:
    """Today, or the first day on which this meal can still be ordered."""
    meals = slots.get("meal")
    meals = meals if isinstance(meals, list) else [meals]
    days = [around.facts.meal_day(meal, around.now) for meal in meals if meal]
    return _iso(max(days)) if days else None


def delivery(_: Mapping[str, Any], around: Surroundings) -> Any:
    """As noted in the elder's record; never brought home where the canteen does not deliver."""
    return _of(around.resident, "delivery") if around.facts.delivers else False


def diet(_: Mapping[str, Any], around: Surroundings) -> Any:
    """As noted in the elder's record."""
    return _of(around.resident, "diet")


def _on_time(around: Surroundings) -> date:
    """Today, or tomorrow once the craftsmen have gone."""
    late = around.now.time() > around.facts.service_until
    return around.now.date() + timedelta(days=1 if late else 0)


def service_day(slots: Mapping[str, Any], around: Surroundings) -> Any:
    """The first day on which a craftsman can come."""
    start = _on_time(around)
    at = _clock(slots)
    passed = at is not None and at <= around.now.time()
    gone = passed or (slots.get("part") == "morning" and around.now.hour >= 11)
    if start == around.now.date() and gone:
        start += timedelta(days=1)
    return _iso(first_day(around.facts.service_days, start))


def service_part(slots: Mapping[str, Any], around: Surroundings) -> str:
    """The morning; the afternoon when it is today."""
    return "afternoon" if slots.get("date") == around.now.date().isoformat() else "morning"


def address(_: Mapping[str, Any], around: Surroundings) -> Any:
    """The elder's address, else simply their home."""
    return _of(around.resident, "address") or load_words().data["home"]


def today(slots: Mapping[str, Any], around: Surroundings) -> Any:
    """Today; tomorrow when the time that was said has passed."""
    at = _clock(slots)
    start = datetime.combine(around.now.date(), at or time(23, 59))
    passed = at is not None and start < around.now.replace(tzinfo=None) - timedelta(minutes=2)
    return _iso(around.now.date() + timedelta(days=1 if passed else 0))


def now_if_today(slots: Mapping[str, Any], around: Surroundings) -> Any:
    """This moment, when it is for today and no part of the day was said."""
    for_today = slots.get("date") in (None, around.now.date().isoformat())
    return f"{around.now:%H:%M}" if for_today and not slots.get("part") else None


def origin(slots: Mapping[str, Any], around: Surroundings) -> Any:
    """The station at a kiosk, home on the telephone; None when that is where they want to go."""
    home = load_words().data["home"]
    if around.channel == "kiosk":
        return around.facts.name
    goes_home = str(slots.get("destination", "")) in load_words().data["homes"]
    return None if goes_home else _of(around.resident, "address") or home


def one(_: Mapping[str, Any], __: Surroundings) -> int:
    """One."""
    return 1


def wheelchair(_: Mapping[str, Any], around: Surroundings) -> Any:
    """As noted in the elder's record."""
    return True if _of(around.resident, "wheelchair") else None


def method(_: Mapping[str, Any], around: Surroundings) -> str:
    """Paper at a kiosk; a person does it for a caller."""
    return "paper" if around.channel == "kiosk" else "proxy"


def only_contact(_: Mapping[str, Any], around: Surroundings) -> Any:
    """The one family member on record; None when there are several."""
    known = contacts(around.resident)
    return known[0][0] if len(known) == 1 else None


def contacts(resident: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(relation, name) of each family member on record."""
    found = resident.get("contacts") or ()
    if isinstance(found, Mapping):
        return [(str(relation), "") for relation in found]
    pairs = []
    for entry in found:
        if isinstance(entry, Mapping):
            name = str(entry.get("name") or "")
            pairs.append((str(entry.get("relation") or name), name))
        else:
            pairs.append((str(entry), ""))
    return pairs


def volunteer_day(_: Mapping[str, Any], around: Surroundings) -> Any:
    """The next day after today on which volunteers come."""
    return _iso(first_day(around.facts.volunteer_days, around.now.date() + timedelta(days=1)))


def volunteer_part(_: Mapping[str, Any], __: Surroundings) -> str:
    """The afternoon."""
    return "afternoon"


def next_activity(_: Mapping[str, Any], around: Surroundings) -> Any:
    """What takes place next at the station; without a timetable, the best liked."""
    known = around.facts.sessions
    return known[0].activity if known else load_words().data["best_liked"]


def session_day(slots: Mapping[str, Any], around: Surroundings) -> Any:
    """When the activity takes place next, where there is a timetable."""
    found = around.facts.next_session(str(slots.get("activity", "")), around.now)
    return _iso(found[0]) if found else None


def session_time(slots: Mapping[str, Any], around: Surroundings) -> Any:
    """When it begins."""
    found = around.facts.next_session(str(slots.get("activity", "")), around.now)
    return f"{found[1].start:%H:%M}" if found and found[1].start else None


def session_place(slots: Mapping[str, Any], around: Surroundings) -> Any:
    """Where it takes place."""
    found = around.facts.next_session(str(slots.get("activity", "")), around.now)
    return found[1].place or None if found else None


RULES: Mapping[str, Rule] = {
    rule.__name__: rule
    for rule in (
        hospital, morning, earliest_day, meal_by_time, next_meal, meal_day, delivery, diet,
        service_day, service_part, address, today, now_if_today, origin, one, wheelchair, method,
        only_contact, volunteer_day, volunteer_part, next_activity,
        session_day, session_time, session_place,
    )
}  # fmt: skip
"""The rules by the names used in the dialogue files."""
