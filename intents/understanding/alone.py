"""A word and nothing else: it asks for what has to do with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from intents.words.lists import WordList
from intents.words.template import DIGITS

_SHORTEST = 2
"""Characters of a word that says enough by itself."""
_LONGEST = 14
"""Characters of a text that may be a word and what stands around it."""


class Alone:
    """Which request a word of the lists is by itself, as `alone` of `rules/bare.yaml` says."""

    def __init__(self, data: Mapping[str, Any], lists: Mapping[str, WordList]) -> None:
        self._lists = [(lists[str(name)], str(intent)) for name, intent in data["lists"].items()]
        before, after = (
            re.sub("N(?![A-Z])", f"[{DIGITS}]", str(data[part])) for part in ("before", "after")
        )
        self._before, self._after = re.compile(before), re.compile(f"(?:{after})$")

    def __call__(self, text: str) -> str | None:
        """The intent of a folded text; None where it says more, or may be two things."""
        if len(text) > _LONGEST:
            return None
        begin = self._first(text)
        end = self._after.search(text, begin)
        stop = end.start() if end else len(text)
        if stop - begin < _SHORTEST:
            return None
        found = {
            intent
            for words, intent in self._lists
            for hit in words.find(text)
            if hit.start <= begin and hit.end >= stop
        }
        return found.pop() if len(found) == 1 else None

    def _first(self, text: str) -> int:
        found = self._before.match(text)
        return found.end() if found else 0
