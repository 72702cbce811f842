"""Values that are stepped instead of typed: how many, what time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from intents.conversation.spoken import load_words

_STEP_MIN: Final = 30
_FIRST_MIN, _LAST_MIN = 6 * 60, 21 * 60
_MOST: Final = 20
COUNTED: Final = frozenset({"passengers", "quantity", "items"})
"""Slots that are a number of something."""


@dataclass(frozen=True, slots=True)
class Step:
    """A value on its way: a count, or minutes since midnight."""

    slot: str
    """What it is for."""
    at: int
    """A count from 1 to 20, or minutes."""
    dish: str = ""
    """For `items`: what is counted."""

    def moved(self, by: int) -> Step:
        """One step less or more; stays where there is no further."""
        if self.slot in COUNTED:
            return replace(self, at=min(max(self.at + by, 1), _MOST))
        return replace(self, at=min(max(self.at + by * _STEP_MIN, _FIRST_MIN), _LAST_MIN))

    @property
    def value(self) -> Any:
        """What `Chose` is given."""
        if self.slot == "items":
            return [{"name": self.dish, "quantity": self.at}]
        if self.slot in COUNTED:
            return self.at
        return f"{self.at // 60:02}:{self.at % 60:02}"

    @property
    def words(self) -> str:
        """As it is shown."""
        told = load_words()
        if self.slot == "items":
            return told.dish({"name": self.dish, "quantity": self.at})
        if self.slot == "passengers":
            return str(told.data["people"]).format(n=told.count(self.at))
        if self.slot == "quantity":
            return told.quantity(self.at, str(told.data["box"]))
        return told.clock(str(self.value))


def first_step(slot: str, slots: Mapping[str, Any], now: datetime) -> Step | None:
    """Where stepping begins: at what is known, else at one, or the next half hour.

    None for dishes when there is not exactly one to count.
    """
    known = slots.get(slot)
    if slot == "items":
        dishes = known if isinstance(known, list) else []
        if len(dishes) != 1 or not isinstance(dishes[0], Mapping):
            return None
        return Step(slot, max(1, int(dishes[0].get("quantity") or 1)), str(dishes[0].get("name")))
    if slot in COUNTED:
        return Step(slot, known if isinstance(known, int) and known > 0 else 1)
    minutes = (now.hour * 60 + now.minute) // _STEP_MIN * _STEP_MIN + _STEP_MIN
    if isinstance(known, str) and ":" in known:
        hour, minute = known.split(":")[:2]
        minutes = int(hour) * 60 + int(minute)
    return Step("time", minutes).moved(0)
