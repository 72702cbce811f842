"""Thinking aloud: of two values the one that somebody settles on holds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from intents.values.reader import compiler
from intents.words.normalise import PAUSE

_LEAST = 3
"""Clauses of a text in which a value may be weighed: the value, the doubt, the other value."""


class Aloud:
    """Finds such places; words are `aloud` of `rules/slots.yaml`."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        compiled, words = compiler(data), data["aloud"]
        self._put_right = str(words["put_right"])
        self._wavers = compiled(words["wavers"])
        before, after = words["before"], words["after"]
        self._kinds = [
            (compiled(value), compiled(f"^(?:{before})*{value}(?:{after})$"))
            for value in map(str, words["values"])
        ]

    def __call__(self, text: str) -> str:
        """充五十，五十块用不了几天，充一百吧: without the doubt, and with a word of correction."""
        clauses = text.split(PAUSE)
        at, value, doubts = self._weighed(clauses)
        if not value:
            return text
        return PAUSE.join([*_without(clauses[:at], doubts), self._put_right, *clauses[at:]])

    def settled(self, text: str) -> str:
        """The text without the value that was weighed, and what spoke against it."""
        clauses = text.split(PAUSE)
        at, value, doubts = self._weighed(clauses)
        before = [clause.replace(value, "") for clause in _without(clauses[:at], doubts)]
        return PAUSE.join([*filter(None, before), *clauses[at:]]) if value else text

    def _weighed(self, clauses: Sequence[str]) -> tuple[int, str, list[str]]:
        """The place of the clause that settles it, the value that gives way, and the doubts."""
        for at in range(_LEAST - 1, len(clauses)):
            for value, settled in self._kinds:
                if last := settled.search(clauses[at]):
                    found = self._doubted(value, clauses[:at], last["v"])
                    if found is not None:
                        return at, *found
        return 0, "", []

    def _doubted(
        self, kind: re.Pattern[str], before: Sequence[str], settled: str
    ) -> tuple[str, list[str]] | None:
        """The first other value of a kind that something is said against, and what."""
        for at, clause in enumerate(before[:-1]):
            for value in (match["v"] for match in kind.finditer(clause)):
                doubts = self._against(value, before[at + 1 :])
                if doubts and value != settled:
                    return value, doubts
        return None

    def _against(self, value: str, between: Sequence[str]) -> list[str]:
        """What says a value again to doubt it, or speaks against whatever was said."""
        return [c for c in between if c.startswith(value) or self._wavers.search(c)]


def _without(clauses: Sequence[str], doubts: Sequence[str]) -> list[str]:
    return [clause for clause in clauses if clause not in doubts]
