"""A request in words: its slots as they are spoken in read-backs and names of bookings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from intents.types import WHEN

from .defaults import Surroundings, contacts
from .dialogue import Dialogue
from .prompts import complete, fill, sentences
from .spoken import Words, load_words

_SEVERAL_MINUTES = 2


class Wording:
    """Puts slots into words; `around` says who is speaking, where and when."""

    def __init__(self, around: Surroundings, words: Words | None = None) -> None:
        self.around = around
        self.words = words or load_words()

    def fields(self, dialogue: Dialogue, slots: Mapping[str, Any]) -> dict[str, str]:
        """Every field a template of this dialogue may name; empty for what is not known."""
        found = {name: self._plain(value) for name, value in slots.items()}
        found |= self._times(slots)
        found |= self._tables(slots)
        found["items"] = self._items(slots.get("items"))
        found["early"] = "" if slots.get("time") else dialogue.early
        found["contact_name"] = self._contact_name(str(slots.get("contact", "")))
        if not found.get("address"):
            found["address"] = self._plain(self.around.resident.get("address"))
        found["address"] = found["address"] or str(self.words.data["home"])
        return found

    def thing(self, dialogue: Dialogue, slots: Mapping[str, Any]) -> str:
        """A booking's short name: 明天上午八点到火车站的车."""
        return fill(dialogue.thing, self.fields(dialogue, slots)).strip("，")

    def statements(self, dialogue: Dialogue, slots: Mapping[str, Any]) -> list[str]:
        """What is read back, without its question; a statement with a gap is left out."""
        fields = self.fields(dialogue, slots)
        said = [fill(t, fields) for t in dialogue.statements(slots) if complete(t, fields)]
        return [s for text in said for s in sentences(text) if s.strip("。，")]

    def value(self, slot: str, value: Any) -> str:
        """One slot's value in words."""
        if slot == "items":
            return self._items(value)
        found = self._times({slot: value}) | self._tables({slot: value})
        return found.get(
            {"date": "date", "time": "clock", "part": "clock"}.get(slot, slot), ""
        ) or (self._plain(value))

    def _plain(self, value: Any) -> str:
        if isinstance(value, (list, tuple)):
            return self.words.join([self._plain(v) for v in value])
        if value is None or isinstance(value, (bool, Mapping)):
            return ""
        if isinstance(value, int | float):
            return self.words.number(int(value))
        return str(self.words.data["home"]) if self._private(value) else str(value)

    def _private(self, value: Any) -> bool:
        """Where somebody lives is not told to whoever rings from their number."""
        known = self.around.resident.get("address")
        return self.around.channel == "phone" and bool(known) and value == known

    def _items(self, items: Any) -> str:
        if not isinstance(items, (list, tuple)):
            return self._plain(items)
        return self.words.join([self.words.dish(i) for i in items if isinstance(i, Mapping)])

    def _times(self, slots: Mapping[str, Any]) -> dict[str, str]:
        now = self.around.now
        iso, at, part = (str(slots.get(k) or "") for k in WHEN)
        clock = self._clock(at, part)
        found = {
            "day": self.words.day(iso, now),
            "date": self.words.date(iso, now),
            "clock": clock,
        }
        found["when"] = found["date"] + clock
        if at and _is_now(iso, at, now):
            found["when"] = found["clock"] = str(self.words.data["now"])
        return found

    def _clock(self, at: str, part: str) -> str:
        try:
            return self.words.clock(at) if at else self.words.of("parts", part) if part else ""
        except (ValueError, IndexError):
            return at

    def _tables(self, slots: Mapping[str, Any]) -> dict[str, str]:
        words, data = self.words, self.words.data
        found: dict[str, str] = {}
        for slot, table in (("action", "actions"), ("method", "methods"), ("bill", "bills")):
            if slots.get(slot):
                found[slot] = words.of(table, slots[slot])
        if slots.get("meal"):
            meals = slots["meal"] if isinstance(slots["meal"], list) else [slots["meal"]]
            found["meal"] = data["meal_join"].join(words.of("meals", meal) for meal in meals)
        if isinstance(slots.get("delivery"), bool):
            found["delivery"] = found["served"] = words.of("served", slots["delivery"])
        if isinstance(slots.get("passengers"), int | float):
            found["passengers"] = data["people"].format(n=words.count(slots["passengers"]))
        if isinstance(slots.get("quantity"), int | float):
            found["quantity"] = words.quantity(slots["quantity"], data["box"])
        if isinstance(slots.get("amount"), int | float):
            found["amount"] = data["yuan"].format(n=words.count(slots["amount"]))
        found["wheelchair"] = str(data["wheelchair"]) if slots.get("wheelchair") else ""
        return found

    def _contact_name(self, contact: str) -> str:
        known = dict(contacts(self.around.resident))
        name = known.get(contact, "")
        return "" if name == contact else name


def _is_now(iso: str, at: str, now: datetime) -> bool:
    try:
        hour, minute = (int(x) for x in at.split(":")[:2])
    except ValueError:
        return False
    gap = abs(hour * 60 + minute - now.hour * 60 - now.minute)
    return iso in ("", now.date().isoformat()) and gap <= _SEVERAL_MINUTES
