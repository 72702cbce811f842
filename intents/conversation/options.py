"""What can be touched instead of said: the choices of a slot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from intents.types import Choice

from .defaults import contacts
from .dialogue import Dialogue
from .talk import Talk

_DAYS_AHEAD = (1, 2, 3, 0, 4, 5, 6)
_PASSENGERS = 4


def choices(
    talk: Talk, dialogue: Dialogue | None, slot: str, slots: Mapping[str, Any]
) -> tuple[Choice, ...]:
    """The choices of a slot, the most likely first; empty when it can only be said."""
    own: Callable[[Talk], list[Choice]] | None = {
        "date": _days,
        "part": _parts,
        "hospital": _hospitals,
        "contact": _contacts,
        "medicine": _medicines,
        "passengers": _passengers,
        "activity": _activities,
        "items": lambda t: _dishes(t, slots),
    }.get(slot)
    found = own(talk) if own else []
    spoken = dialogue.slots[slot].choices if dialogue and slot in dialogue.slots else ()
    labels = {choice.label for choice in found}
    return (*found, *(choice for choice in spoken if choice.label not in labels))


def _days(talk: Talk) -> list[Choice]:
    days = [(talk.now.date() + timedelta(days=n)).isoformat() for n in _DAYS_AHEAD]
    return [Choice(day, talk.words.day(day, talk.now)) for day in days]


def _parts(talk: Talk) -> list[Choice]:
    parts = talk.words.data["parts"]
    return [Choice(part, parts[part]) for part in ("morning", "afternoon")]


def _hospitals(talk: Talk) -> list[Choice]:
    return [Choice(name, name) for name in talk.facts.hospitals]


def _contacts(talk: Talk) -> list[Choice]:
    return [Choice(relation, relation) for relation, _ in contacts(talk.resident)]


def _medicines(talk: Talk) -> list[Choice]:
    return [Choice(str(name), str(name)) for name in talk.resident.get("medicines") or ()]


def _passengers(talk: Talk) -> list[Choice]:
    people = talk.words.data["people"]
    return [Choice(n, people.format(n=talk.words.count(n))) for n in range(1, _PASSENGERS + 1)]


def _activities(talk: Talk) -> list[Choice]:
    names = dict.fromkeys(session.activity for session in talk.facts.sessions)
    return [Choice(name, name) for name in names]


def _dishes(talk: Talk, slots: Mapping[str, Any]) -> list[Choice]:
    meal = slots.get("meal")
    cooked = talk.facts.menu.get(meal, ()) if isinstance(meal, str) else ()
    return [Choice([{"name": dish, "quantity": 1}], dish) for dish in cooked]
