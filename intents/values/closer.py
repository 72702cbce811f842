"""A place said more closely in a clause of its own: 去派出所，城关派出所 · 去妹妹家，她住南关."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from intents.words.normalise import PAUSE


class Closer:
    """Looks for the closer name of a place; its words are in `rules/places.yaml` below `closer`."""

    def __init__(self, data: Mapping[str, Any], named: str) -> None:
        """`named` matches the name of any place."""
        self._bare = re.compile(rf"^(?:{data['lead']})?(?P<place>{named})(?:{data['trail']})*$")
        self._dwells = re.compile(
            rf"(?:{data['dwells']})(?P<place>{named})(?:{data['trail']})*(?={PAUSE}|$)"
        )
        self._held = re.compile(rf"^(?:{data['held']})(?P<place>{named})")
        self._event, self._home = re.compile(data["event"]), re.compile(data["home"])
        self._vague = re.compile(data["vague"])
        self._there = re.compile(data["there"])
        self._kin = re.compile(data["kin"])
        self._kind = re.compile(rf"(?:{data['kind']})$")

    def __call__(self, text: str, chosen: str | None) -> str | None:
        """The destination with what another clause tells of it, or as it was.

        Whose home it is stays with it where they are told to live there (浉河区女儿家); a name that
        stands alone says it all (去我妹家，平昌县城), and more than 老家 or 单位 does.
        """
        clauses = text.split(PAUSE)
        if chosen is None:
            return next(self._met(clauses), None)
        if self._home.search(chosen):
            where, apart = next(self._lived(text, clauses, chosen), (chosen, True))
            if apart or not self._kin.search(chosen):
                return where
            return self._there.sub("", where) + chosen
        return next(self._alike(clauses, chosen), chosen)

    def _alike(self, clauses: list[str], chosen: str) -> Iterator[str]:
        """A longer name that ends as the chosen one, or names what lies in that town."""
        town = not self._kind.search(chosen)
        for before, clause in pairwise(clauses):
            match = self._bare.match(clause)
            if match is None or match["place"] == chosen:
                continue
            place = match["place"]
            if place.endswith(chosen) or self._vague.match(chosen):
                yield place
            elif town and chosen in before and self._kind.search(place):
                yield chosen + place

    def _lived(self, text: str, clauses: list[str], chosen: str) -> Iterator[tuple[str, bool]]:
        """Where somebody lives whose home it is, and whether the name stands alone."""
        for clause in clauses:
            if (match := self._bare.match(clause)) and match["place"] not in chosen:
                yield match["place"], match.start("place") == 0
        if match := self._dwells.search(text):
            yield match["place"], False

    def _met(self, clauses: list[str]) -> Iterator[str]:
        """Where a feast or a meeting is held; where somebody lives whom one goes to see."""
        for before, clause in pairwise(clauses):
            match = self._held.match(clause)
            if match and self._event.search(before):
                yield match["place"]
        for clause in clauses:
            if match := self._dwells.search(clause):
                yield match["place"]
