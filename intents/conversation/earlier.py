"""老样子, 跟上回一样: what is not said anew is as it was the last time.

The last time is the latest request of that service: among those that were given to the
conversation or made in it, else what `resident["last"]` holds (service → slots), which the
station takes from what it has done for this resident. All of it is read back before it counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from intents.types import WHEN

from .draft import Draft
from .talk import Talk

_ANEW: Final = frozenset({*WHEN, "note", "amount", "caller"})
"""What no earlier request tells of a new one."""


def as_before(talk: Talk, draft: Draft) -> dict[str, Any]:
    """What the earlier request adds to this one; empty where the words speak of none."""
    if not talk.acts.found("as_before", talk.heard):
        return {}
    known = {*draft.said, *_ANEW}
    return {
        k: v
        for k, v in last(talk, draft.intent).items()
        if k in draft.dialogue.slots and k not in known
    }


def last(talk: Talk, intent: str) -> Mapping[str, Any]:
    """The slots of the latest request of a service; empty where there was none."""
    for row in reversed(talk.bookings.rows):
        if row.intent == intent and row.status not in ("cancelled", "failed"):
            return row.slots
    earlier = talk.resident.get("last")
    found = earlier.get(intent) if isinstance(earlier, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def that_day(talk: Talk) -> dict[str, Any]:
    """那天晌午, after something was filed in this talk: the day of that; else empty."""
    rows = [row for row in reversed(talk.bookings.rows) if row.here and row.slots.get("date")]
    if not rows or not talk.acts.found("that_day", talk.heard):
        return {}
    day = str(rows[0].slots["date"])
    return {"date": day} if day >= talk.now.date().isoformat() else {}
