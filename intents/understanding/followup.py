"""Answers to a question and corrections of what was understood."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from intents.types import WHEN
from intents.understanding.surmise import Surmise
from intents.values import calendar
from intents.values.ordered import SET, plain
from intents.values.slots import Said, SlotReaders
from intents.words.data import load
from intents.words.number import number

_COUNTS = ("quantity", "amount")


class FollowUp:
    """Reads answers and corrections; words are in `rules/followup.yaml`."""

    def __init__(self, path: Path, slots: SlotReaders, surmise: Surmise) -> None:
        data = load(path)
        self._slots, self._surmise = slots, surmise
        self._lead, self._tail = re.compile(data["lead"]), re.compile(data["tail"])
        self._open = {str(k): int(v) for k, v in data["open"].items()}
        self._not_answer = re.compile(data["not_answer"])
        self._bare = {
            str(slot): {
                word: str(value) for value, words in values.items() for word in words.split("|")
            }
            for slot, values in data["bare"].items()
        }
        self._marks, self._reversed = re.compile(data["marks"]), re.compile(data["reversed"])
        self._as_many = re.compile(data["as_many"])
        self._add, self._remove = re.compile(data["add"]), re.compile(data["remove"])
        self._swap = re.compile(data["swap"])
        self._staple = re.compile(data["staple"])
        self._money = str(data["money"])

    def answer(self, said: Said, yes: bool | None) -> dict[str, Any]:
        """The slots of an answer; `yes` is its polarity, if it has one."""
        found = self._slots.read(said)
        asked = said.asked
        if (said.intent == "health_code" and found) or asked is None or asked in found:
            return found
        value = self._surmise.answer(said.intent, asked, said.text)
        if value is None:
            value = self._value(said, asked, yes, free=not found)
        if value is not None:
            found[asked] = value
        return found

    def _value(self, said: Said, asked: str, yes: bool | None, *, free: bool) -> Any:
        core = self._core(said.text)
        bare = self._bare.get(asked, {}).get(core)
        if asked == "delivery":
            return {"yes": True, "no": False}.get(bare or "", yes)
        if asked == "wheelchair" or bare:
            return yes if asked == "wheelchair" else bare
        if asked in WHEN:
            return _bare_when(core, said.now, asked)
        if asked in _COUNTS:
            return self._count(core, asked)
        open_end = asked in self._open and free and yes is None
        if open_end and self._bared(said.text) and not self._not_answer.match(said.text):
            return self._free(core, asked)
        return None

    def _count(self, core: str, asked: str) -> float | int | None:
        if asked == "quantity":
            return plain(self._slots.items.bare_amount(core))
        return plain(number(core.rstrip(self._money)))

    def _free(self, core: str, asked: str) -> Any:
        if not 2 <= len(core) <= self._open[asked] or "，" in core:
            return None
        return [{"name": core, "quantity": 1}] if asked == "items" else core

    def _bared(self, text: str) -> str:
        """Without what may stand around an answer; empty where nothing else was said."""
        return self._tail.sub("", self._lead.sub("", text))

    def _core(self, text: str) -> str:
        return self._bared(text) or text

    def correction(
        self, text: str, now: datetime, intent: str, current: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """Only the slots that change; None when nothing is corrected."""
        if intent == "meal" and (items := self._items(text, current)) is not None:
            return {"items": items}
        new = self._new(text)
        if new is None:
            return None
        found = self._slots.read(Said(new, now, intent, None))
        found.pop("note", None)
        if "time" in found and "part" in current and "time" not in current:
            found.setdefault("part", None)
        if not found:
            for slot in ("date", "time"):
                value = _bare_when(self._core(new), now, slot) if slot in current else None
                if value:
                    found[slot] = value
                    break
        changed = {k: v for k, v in found.items() if current.get(k) != v}
        return changed or None

    def _new(self, text: str) -> str | None:
        turned = self._reversed.match(text)
        if turned and not self._marks.match(text):
            return turned["new"]
        marks = list(self._marks.finditer(text))
        if not marks:
            return None
        return text[marks[-1].end() :].strip("，") or None

    def _items(self, text: str, current: Mapping[str, Any]) -> list[dict[str, Any]] | None:
        had = [dict(item) for item in current.get("items") or []]
        if not had:
            return None
        if (swapped := self._swapped(text, had)) is not None:
            return swapped
        gone = self._remove.search(text)
        if gone and not self._marks.search(text):
            named = {item["name"] for item in self._slots.items.find(gone["what"])}
            left = [
                i for i in had if i["name"] not in named and not i["name"].endswith(gone["what"])
            ]
            return left if len(left) < len(had) and left else None
        new = self._new(text)
        if new is not None:
            return self._requantified(text, new, had)
        if add := self._add.search(text):
            more = self._slots.items.find(text)
            if all(dish["name"] == SET for dish in had) and self._listed(text[: add.start()]):
                had = []  # 一碗面，再来个蛋: of a meal that had no dishes yet
            as_many = self._as_many.search(text) is not None
            return _merged(had, more, as_many) if more else self._more_of(text, had)
        return None

    def _listed(self, text: str) -> bool:
        """Whether dishes are named."""
        return any(dish["name"] != SET for dish in self._slots.items.find(text))

    def _more_of(self, text: str, had: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
        """饭多加一份: so many more of the one dish that was ordered."""
        amount, dish = self._slots.items.bare_amount(text), had[0]
        if len(had) > 1 or amount is None or dish["quantity"] is None:
            return None
        return [{**dish, "quantity": plain(dish["quantity"] + amount)}]

    def _swapped(self, text: str, had: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
        swap = self._swap.search(text)
        if not swap:
            return None
        new = self._dishes(swap["new"])
        if not new or self._only_counted(new, swap["new"]):
            return None
        before = text[: swap.start("new")]
        old = {item["name"] for item in self._slots.items.find(before)}
        kept = [i for i in had if i["name"] not in old and not i["name"].endswith(swap["old"])]
        if len(kept) == len(had):
            kept = self._beside(had, new)
        amount = next((i["quantity"] for i in had if i not in kept), 1)
        if new[0]["quantity"] == 1 and not re.search("[一1个]", swap["new"]):
            new[0]["quantity"] = amount
        return [*kept, *new]

    def _beside(self, had: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """那换成鱼, of a dish and rice: the rice stays."""
        if len(had) == 1:
            return []
        mains = [dish for dish in had if not self._staple.search(dish["name"])]
        swaps = len(mains) == 1 and not any(self._staple.search(dish["name"]) for dish in new)
        return [dish for dish in had if not swaps or dish not in mains]

    def _dishes(self, text: str) -> list[dict[str, Any]]:
        """What a text names; alone it may be short (鱼)."""
        return self._slots.items.find(text) or self._slots.items.short(text)

    def _only_counted(self, items: list[dict[str, Any]], text: str) -> bool:
        """Whether nothing but an amount was said (改成两份)."""
        return all(item["name"] == SET and SET not in text for item in items)

    def _requantified(
        self, text: str, new: str, had: list[dict[str, Any]]
    ) -> list[dict[str, Any]] | None:
        told = [n for n in self._slots.items.find(text) if n["name"] != SET]
        if told and all(h["name"] == SET for h in had):
            return told
        named = self._dishes(new)
        amount = self._slots.items.bare_amount(new)
        named = [n for n in named if n["name"] != SET or any(h["name"] == SET for h in had)]
        if named:
            known = {item["name"] for item in had}
            if any(item["name"] in known for item in named):
                return _merged(had, named, replace=True)
            return [*had[:-1], *named] if len(had) > 1 else named
        if amount is None:
            return None
        old = text[: text.find(new)]
        which = [i for i in had if i["name"] in old or i["name"][-2:] in old]
        said = self._slots.items.bare_amount(old.replace("不是", ""))
        which = which or [i for i in had if i["quantity"] == said] or had
        for item in which:
            item["quantity"] = plain(amount)
        return had


def _merged(
    had: list[dict[str, Any]], more: list[dict[str, Any]], replace: bool = False
) -> list[dict[str, Any]]:
    result = [dict(item) for item in had]
    for item in more:
        same = next((one for one in result if one["name"] == item["name"]), None)
        if same is None:
            result.append(item)
        elif replace:
            same["quantity"] = item["quantity"]
        else:
            same["quantity"] = (same["quantity"] or 0) + (item["quantity"] or 1)
    return result


def _bare_when(core: str, now: datetime, asked: str) -> str | None:
    """二十五 for a date, 八 for a time."""
    value = number(core)
    if value is None or value != int(value):
        return None
    if asked == "date" and 1 <= value <= 31:
        found = calendar.day_of_month(now.date(), int(value))
        return found.isoformat() if found else None
    if asked == "time" and 0 <= value <= 24:
        hour = int(value) + (12 if 1 <= value <= 6 else 0)
        return f"{hour % 24:02d}:00"
    return None
