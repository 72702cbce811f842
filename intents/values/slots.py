"""The slots of an intent found in a text: one reader a slot type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from intents.services import Service
from intents.types import WHEN
from intents.values.about import About
from intents.values.aloud import Aloud
from intents.values.chores import Chores
from intents.values.clinic import Clinic
from intents.values.items import Items
from intents.values.moment import Moments
from intents.values.people import People
from intents.values.places import HOME, Places
from intents.values.reader import best, compiler
from intents.values.remedies import Remedies
from intents.values.when import resolve
from intents.words.data import load
from intents.words.lists import WordList
from intents.words.matcher import Hit
from intents.words.number import number

_MEALS = ("breakfast", "lunch", "dinner")


@dataclass(frozen=True, slots=True)
class Said:
    """What a reader is given."""

    text: str
    """The folded, repaired text of one request."""
    now: datetime
    """The clock."""
    intent: str
    """Whose slots are read."""
    asked: str | None = None
    """The slot that was asked for; None when nothing was."""


ReadSlot: TypeAlias = Callable[[Said], Any]


class SlotReaders:
    """All readers, by slot type."""

    def __init__(
        self, home: Path, lists: Mapping[str, WordList], services: Mapping[str, Service]
    ) -> None:
        rules = home / "rules"
        data = load(rules / "slots.yaml")
        self.lists, self.services = lists, services
        self.moments = Moments(rules / "moment.yaml")
        self.items = Items(rules / "items.yaml", lists["dishes"])
        self.people = People(
            rules / "slots.yaml",
            lists["kinship"],
            lists.get("contacts"),
            self.moments.correcting,
        )
        self.about = About(rules / "about.yaml")
        self.chores = Chores(rules / "chores.yaml")
        self.places = Places(
            rules / "places.yaml", lists["places"], lists["kinship"], self.moments.correcting
        )
        compiled = compiler(data)
        self.clinic = Clinic(data, lists, self.moments)
        self.remedies = Remedies(data, lists, self.moments)
        self._passengers = [compiled(p) for p in data["passengers"]["patterns"]]
        self._bare_count = compiled(data["passengers"]["bare"])
        self._couple = compiled(data["passengers"]["couple"])
        self._third = compiled(data["passengers"]["third"])
        self._alone = compiled(data["passengers"]["alone"])
        self._put_right, self.aloud = compiled(data["put_right"]), Aloud(data)
        self._wheelchair = compiled(data["wheelchair"]["yes"])
        self._no_wheelchair = compiled(data["wheelchair"]["not"])
        self._amount, self._amount_verb = compiled(data["amount"]), compiled(data["amount_verb"])
        self._amount_bare = compiled(data["amount_bare"])
        self._amount_rate = compiled(data["amount_rate"])
        self._amount_fixed = compiled(data["amount_fixed"])
        self._used_for, self._machine = compiled(data["used_for"]), compiled(data["machine"])
        self._leave_out = compiled(data["leave_out"]["re"])
        self._left_out = str(data["leave_out"]["word"])
        self._diet_both: list[dict[str, Any]] = data["diet_both"]
        self._surface = {
            str(name): [(str(row.get("name", "")), compiled(row["re"])) for row in rows]
            for name, rows in data["surface"].items()
        }
        self._notes = [compiled(p) for p in data["notes"]]
        self._readers: dict[str, ReadSlot] = {
            "department": lambda said: self.clinic.department(said.text),
            "doctor": lambda said: self.clinic.doctor(said.text),
            "hospital": lambda said: self.clinic.hospital(said.text),
            "relation": lambda said: self.people.patient(said.text),
            "items": lambda said: self.items.find(said.text) or None,
            "meal": self._read_meal,
            "diet": self._read_diet,
            "delivery": self._read_delivery,
            "housekeeping": self._read_service,
            "place": self._read_place,
            "origin": self._read_origin,
            "passengers": self._read_passengers,
            "wheelchair": self._read_wheelchair,
            "place_of_code": self._read_code_place,
            "method": lambda said: self._one("methods", said.text),
            "contact": lambda said: self.people.contact(said.text),
            "medicine": lambda said: self.remedies.medicine(said.text),
            "quantity": lambda said: self.remedies.quantity(said.text),
            "action": lambda said: self.remedies.action(said.text, bare=said.asked is not None),
            "matter": lambda said: self._one("matters", said.text, surface=_open(said, "matter")),
            "activity": lambda said: self._one(
                "activities", said.text, surface=_open(said, "activity")
            ),
            "bill": lambda said: self._one("bills", said.text, surface=_open(said, "bill")),
            "amount": self._read_amount,
        }

    def read(self, said: Said) -> dict[str, Any]:
        """Every slot of the intent that the text holds."""
        service = self.services.get(said.intent)
        if service is None:
            return {}
        said = replace(said, text=self.aloud(self._put_right.sub("不对，", said.text)))
        found: dict[str, Any] = {}
        wanted = [s for s in service.slots.values() if s.type not in WHEN]
        for slot in wanted:
            reader = self._readers.get(slot.type)
            value = reader(said) if reader else None
            if value is not None and value != "":
                found[slot.name] = value
        when = self.when(said)
        found.update({name: when[name] for name in WHEN if name in when and name in service.slots})
        if said.intent == "meal":
            _meal_of_time(found, when)
        note = self.note(said)
        if note:
            found["note"] = note
        return found

    def when(self, said: Said) -> dict[str, Any]:
        """Date, time and part."""
        dinner = said.intent == "meal" and "dinner" in self._meals(said.text)
        return resolve(
            said.text, said.now, self.moments, dinner=dinner, last=said.intent == "change"
        )

    def note(self, said: Said) -> str | None:
        """Useful words that have no slot."""
        parts = [m.group() for p in self._notes if (m := p.search(said.text))]
        if said.intent == "meal" and (vague := self.items.vague(said.text)):
            parts.append(vague)
        return "，".join(dict.fromkeys(parts)) or None

    def _best(self, name: str, text: str) -> Hit[str] | None:
        return best(self.lists[name], text, self.moments)

    def _one(self, name: str, text: str, *, surface: bool = False) -> str | None:
        hit = self._best(name, text)
        if hit is not None or not surface:
            return hit.payload if hit else None
        for name_given, pattern in self._surface.get(name, ()):
            if match := pattern.search(text):
                return name_given or match["name"]
        return None

    def _meals(self, text: str) -> list[str]:
        hits = self.lists["meals"].find(text)
        named = list(dict.fromkeys(hit.payload for hit in hits))
        return list(_MEALS) if "all" in named else named

    def _read_meal(self, said: Said) -> str | list[str] | None:
        meals = self._meals(said.text)
        if len(meals) > 1 and self.moments.corrects(said.text):
            return meals[-1]
        if not meals:
            return None
        return meals[0] if len(meals) == 1 else meals

    def _read_diet(self, said: Said) -> str | None:
        hits = self.lists["diets"].find(said.text)
        names = list(dict.fromkeys(hit.payload for hit in hits))
        names += [
            self._left_out + (match["x"] or match["y"])
            for match in self._leave_out.finditer(said.text)
            if not any(h.start < match.end() and match.start() < h.end for h in hits)
        ]
        for both in self._diet_both:
            halves, whole = both["halves"], both["whole"]
            if set(halves) <= set(names):
                names = [whole, *(n for n in names if n not in halves)]
        names = [n for n in names if not any(n != other and n in other for other in names)]
        return "、".join(names) or None

    def _read_delivery(self, said: Said) -> bool | None:
        hits = self.lists["deliveries"].find(said.text)
        told = [hit.payload for hit in hits if hit.payload != "-"]
        return told[-1] == "yes" if told else None

    def _read_service(self, said: Said) -> str | None:
        text = self._used_for.sub("", said.text)
        if work := self._work(self.chores.put_right(text)) or self._work(text):
            return work
        if paired := self.chores.find(text, far=True):
            return paired[0]
        return self.chores.open(text) if _open(said, "service") else None

    def _work(self, text: str) -> str | None:
        """Work that is named, or told by a thing and what is the matter with it."""
        listed = self._best("housekeeping", self._machine.sub("", text)) if text else None
        if listed and self.moments.corrects(text):
            return listed.payload
        paired = self.chores.find(text)
        if paired and (paired[1] or not listed):
            return paired[0]
        return listed.payload if listed else None

    def _read_place(self, said: Said) -> str | None:
        if said.asked == "destination" and (bare := self.places.bare(said.text)):
            return bare
        if self.places.own_door(said.text) or self._only_origin(said):
            return None
        return self.places.destination(said.text, open_end=said.intent == "taxi")

    def _only_origin(self, said: Said) -> bool:
        """从哪里接您？在医院: the place is where to start from and nothing else."""
        return not self.places.origin(said.text) and self._bare_origin(said) is not None

    def _bare_origin(self, said: Said) -> str | None:
        """The place that answers where from, unless it is where to go (送我去火车站)."""
        if said.asked != "origin" or self.places.goes(said.text):
            return None
        return self.places.bare(said.text)

    def _read_code_place(self, said: Said) -> str | None:
        listed = self._one("code_places", said.text)
        return listed or self.places.destination(said.text, open_end=False)

    def _read_origin(self, said: Said) -> str | None:
        if said.asked != "destination" and self.places.own_door(said.text):
            return HOME
        if found := self.places.origin(said.text):
            return found[0]
        return self._bare_origin(said) or self._standing(said)

    def _standing(self, said: Said) -> str | None:
        """Where they are, if another place is gone to (我在商场，送我回家)."""
        there = (
            self.places.standing(said.text) if said.intent == "taxi" and not said.asked else None
        )
        going = self.places.destination(said.text, open_end=True) if there else None
        return there if going not in (None, there) else None

    def _read_passengers(self, said: Said) -> int | None:
        if self._alone.search(said.text):
            return 1
        for pattern in self._passengers:
            match = pattern.search(said.text)
            if match:
                groups = match.groupdict()
                total = (number(match["n"]) or 0) + (number(groups.get("m") or "") or 0)
                if total:
                    return int(total)
        if couple := self._couple.search(said.text):
            return 3 if self._third.match(said.text, couple.end()) else 2
        if said.asked == "passengers" and (match := self._bare_count.match(said.text)):
            value = number(match["n"])
            return int(value) if value else None
        return None

    def _read_wheelchair(self, said: Said) -> bool | None:
        if self._wheelchair.search(said.text) and not self._no_wheelchair.search(said.text):
            return True
        return None

    def _read_amount(self, said: Said) -> float | int | None:
        text = said.text
        found = [*self._amount.finditer(text)] or [*self._amount_verb.finditer(text)]
        found = found or [*self._amount_rate.finditer(text)] or [*self._amount_bare.finditer(text)]
        if not found:
            return None
        fixes = self.moments.corrects(text)
        match = found[-1] if fixes and found[-1].start() >= fixes[-1] - 1 else found[0]
        if match is found[0] and fixes and (later := self._amount_fixed.match(text, fixes[-1])):
            match = later
        said_tenths = match.groupdict().get("d")
        value = number(match["n"])
        if value is None:
            return None
        value += (number(said_tenths) or 0) / 10 if said_tenths else 0
        return int(value) if value == int(value) else round(value, 2)


def _open(said: Said, slot: str) -> bool:
    """Whether words that no list knows may be the value: not in the answer to something else."""
    return said.asked in (None, slot)


def _meal_of_time(found: dict[str, Any], when: Mapping[str, Any]) -> None:
    if "meal" in found:
        return
    part = when.get("part", "")
    if "time" in when:
        hour = int(when["time"][:2])
        part = "morning" if hour < 10 else "noon" if hour < 15 else "evening"
    meal = {"morning": "breakfast", "noon": "lunch", "evening": "dinner", "afternoon": "dinner"}
    if part in meal:
        found["meal"] = meal[part]
