"""Which booking is meant, and what moving it means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from .acts import bare
from .bookings import Booking
from .talk import Talk
from .types import Understanding

_MINUTES_A_DAY = 1440
_SHORT = 7
"""Characters of a clause that says nothing but when."""


def thing(talk: Talk, row: Booking) -> str:
    """A booking's short name."""
    dialogue = talk.dialogues.get(row.intent)
    return talk.wording.thing(dialogue, row.slots) or dialogue.name if dialogue else ""


def meant_rows(talk: Talk, kind: str, about: str | None, told: Mapping[str, Any]) -> list[Booking]:
    """The bookings a status question, a cancellation or a change can be about."""
    rows = talk.bookings.known() if kind == "status" else talk.bookings.open()
    given = {} if kind == "change" else told
    found = talk.bookings.matching(about, given, rows)
    here = [row for row in found if row.here]
    if about is None and not told and here:
        return here[:1]
    if len(found) > 1 and kind != "change" and len({row.intent for row in found}) == 1:
        said = talk.engine.extract(talk.heard, talk.now, found[0].intent, None)
        more = {k: v for k, v in said.items() if v is not None and k != "note"}
        found = talk.bookings.matching(about, {**more, **told}, rows)
    named = [row for row in found if _named(talk, row, talk.heard)]
    return named if len(named) == 1 and kind != "status" else found


def pick(talk: Talk, text: str, meant: Understanding) -> Booking | None:
    """The one of those on offer that was meant, if only one can be."""
    offered = [choice.value for choice in (talk.question.choices if talk.question else ())]
    rows = [row for row in talk.bookings.rows if row.index in offered]
    meant_by = {intent.slots.get("about") or intent.name for intent in meant.intents}
    kinds = [row for row in rows if row.intent in meant_by]
    when = talk.engine.extract(text, talk.now, rows[0].intent, "date") if rows else {}
    dated = [row for row in rows if when.get("date") and row.slots.get("date") == when["date"]]
    named = [row for row in rows if _named(talk, row, text)]
    for found in (kinds, dated, [row for row in kinds if row in dated], named):
        if len(found) == 1:
            return found[0]
    place = talk.acts.ordinal(text)
    if place is not None and place <= len(offered):
        return next((row for row in rows if row.index == offered[place - 1]), None)
    return None


def _named(talk: Talk, row: Booking, text: str) -> bool:
    """Whether a value of this booking is in the words, or the words in its name."""
    values = [value for value in row.slots.values() if isinstance(value, str) and len(value) > 1]
    return any(value in text for value in values) or (len(text) > 1 and text in thing(talk, row))


def other_day(talk: Talk, row: Booking, text: str) -> dict[str, Any]:
    """今天莫来，明天来: the day or time it is wished for instead; empty when there is none."""
    clauses = bare(text).split("，")
    for clause in reversed(clauses if len(clauses) > 1 else []):
        if len(clause) > _SHORT or talk.acts.found("negative", clause):
            continue
        said = talk.engine.extract(clause, talk.now, row.intent, "date")
        new = {k: said[k] for k in ("date", "time", "part") if said.get(k) is not None}
        if any(row.slots.get(k) != v for k, v in new.items()):
            return new
    return {}


def moved(talk: Talk, row: Booking) -> dict[str, Any]:
    """往后推一天, 晚半个小时: the new date or time, counted from when it was."""
    data = talk.words.data
    found = talk.acts.shift(talk.heard)
    if found is None or not row.slots.get("date"):
        return {}
    number, unit, later = found
    minutes = data["shift_numbers"][number] * data["shift_units"][unit]
    try:
        was = datetime.fromisoformat(f"{row.slots['date']}T{row.slots.get('time') or '12:00'}")
    except ValueError:
        return {}
    new = was + timedelta(minutes=minutes if later else -minutes)
    if minutes % _MINUTES_A_DAY == 0:
        return {"date": new.date().isoformat()}
    return {"time": f"{new:%H:%M}"} if row.slots.get("time") else {}
