"""A yes beside what was read back, whatever else is said with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from intents.types import AMENDS, Intent

from .acts import bare
from .answer import Answered
from .booked import each_of
from .dishes import only_closer
from .draft import Draft
from .talk import Talk
from .verdict import Doing

_CLEAR = 0.6
"""From this confidence on something more is wanted beside a yes."""
_ADDED = frozenset({"passengers", "wheelchair"})
"""Slots that may be told beside a yes."""


def has_yes(talk: Talk, draft: Draft, text: str, *, last: bool = False) -> bool:
    """不是我，是邻居，对头: whether a clause, or the `last` one, agrees and nothing is asked."""
    clauses = bare(text).split("，")
    unready = talk.acts.found("holds_back", text) or talk.verdict(clauses[-1]) == "question"
    if not draft.confirming or unready:
        return False
    return any(
        talk.engine.polarity(clause) == "yes" == talk.verdict(clause)
        for clause in (clauses[-1:] if last else clauses)
    )


def names_closer(
    talk: Talk, draft: Draft, text: str, before: Mapping[str, Any], answer: Answered
) -> bool:
    """五个肉包子，对吧，行: in closer words; 对，我跟老伴两个: a yes, and more of it."""
    clauses, told = bare(text).split("，"), set(answer.values)
    closer = told == {"items"} and only_closer(before.get("items"), answer.values["items"])
    more = bool(told) and told <= _ADDED.difference(draft.said)
    unsure = answer.doubtful or not talk.sure or len(clauses) < 2
    at = -1 if closer else 0
    return (closer or more) and not unsure and talk.verdict(clauses[at]) == "yes"


def then_more(talk: Talk, text: str, doing: Doing, intent: str) -> list[Intent]:
    """对，退。修灯的挪到后天: what is wanted after a yes that is over; empty where nothing is.

    `intent` is what the yes is about: more words on that one are no other matter.
    """
    clauses = bare(text).split("，")
    for at in range(1, len(clauses)):
        if talk.verdict("，".join(clauses[:at]), doing) != "yes":
            break
        if more := _wanted(talk, "，".join(clauses[at:]), intent):
            return more
    return []


def _wanted(talk: Talk, tail: str, intent: str) -> list[Intent]:
    """What is wanted beside the matter at hand: of bookings, or while the line shall be held."""
    waits = talk.acts.after("hold_on", tail)
    tail = waits or tail
    if talk.acts.found("holds_back", tail):
        return []
    meant = talk.engine.understand(tail, talk.now)
    found = each_of(talk, tail, 1) or (list(meant.intents) if meant.confidence >= _CLEAR else [])
    known = [one for one in found if one.name in talk.dialogues or one.name in AMENDS]
    own = any(intent in (one.name, one.slots.get("about")) for one in known)
    booked = {row.intent for row in talk.bookings.open()}
    amends = [one for one in known if one.name in AMENDS]
    real = bool(amends or (waits and known))
    real = real and all(one.slots.get("about") in booked for one in amends)
    return known if real and not own else []
