"""A request in the making: what the elder said of it, and what follows from that.

Only what was said is kept; defaults are worked out afresh each time, so that a
changed day never drags an old default along.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .defaults import RULES, Surroundings
from .dialogue import Dialogue, SlotTalk

_ISO = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_PART_HOURS = {
    "morning": range(4, 12),
    "noon": range(11, 15),
    "afternoon": range(12, 19),
    "evening": range(16, 24),
    "night": (*range(19, 24), *range(5)),
}


@dataclass(slots=True)
class Draft:
    """One request being put together."""

    dialogue: Dialogue
    """How its service is talked about."""
    said: dict[str, Any] = field(default_factory=dict)
    """What the elder said, chose or agreed to."""
    given_up: set[str] = field(default_factory=set)
    """Soft slots that stay open."""
    doubtful: set[str] = field(default_factory=set)
    """Slots found by sound, or heard badly: they are asked after by name."""
    asked: dict[str, int] = field(default_factory=dict)
    """How often each slot was asked for."""
    first_words: str = ""
    """How the request was put."""
    guessed: bool = False
    """It was only supposed that this is wanted (who tells what ails them)."""
    made_sure: bool = False
    """A badly heard yes was asked for once more."""
    confirming: bool = False
    """It has been read back and waits for a yes."""

    @property
    def intent(self) -> str:
        """The service."""
        return self.dialogue.intent

    def merge(self, values: Mapping[str, Any]) -> set[str]:
        """Take values over; gives the names of those that are new or different.

        A new day keeps the part of the day; a new clock time replaces it, and a new
        part drops a clock time that does not lie in it.
        """
        before = dict(self.said)
        for name, value in values.items():
            if value is None:
                continue
            if name == "note":
                self._note(str(value))
            else:
                self.said[name] = value
        self._settle_time(values)
        self.given_up -= set(values)
        self.doubtful -= set(values)
        return {name for name in values if self.said.get(name) != before.get(name)}

    def _note(self, text: str) -> None:
        known = str(self.said.get("note", ""))
        if text and text not in known:
            self.said["note"] = f"{known}；{text}" if known else text

    def _settle_time(self, values: Mapping[str, Any]) -> None:
        if values.get("time"):
            self.said["time"] = _in_part(str(values["time"]), self.said.get("part"))
            if not values.get("part"):
                self.said.pop("part", None)
        elif values.get("part") and self.said.get("time"):
            hour = str(self.said["time"])[:2]
            if not hour.isdigit() or int(hour) not in _PART_HOURS.get(values["part"], ()):
                self.said.pop("time")

    def full(self, around: Surroundings) -> dict[str, Any]:
        """What was said with the defaults filled in."""
        found = {name: value for name, value in self.said.items() if value is not None}
        for slot in self.dialogue.slots.values():
            if slot.default and slot.name not in found and slot.applies(found):
                value = RULES[slot.default](found, around)
                if value is not None:
                    found[slot.name] = value
        return _bookable(self.intent, found, around)

    def missing(self, around: Surroundings) -> SlotTalk | None:
        """The next slot that must be asked; None when nothing is missing."""
        found = self.full(around)
        for slot in self.dialogue.slots.values():
            known = found.get(slot.name) not in (None, "", [])
            if slot.need and not known and slot.applies(found) and slot.name not in self.given_up:
                return slot
        return None

    def give_up(self, slot: SlotTalk, around: Surroundings) -> None:
        """A soft question stays unanswered: the fallback stands, or nothing."""
        value = RULES[slot.fallback](self.said, around) if slot.fallback in RULES else slot.fallback
        if value is None:
            self.given_up.add(slot.name)
        else:
            self.said[slot.name] = value


def _dish_list(value: Any) -> bool:
    dishes = value if isinstance(value, list) else [None]
    return all(isinstance(dish, Mapping) and bool(dish.get("name")) for dish in dishes)


def _count(value: Any) -> bool:
    return isinstance(value, int | float) and value > 0


def _words(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


_USABLE: Mapping[str, Callable[[Any], bool]] = {
    "date": lambda value: isinstance(value, str) and bool(_ISO.fullmatch(value)),
    "time": lambda value: isinstance(value, str) and bool(_CLOCK.fullmatch(value)),
    "part": lambda value: value in tuple(_PART_HOURS),
    "meal": lambda value: isinstance(value, list) or value in ("breakfast", "lunch", "dinner"),
    "items": _dish_list,
    "delivery": lambda value: isinstance(value, bool),
    "wheelchair": lambda value: isinstance(value, bool),
    "passengers": _count,
    "quantity": _count,
    "amount": _count,
}


def usable(slot: str, value: Any) -> bool:
    """Whether a chosen value can be taken for this slot."""
    return _USABLE.get(slot, _words)(value)


def _in_part(clock: str, part: str | None) -> str:
    """An answer of eight o'clock to an evening is the evening's, when it can be no other."""
    hours = _PART_HOURS.get(part or "", ())
    head, _, minutes = clock.partition(":")
    if head.isdigit() and int(head) not in hours and int(head) + 12 in hours:
        return f"{int(head) + 12}:{minutes}"
    return clock


def in_part(clock: str, part: str | None) -> bool:
    """Whether a clock time lies in a part of the day."""
    return clock[:2].isdigit() and int(clock[:2]) in _PART_HOURS.get(part or "", ())


def _bookable(intent: str, slots: dict[str, Any], around: Surroundings) -> dict[str, Any]:
    """A meal moves to the first day on which the canteen can still cook it."""
    if intent != "meal" or not slots.get("date") or not slots.get("meal"):
        return slots
    try:
        wanted = date.fromisoformat(str(slots["date"]))
    except ValueError:
        return slots
    meals = slots["meal"] if isinstance(slots["meal"], list) else [slots["meal"]]
    days = [around.facts.meal_day(meal, around.now, wanted) for meal in meals]
    return slots | {"date": max(days).isoformat()}


def notices(draft: Draft, around: Surroundings) -> list[tuple[str, date]]:
    """Facts of the station to say before reading back: (prompt, the day it is about)."""
    full = draft.full(around)
    try:
        day = date.fromisoformat(str(full.get("date")))
        wanted = date.fromisoformat(str(draft.said.get("date") or around.now.date()))
    except ValueError:
        return []
    found: list[tuple[str, date]] = []
    if "holiday" in draft.dialogue.notices and day in around.facts.holidays:
        found.append(("holiday", day))
    if "meal_closed" in draft.dialogue.notices and day != wanted:
        rests = wanted.weekday() not in around.facts.canteen_days
        found.append(("canteen_rest" if rests else "meal_closed", wanted))
    return found
