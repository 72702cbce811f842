"""Short moves of talk that are no requests: never mind, whatever, I do not know, also …"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from intents import HOME
from intents.errors import DataError

from .spoken import load_yaml

PATH = HOME / "acts.yaml"
"""The patterns."""

_MARKS = re.compile(r"[\s，。？！、,.?!…~～]+")


class Acts:
    """Finds a move in what was heard."""

    def __init__(
        self, moves: dict[str, re.Pattern[str]], ordinals: dict[int, re.Pattern[str]], drops: str
    ) -> None:
        self._moves = moves
        self._ordinals = ordinals
        self._drops = drops

    def match(self, move: str, text: str) -> re.Match[str] | None:
        """Where the text holds this move: a match on its bare form."""
        return self._moves[move].search(bare(text))

    def found(self, move: str, text: str) -> bool:
        """Whether the text holds this move."""
        return bool(self._moves[move].search(bare(text)))

    def every(self, move: str, text: str) -> list[str]:
        """The first group that holds words, at each place where the text holds this move."""
        found = self._moves[move].finditer(bare(text))
        return [next(filter(None, match.groups())) for match in found]

    def drops(self, name: str, text: str) -> bool:
        """Whether the thing of this name is no longer wanted."""
        return bool(re.search(self._drops.replace("{name}", re.escape(name)), bare(text)))

    def shift(self, text: str) -> tuple[str, str, bool] | None:
        """How far something is moved: (number, unit, later); None when it is not."""
        plain = bare(text)
        match = self._moves["shift"].search(plain)
        moves = ("changes", "later", "earlier_by")
        if match is None or not any(self.found(move, text) for move in moves):
            return None
        return match["n"], match["unit"], self.found("later", text)

    def contrast(self, text: str) -> tuple[str, str] | None:
        """Not this but that: (old, new) words; None when there is no such contrast."""
        match = self._moves["contrast"].search(bare(text))
        if match is None:
            return None
        return match["old"] or match["old1"], match["new"] or match["new1"]

    def before(self, move: str, text: str) -> str:
        """The text up to this move; all of it when the move is not found."""
        plain = bare(text)
        match = self._moves[move].search(plain)
        return plain[: match.start()] if match else text

    def after(self, move: str, text: str) -> str | None:
        """What follows this move in the text; None when it is not found."""
        plain = bare(text)
        match = self._moves[move].search(plain)
        return plain[match.end() :] if match else None

    def ordinal(self, text: str) -> int | None:
        """Which of several is meant by its place: 1–4, or −1 for the last."""
        plain = bare(text)
        return next((n for n, p in self._ordinals.items() if p.search(plain)), None)


def bare(text: str) -> str:
    """The text without punctuation at its ends and with single commas inside."""
    return _MARKS.sub("，", text).strip("，")


@cache
def load_acts(path: Path = PATH) -> Acts:
    """Read the patterns once; raises `DataError` for one that does not compile."""
    data = load_yaml(path)
    try:
        ordinals = {int(n): re.compile(p) for n, p in data.pop("ordinals").items()}
        drops = "|".join(data.pop("drops"))
        moves = {name: re.compile("|".join(patterns)) for name, patterns in data.items()}
    except (re.error, KeyError, TypeError, ValueError) as error:
        raise DataError(path, 0, f"not usable patterns ({error})", "mend the pattern") from error
    return Acts(moves, ordinals, drops)
