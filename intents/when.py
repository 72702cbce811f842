"""Which of the moments in a text hold: the last after a correction, none that does not suit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from intents.moment import Found, Moments

_NOON = 12
_EARLIEST = 7
_DINNER = 4


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
    """date, time or part of a text, the last value after a correction; empty when none."""
    found = moments.find(text, now)
    fixes = moments.corrects(text)
    gone = [f for f in found if f.kind == "past"]
    found = [
        f for f in found
        if f.kind != "past"
        and not (f.kind == "part" and any(0 <= f.start - g.end <= 1 for g in gone))
    ]  # fmt: skip
    dates = _suiting([f for f in found if f.kind == "date"], text, moments)
    result: dict[str, Any] = {}
    if last and fixes and (new := [f for f in found if f.start >= fixes[-1] - 1]):
        found = new
        dates = _suiting([f for f in new if f.kind == "date"], text, moments)
    day = _choose(dates, fixes, last)
    if day:
        result["date"] = day.value
    times = [f for f in found if f.kind == "time"]
    when = _choose(times, fixes, last)
    if when:
        if when.day and "date" not in result:
            result["date"] = when.day
        result["time"] = plausible(when, now, result.get("date"), dinner)
        return result
    parts = _suiting([f for f in found if f.kind == "part"], text, moments)
    chosen = _choose(parts, fixes, last)
    if chosen and (len({f.value for f in parts}) == 1 or fixes or last):
        result["part"] = chosen.value
    elif chosen and len({f.value for f in parts}) > 1 and day:
        near = min(parts, key=lambda f: abs(f.start - day.end))
        if near.start - day.end in (0, 1):
            result["part"] = near.value
    return result


def _suiting(found: list[Found], text: str, moments: Moments) -> list[Found]:
    free = [
        f
        for f in found
        if not moments.cannot(text[f.end :].lstrip("，")) and not moments.denied(text[: f.start])
    ]
    return free or found


def _choose(found: list[Found], fixes: list[int], last: bool) -> Found | None:
    if not found:
        return None
    if last:
        return found[-1] if not fixes else found[0]
    chosen = found[0]
    for one in found[1:]:
        if any(chosen.end <= fix <= one.start + 1 for fix in fixes):
            chosen = one
    return chosen
