"""Which of the moments in a text hold: the last after a correction, none that does not suit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from intents.types import WHEN
from intents.values.moment import Found, Moments

_NOON = 12
_EARLIEST = 7
_DINNER = 4
_SATURDAY = 5
_NEAR = 2


def plausible(one: Found, now: datetime, day: str | None, dinner: bool = False) -> str:
    """A clock time said without its half of the day: the next plausible one."""
    hour, minute = map(int, one.value.split(":"))
    if not one.hour_open:
        return one.value
    today = day in (None, now.date().isoformat())
    if (
        (dinner and hour < _NOON and hour >= _DINNER)
        or hour < _EARLIEST - 1
        or (hour < _EARLIEST and today)
        or (day is not None and today and (hour, minute) < (now.hour, now.minute) and hour < _NOON)
    ):
        hour += _NOON
    return f"{hour % 24:02d}:{minute:02d}"


def resolve(
    text: str, now: datetime, moments: Moments, *, dinner: bool = False, last: bool = False
) -> dict[str, Any]:
    """date, time or part of a text, the last value after a correction; empty when none.

    `last`: a request is changed, the last values are the new ones.
    """
    found = moments.find(text, now)
    fixes = moments.corrects(text)
    gone = [f for f in found if f.kind == "past"]
    found = [
        f for f in found
        if f.kind != "past"
        and not (f.kind == "part" and any(0 <= f.start - g.end <= 1 for g in gone))
    ]  # fmt: skip
    if last:
        found = _new(found, fixes)
    result: dict[str, Any] = {}
    dates = _going([f for f in found if f.kind == "date"], text, moments)
    told = last or bool(fixes)
    dates = _suiting(_refined(dates), text, moments)
    day = _choose(dates if told else _wished(dates, text, moments), fixes, last)
    if day:
        result["date"] = day.value
    times = _suiting([f for f in found if f.kind == "time"], text, moments)
    own = [f for f in times if not moments.rides(text[: f.start], text[f.end :])] or times
    when = _choose(own if told else _wished(own, text, moments), fixes, last)
    parts = _suiting([f for f in found if f.kind == "part"], text, moments)
    if when:
        if when.day and "date" not in result:
            result["date"] = when.day
        result["time"] = plausible(when, now, result.get("date"), dinner)
        if moments.bounds(text[when.end :]) and len({f.value for f in parts}) == 1:
            result["part"] = parts[0].value
        return result
    part = _part(parts, day, fixes, last)
    if part:
        result["part"] = part
    return result


def _new(found: list[Found], fixes: list[int]) -> list[Found]:
    """The moments that a change brings: of every kind those after the last word of change."""
    kept: list[Found] = []
    for kind in WHEN:
        own = [f for f in found if f.kind == kind]
        later = [[f for f in own if f.start >= fix - 1] for fix in reversed(fixes)]
        kept += next((some for some in later if some), [] if fixes and found else own)
    if not kept and fixes:
        return found
    return sorted(kept, key=lambda f: f.start)


def _refined(dates: list[Found]) -> list[Found]:
    """Without a weekend whose day is told right after (这周末，礼拜天)."""
    kept = []
    for index, one in enumerate(dates):
        after = dates[index + 1] if index + 1 < len(dates) else None
        days = date.fromisoformat(one.value)
        told = after is not None and after.start - one.end <= _NEAR
        if told and after and days.weekday() == _SATURDAY:
            between = (date.fromisoformat(after.value) - days).days
            if between == 1:
                continue
        kept.append(one)
    return kept


def _part(parts: list[Found], day: Found | None, fixes: list[int], last: bool) -> str | None:
    chosen = _choose(parts, fixes, last)
    if chosen is None:
        return None
    if len({f.value for f in parts}) == 1 or fixes or last:
        return chosen.value
    if day:
        near = min(parts, key=lambda f: abs(f.start - day.end))
        if near.start - day.end in (0, 1):
            return near.value
    return None


def _going(dates: list[Found], text: str, moments: Moments) -> list[Found]:
    """Days on which somebody comes back count only where they are fetched on them."""
    going = [date for date in dates if not moments.returns(text[date.end :])]
    return going or (dates if moments.fetches(text) else [])


def _suiting(found: list[Found], text: str, moments: Moments) -> list[Found]:
    """Without those that are refused, and without those that do not suit, if any does."""
    refused = {f.value for f in found if moments.denied(text[: f.start])}
    found = [f for f in found if f.value not in refused]
    best = [f for f in found if moments.best(text[f.end :])]
    if best:
        return best
    # What is said last of a day holds: 要是礼拜五下雨就礼拜六，先约礼拜五
    suits = {f.value: not moments.cannot(text[f.end :].lstrip("，")) for f in found}
    free = [f for f in found if suits[f.value]]
    return free or [f for f in found if not moments.never(text[: f.start], text[f.end :])]


def _wished(found: list[Found], text: str, moments: Moments) -> list[Found]:
    """Those in a clause of wishing, where others stand beside what is merely told."""
    if len({f.value for f in found}) == 1:
        return found
    return [f for f in found if moments.wished(_clause(text, f))] or found


def _clause(text: str, one: Found) -> str:
    """What stands around a moment between two pauses."""
    start, end = text.rfind("，", 0, one.start), text.find("，", one.end)
    return text[start + 1 : end if end >= 0 else None]


def _choose(found: list[Found], fixes: list[int], last: bool) -> Found | None:
    """The first; after words of correction the next that differs from it."""
    if not found:
        return None
    if last:
        return found[-1] if not fixes else found[0]
    chosen = found[0]
    corrected = False
    for one in found[1:]:
        corrected = corrected or any(chosen.end <= fix <= one.start + 1 for fix in fixes)
        if corrected and one.value != chosen.value:
            chosen, corrected = one, False
    return chosen
