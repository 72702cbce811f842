"""Medicines: which, how many, and what is wanted of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from intents.values.moment import Moments
from intents.values.reader import compiler
from intents.words.lists import WordList


class Remedies:
    """Reads requests for medicines; words are in `rules/slots.yaml` and the lists."""

    def __init__(
        self, data: Mapping[str, Any], lists: Mapping[str, WordList], moments: Moments
    ) -> None:
        compiled = compiler(data)
        self._lists, self._moments = lists, moments
        self._dose = compiled(data["quantity"]["dose"])
        self._in_stock = compiled(data["quantity"]["in_stock"])
        self._packs = set(map(str, data["quantity"]["packs"]))
        self._fetches = compiled(data["drug"]["fetches"])
        self._drug_left = compiled(data["drug"]["left"])
        self._drug_name = compiled(data["drug"]["name"])
        self._drug_use = compiled(data["drug"]["use"])
        self._ask_mark = compiled(data["drug"]["ask"])
        self._vague_drugs = set(map(str, data["vague_drugs"]))
        self._quantity = compiled(data["quantity"]["pattern"])

    def medicine(self, text: str) -> str | None:
        """The names joined with 、, else what it is for as it was said."""
        hits = self._lists["drugs"].find(text)
        wanted = [h for h in hits if not self._drug_left.match(text[h.end :])] or hits
        fixes = self._moments.corrects(text)
        if wanted and fixes and (new := [h for h in wanted if h.start >= fixes[-1] - 1]):
            wanted = new
        names = list(dict.fromkeys(hit.payload for hit in wanted))
        real = [name for name in names if name not in self._vague_drugs]
        real = real or [name for name in names if name != "白片片"]
        if real:
            return "、".join(real)
        match = self._drug_name.search(text) or self._drug_use.search(text)
        return match["name"] if match else None

    def quantity(self, text: str) -> str | None:
        """How many packs, with the measure; never a dose."""
        found = list(self._quantity.finditer(text))
        own = [m for m in found if not self._dose.search(text, 0, m.start())]
        own = [m for m in own if not self._in_stock.search(text, 0, m.start())]
        own = [m for m in own if text[m.end() : m.end() + 1] != "的"] or own
        packs = [m for m in own if m["m"] in self._packs] or own
        if not packs:
            return None
        fixes = self._moments.corrects(text)
        new = [m for m in packs if fixes and m.start() >= fixes[-1] - 1]
        match = (new or packs)[0]
        return match["n"] + match["m"]

    def action(self, text: str, *, bare: bool) -> str | None:
        """ask, deliver or refill; of a `bare` answer only what was said outright."""
        fetches = self._fetches.search(text)
        kinds = {hit.payload for hit in self._lists["actions"].find(text)}
        if fetches and "deliver" in kinds:
            kinds = {*kinds, "refill"} - {"deliver"}
        found = next((kind for kind in ("ask", "deliver", "refill") if kind in kinds), None)
        if found is None and fetches:
            return "refill"
        if found is None and not bare and self._ask_mark.search(text):
            return "ask"
        named = self._lists["drugs"].find(text) or self._drug_name.search(text)
        if found is None and not bare and named and self.quantity(text):
            return "refill"
        return found
