"""Has somebody finished speaking? The words a text ends with tell; `rules/turn.yaml` lists them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from intents.errors import DataError
from intents.words.data import load


@dataclass(frozen=True, slots=True)
class Endings:
    """What texts end with."""

    thinking: re.Pattern[str]
    """Words are being looked for, whatever was said before."""
    trailing: re.Pattern[str]
    """More is coming."""
    settled: re.Pattern[str]
    """… which it is not, though it looks so."""
    final: re.Pattern[str]
    """Nobody goes on after it."""
    closing: re.Pattern[str]
    """… unless hardly anything was said before it."""

    @classmethod
    def read(cls, path: Path) -> Endings:
        """The endings laid down in a file. Raises DataError with its line."""
        data = load(path)
        return cls(*(_ending(path, data[name]) for name in cls.__slots__))

    def think(self, plain: str) -> bool:
        """Whether a text, without marks at its end, stops to look for words."""
        return bool(self.thinking.search(plain))

    def trail(self, plain: str) -> bool:
        """Whether a text, without marks at its end, stops before its end."""
        return bool(self.trailing.search(plain)) and not self.settled.search(plain)

    def end(self, plain: str) -> bool:
        """Whether a text, without marks at its end, is for the other to answer."""
        return bool(self.final.search(plain))

    def close(self, plain: str) -> bool:
        """Whether a text, without marks at its end, ends as long sentences do."""
        return bool(self.closing.search(plain))


def _ending(path: Path, ways: Sequence[str]) -> re.Pattern[str]:
    for way in ways:
        try:
            re.compile(way)
        except re.error as error:
            line = getattr(way, "line", 0)
            raise DataError(path, line, f"{way!r} is no pattern ({error})", "mend it") from error
    return re.compile(f"(?:{'|'.join(ways)})$")
