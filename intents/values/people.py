"""Who: the one a request is for, and the one to be called."""

from __future__ import annotations

import re
from pathlib import Path

from intents.words.data import load
from intents.words.lists import WordList
from intents.words.matcher import Hit

_FRIEND = "老朋友"
_ORDERS = ("老大", "老二", "老三", "老四")
_RUNG, _MINE = ("给", "找", "跟", "接"), ("我",)
"""What stands before who is to be called, and before one of one's own."""


class People:
    """Reads relations and contacts; words are in `lists/kinship.yaml` and `rules/slots.yaml`."""

    def __init__(
        self,
        path: Path,
        kinship: WordList,
        contacts: WordList | None,
        correcting: re.Pattern[str],
    ) -> None:
        data = load(path)
        self._kin, self._contacts, self._correcting = kinship, contacts, correcting
        surnames = str(data["doctor"]["surnames"])

        def compiled(source: str) -> re.Pattern[str]:
            return re.compile(source.replace("SURNAMES", surnames))

        relation, contact = data["relation"], data["contact"]
        self._not_before = compiled(relation["not_before"])
        self._not_after = compiled(relation["not_after"])
        self._for = compiled(relation["for"])
        self._they = re.compile(relation["they"])
        self._neighbour = compiled(relation["neighbour"])
        self._own = compiled(relation["own"])
        self._plainly: dict[str, str] = relation["plainly"]
        self._no_patient = set(map(str, relation["no_patient"]))
        self._name = compiled(contact["name"])
        self._else = re.compile(contact["else"])
        self._ring, self._instead = re.compile(contact["ring"]), re.compile(contact["instead"])
        self._called = compiled(contact["called"])
        self._to = compiled(contact["to"])
        self._familiar = compiled(contact["familiar"])
        self._gone, self._not_this = compiled(contact["gone"]), compiled(contact["not_this"])
        self._not_in_name = compiled(contact["not_in_name"])
        self._no_name = set(map(str, contact["phone_words"]))

    def patient(self, text: str) -> str | None:
        """For whom, when it is not the speaker."""
        found = self._patient(text)
        return self._plainly.get(found, found) if found else None

    def _patient(self, text: str) -> str | None:
        hits = [h for h in self._kin.find(text) if h.payload not in _ORDERS]
        for hit in hits:
            if self._for.search(text, 0, hit.start):
                return hit.payload
        if hits and (they := self._they.search(text)) and hits[0].start < they.start():
            return hits[0].payload
        hits = [hit for hit in hits if hit.payload not in self._no_patient]
        if neighbour := self._neighbour.search(text):
            return neighbour["name"]
        for hit in hits:
            if self._not_before.search(text[: hit.start]):
                continue
            rest = text[hit.end :]
            if self._not_after.match(rest) or (hit.start == 0 and rest.startswith("，")):
                continue
            if hit.start == 0 or self._own.search(text, 0, hit.start):
                return hit.payload
        return None

    def contact(self, text: str) -> str | None:
        """Who is to be called: kin, a contact of the station, or a name."""
        if self._contacts is not None and (known := self._contacts.find(text)):
            return known[0].payload
        text = self._else.split(text)[0] or text
        called = self._called.search(text)
        if called:
            return called["name"]
        hits = self._meant(text, self._kin.find(text))
        rung = [hit for hit in hits if self._ring.search(text, 0, hit.start)]
        if len(rung) > 1 and self._instead.search(text[rung[0].end : rung[-1].start]):
            hits = rung[-1:]
        familiar = self._familiar.search(text)
        if familiar and any(h.payload == _FRIEND and h.end == familiar.start() for h in hits):
            return familiar["name"]
        if hits:
            for before in (_RUNG, _MINE):
                for hit in hits:
                    if text[max(0, hit.start - 2) : hit.start].endswith(before):
                        return hit.payload
            return hits[0].payload
        return self._named(text)

    def _named(self, text: str) -> str | None:
        if named := self._name.search(text):
            return named["name"]
        to = self._to.search(text)
        if to and to["name"] not in self._no_name and not self._not_in_name.search(to["name"]):
            return to["name"]
        familiar = self._familiar.search(text)
        return familiar["name"] if familiar else None

    def _meant(self, text: str, hits: list[Hit[str]]) -> list[Hit[str]]:
        """Without those who are gone or not meant; after a correction only what follows."""
        hits = [
            hit
            for hit in hits
            if not self._not_this.search(text, 0, hit.start) and not self._gone.match(text, hit.end)
        ] or hits
        fixes = [m.end() for m in self._correcting.finditer(text)]
        later = [hit for hit in hits if fixes and hit.start >= fixes[-1] - 1]
        refused = self._not_this
        later = [hit for hit in later if not refused.search(text, 0, hit.start)]
        return later or hits
