"""Who: the one a request is for, and the one to be called."""

from __future__ import annotations

import re
from pathlib import Path

from intents.data import load
from intents.lists import WordList


class People:
    """Reads relations and contacts; words are in `lists/kinship.yaml` and `rules/slots.yaml`."""

    def __init__(self, path: Path, kinship: WordList, contacts: WordList | None) -> None:
        data = load(path)
        self._kin, self._contacts = kinship, contacts
        surnames = str(data["doctor"]["surnames"])
        self._not_before = re.compile(data["relation"]["not_before"])
        self._not_after = re.compile(data["relation"]["not_after"])
        self._for = re.compile(data["relation"]["for"])
        self._name = re.compile(str(data["contact"]["name"]).replace("SURNAMES", surnames))
        self._to = re.compile(data["contact"]["to"])
        self._not_in_name = re.compile(data["contact"]["not_in_name"])
        self._no_name = set(map(str, data["contact"]["phone_words"]))

    def patient(self, text: str) -> str | None:
        """For whom, when it is not the speaker."""
        hits = [h for h in self._kin.find(text) if h.payload not in ("老大", "老二", "老三")]
        for hit in hits:
            if self._for.search(text, 0, hit.start):
                return hit.payload
        for hit in hits:
            if self._not_before.search(text[: hit.start]):
                continue
            if self._not_after.match(text[hit.end :]):
                continue
            if (
                text[max(0, hit.start - 1) : hit.start] == "我"
                or hit.start == 0
                or (text[hit.start - 1] in "，的子")
                or text[hit.start - 2 : hit.start] in ("我家", "们家")
            ):
                return hit.payload
        return None

    def contact(self, text: str) -> str | None:
        """Who is to be called: kin, a contact of the station, or a name."""
        if self._contacts is not None and (known := self._contacts.find(text)):
            return known[0].payload
        hits = self._kin.find(text)
        if hits:
            for hit in hits:
                if text[max(0, hit.start - 2) : hit.start].endswith(("给", "找", "跟", "接", "我")):
                    return hit.payload
            return hits[0].payload
        named = self._name.search(text)
        if named:
            return named["name"]
        to = self._to.search(text)
        if to and to["name"] not in self._no_name and not self._not_in_name.search(to["name"]):
            return to["name"]
        return None
