"""The slots of an intent found in a text: one reader a slot type."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from intents.about import About
from intents.chores import Chores
from intents.data import load
from intents.items import Items
from intents.lists import WordList
from intents.matcher import Hit
from intents.moment import Moments
from intents.number import number
from intents.people import People
from intents.places import Places
from intents.services import Service
from intents.template import DIGITS
from intents.when import resolve

_MEALS = ("breakfast", "lunch", "dinner")
_WHEN = ("date", "time", "part")


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
        n = f"[{DIGITS}]"

        def compiled(source: Any) -> re.Pattern[str]:
            text = str(source).replace("SURNAMES", str(data["doctor"]["surnames"]))
            return re.compile(re.sub(r"(?<![A-Z])N(?![A-Z])", n, text))

        self._doctor = compiled(data["doctor"]["pattern"])
        self._no_surname = set(str(data["doctor"]["not_first"]))
        self._named_department = compiled(data["department"]["named"])
        self._tests = set(map(str, data["department"]["tests"]))
        self._body = [(compiled(row["re"]), str(row["name"])) for row in data["department"]["body"]]
        self._hospital = compiled(data["hospital"]["pattern"])
        self._generic = set(map(str, data["hospital"]["generic"]))
        self._any_hospital = compiled(data["hospital"]["any"])
        self._hospital_head = compiled(data["hospital"]["head"])
        self._passengers = [compiled(p) for p in data["passengers"]["patterns"]]
        self._bare_count = compiled(data["passengers"]["bare"])
        self._couple = compiled(data["passengers"]["couple"])
        self._alone = compiled(data["passengers"]["alone"])
        self._wheelchair = compiled(data["wheelchair"]["yes"])
        self._no_wheelchair = compiled(data["wheelchair"]["not"])
        self._amount, self._amount_verb = compiled(data["amount"]), compiled(data["amount_verb"])
        self._amount_bare = compiled(data["amount_bare"])
        self._amount_rate = compiled(data["amount_rate"])
        self._amount_fixed = compiled(data["amount_fixed"])
        self._quantity = compiled(data["quantity"]["pattern"])
        self._dose = compiled(data["quantity"]["dose"])
        self._packs = set(map(str, data["quantity"]["packs"]))
        self._drug_left = compiled(data["drug"]["left"])
        self._drug_name = compiled(data["drug"]["name"])
        self._drug_use = compiled(data["drug"]["use"])
        self._ask_mark = compiled(data["drug"]["ask"])
        self._leave_out = compiled(data["leave_out"]["re"])
        self._left_out = str(data["leave_out"]["word"])
        self._diet_both: dict[str, Any] = data["diet_both"]
        self._surface = {
            str(name): [(str(row.get("name", "")), compiled(row["re"])) for row in rows]
            for name, rows in data["surface"].items()
        }
        self._vague_drugs = set(map(str, data["vague_drugs"]))
        self._notes = [compiled(p) for p in data["notes"]]
        self._readers: dict[str, ReadSlot] = {
            "department": self._read_department,
            "doctor": self._read_doctor,
            "hospital": self._read_hospital,
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
            "medicine": self._read_medicine,
            "quantity": self._read_quantity,
            "action": self._read_action,
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
        found: dict[str, Any] = {}
        wanted = [s for s in service.slots.values() if s.type not in _WHEN]
        for slot in wanted:
            reader = self._readers.get(slot.type)
            value = reader(said) if reader else None
            if value is not None and value != "":
                found[slot.name] = value
        when = self.when(said)
        found.update({name: when[name] for name in _WHEN if name in when and name in service.slots})
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
        hits = self.lists[name].find(text)
        if not hits:
            return None
        fixes = self.moments.corrects(text)
        chosen = hits[0]
        for hit in hits[1:]:
            if any(chosen.end <= fix <= hit.start + 1 for fix in fixes):
                chosen = hit
        return chosen

    def _one(self, name: str, text: str, *, surface: bool = False) -> str | None:
        hit = self._best(name, text)
        if hit is not None or not surface:
            return hit.payload if hit else None
        for name_given, pattern in self._surface.get(name, ()):
            if match := pattern.search(text):
                return name_given or match["name"]
        return None

    def _read_department(self, said: Said) -> str | None:
        named = self.lists["departments"].find(said.text)
        exact = self._meant_departments(said.text, named)
        if exact:
            best = self._best("departments", said.text)
            return best.payload if best and best in exact else exact[0].payload
        ills = self.lists["complaints"].find(said.text)
        if not ills:
            body = next((p for p, name in self._body if p.search(said.text)), None)
            return dict(self._body)[body] if body else None
        if ills[0].payload == "全科" and len(ills) > 1:
            ills = [hit for hit in ills if hit.payload != "全科"] or ills
        children = [hit for hit in ills if hit.payload == "儿科"]
        told = [hit for hit in ills if said.text[: hit.start].endswith(("是", "就是", "看"))]
        return (children or told or ills)[0].payload

    def _meant_departments(self, text: str, named: list[Hit[str]]) -> list[Hit[str]]:
        """Those asked for by name; a test that is told beside them (抽血) is not one."""
        named = [hit for hit in named if not self.moments.denied(text[: hit.start])] or named
        asked = [hit for hit in named if self._named_department.search(text, 0, hit.start)]
        called = [hit for hit in named if hit.words.endswith("科")]
        real = [hit for hit in named if hit.payload not in self._tests]
        both = [hit for hit in called if hit in asked]
        return both or called or asked or real or named

    def _read_doctor(self, said: Said) -> str | None:
        for match in self._doctor.finditer(said.text):
            name = match["name"]
            if name[0] not in self._no_surname:
                return name + match["title"]
        return None

    def _read_hospital(self, said: Said) -> str | None:
        match = self._hospital.search(said.text)
        name = match["name"] if match else None
        wide = self._any_hospital.search(said.text)
        if wide and (name is None or name in self._generic or wide["name"].endswith(name)):
            name = self._hospital_head.sub("", wide["name"])
        if name and name not in self._generic:
            known = self.lists["hospitals"].find(name)
            if known and known[0].length == len(name):
                return known[0].payload
            return name
        return self._one("hospitals", said.text)

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
        halves = self._diet_both["halves"]
        if set(halves) <= set(names):
            names = [self._diet_both["whole"], *(n for n in names if n not in halves)]
        return "、".join(names) or None

    def _read_delivery(self, said: Said) -> bool | None:
        hits = self.lists["deliveries"].find(said.text)
        return hits[-1].payload == "yes" if hits else None

    def _read_service(self, said: Said) -> str | None:
        listed = self._best("housekeeping", said.text)
        if listed and self.moments.corrects(said.text):
            return listed.payload
        paired = self.chores.find(said.text)
        if paired and (paired[1] or not listed):
            return paired[0]
        if listed:
            return listed.payload
        return self.chores.open(said.text) if _open(said, "service") else None

    def _read_place(self, said: Said) -> str | None:
        if said.asked == "destination" and (bare := self.places.bare(said.text)):
            return bare
        return self.places.destination(said.text, open_end=said.intent == "taxi")

    def _read_code_place(self, said: Said) -> str | None:
        listed = self._one("code_places", said.text)
        return listed or self.places.destination(said.text, open_end=False)

    def _read_origin(self, said: Said) -> str | None:
        found = self.places.origin(said.text)
        if found is None and said.asked == "origin":
            return self.places.bare(said.text)
        return found[0] if found else None

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
        if self._couple.search(said.text):
            return 2
        if said.asked == "passengers" and (match := self._bare_count.match(said.text)):
            value = number(match["n"])
            return int(value) if value else None
        return None

    def _read_wheelchair(self, said: Said) -> bool | None:
        if self._wheelchair.search(said.text) and not self._no_wheelchair.search(said.text):
            return True
        return None

    def _read_medicine(self, said: Said) -> str | None:
        hits = self.lists["drugs"].find(said.text)
        wanted = [h for h in hits if not self._drug_left.match(said.text[h.end :])] or hits
        fixes = self.moments.corrects(said.text)
        if wanted and fixes and (new := [h for h in wanted if h.start >= fixes[-1] - 1]):
            wanted = new
        names = list(dict.fromkeys(hit.payload for hit in wanted))
        real = [name for name in names if name not in self._vague_drugs]
        real = real or [name for name in names if name != "白片片"]
        if real:
            return "、".join(real)
        match = self._drug_name.search(said.text) or self._drug_use.search(said.text)
        return match["name"] if match else None

    def _read_quantity(self, said: Said) -> str | None:
        found = list(self._quantity.finditer(said.text))
        own = [m for m in found if not self._dose.search(said.text, 0, m.start())]
        own = [m for m in own if said.text[m.end() : m.end() + 1] != "的"] or own
        packs = [m for m in own if m["m"] in self._packs] or own
        if not packs:
            return None
        match = packs[-1] if self.moments.corrects(said.text) else packs[0]
        return match["n"] + match["m"]

    def _read_action(self, said: Said) -> str | None:
        kinds = {hit.payload for hit in self.lists["actions"].find(said.text)}
        found = next((kind for kind in ("ask", "deliver", "refill") if kind in kinds), None)
        if found is None and said.asked is None and self._ask_mark.search(said.text):
            return "ask"
        named = self.lists["drugs"].find(said.text) or self._drug_name.search(said.text)
        if found is None and said.asked is None and named and self._read_quantity(said):
            return "refill"
        return found

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
