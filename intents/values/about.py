"""Which request a status question, a cancellation or a change is about, and what becomes new."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from intents.words.data import load

if TYPE_CHECKING:
    from intents.values.slots import SlotReaders

_LISTS = {
    "activities": "activity",
    "matters": "social_security",
    "bills": "payment_help",
    "drugs": "medicine",
    "departments": "appointment",
    "complaints": "appointment",
}


class About:
    """Words are in `rules/about.yaml`."""

    def __init__(self, path: Path) -> None:
        data = load(path)
        self._words = {str(k): re.compile(v) for k, v in data["words"].items()}
        self._marks, self._instead = re.compile(data["marks"]), re.compile(data["instead"])
        self._nothing = re.compile(data["nothing"])
        self._number = re.compile(data["number"])

    def find(self, text: str) -> list[str]:
        """The intents whose own words are in a text."""
        return [name for name, words in self._words.items() if words.search(text)]

    def dated(self, text: str, at: int) -> bool:
        """Whether a 号 at this place is the end of a date."""
        return text[at : at + 1] == "号" and bool(self._number.search(text, 0, at))

    def guess(self, text: str, slots: SlotReaders, told: list[str]) -> str | None:
        """The intent whose things are named, when no wording of a service says which."""
        if told:
            return told[0]
        if slots.items.find(text):
            return "meal"
        for name, intent in _LISTS.items():
            if slots.lists[name].find(text):
                return intent
        if slots.lists["housekeeping"].find(text) or slots.chores.find(text):
            return "housekeeping"
        return "taxi" if slots.places.destination(text, open_end=False) else None

    def new(self, text: str) -> str | None:
        """What stands after the last word of change; None when there is none."""
        marks = list(self._marks.finditer(text))
        if marks:  # …换成蒸蛋，麻烦你改一下: the last word of change may have nothing after it
            rests = [text[mark.end() :].strip("，") for mark in reversed(marks)]
            return next((rest for rest in rests if not self._nothing.fullmatch(rest)), None)
        instead = self._instead.search(text)
        return text[instead.end() :].strip("，") or None if instead else None
