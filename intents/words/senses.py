"""Which senses a text holds: a body part, a fall, a cry for help, something told of the past …

A sense is a set of words; the sets are in `rules/senses.yaml`. They let the opinion see what a
wording means that no example has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from intents.errors import DataError
from intents.words.data import load


class Senses:
    """Finds senses, each once, in the order of the file."""

    def __init__(self, path: Path) -> None:
        """Read the sets; raises DataError for one that cannot be used."""
        self.names: tuple[str, ...] = ()
        self._words: dict[str, tuple[int, ...]] = {}
        self._patterns: list[tuple[int, re.Pattern[str]]] = []
        self._longest = 0
        for name, entry in load(path).items():
            self._add(str(name), entry, path)

    def _add(self, name: str, entry: Any, path: Path) -> None:
        if not isinstance(entry, dict) or not set(entry) <= {"words", "patterns"}:
            line = getattr(name, "line", 0)
            raise DataError(path, line, f"sense {name!r} is unusable", "give words or patterns")
        number = len(self.names)
        self.names += (name,)
        for word in dict.fromkeys(str(entry.get("words", "")).split()):
            self._words[word] = (*self._words.get(word, ()), number)
            self._longest = max(self._longest, len(word))
        for source in entry.get("patterns", ()):
            try:
                self._patterns.append((number, re.compile(source)))
            except re.error as error:
                raise DataError(path, 0, f"{source!r}: {error}", "mend the pattern") from error

    @property
    def words(self) -> Iterable[str]:
        """Every word of every sense."""
        return self._words

    def __call__(self, text: str) -> tuple[str, ...]:
        """The names of the senses of a folded text."""
        found = {number for number, pattern in self._patterns if pattern.search(text)}
        words, reach = self._words, self._longest
        for start in range(len(text)):
            for end in range(start + 1, min(len(text), start + reach) + 1):
                numbers = words.get(text[start:end])
                if numbers:
                    found.update(numbers)
        return tuple(self.names[number] for number in sorted(found))
