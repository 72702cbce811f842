"""Work about the house: a thing and what is the matter with it, or a verb and its thing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from intents.words.data import load

_MEND = "修"
_PLAIN = re.compile("[一-龥]+")
_PAUSE_COST = 2
Span: TypeAlias = tuple[int, int]


@dataclass(slots=True)
class Words:
    """Alternatives of many pairs, found in one pass over a text."""

    plain: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Word → the pairs it belongs to."""
    patterns: list[tuple[re.Pattern[str], int]] = field(default_factory=list)
    """Alternatives that are more than a word, with their pair."""
    longest: int = 1
    """Characters of the longest word."""

    def add(self, source: str, pair: int) -> None:
        """File the alternatives of a pair."""
        for way in alternatives(source):
            if _PLAIN.fullmatch(way):
                self.plain[way].append(pair)
                self.longest = max(self.longest, len(way))
            else:
                self.patterns.append((re.compile(way), pair))

    def find(self, text: str) -> dict[int, list[Span]]:
        """Pair → where its words stand."""
        found: dict[int, list[Span]] = defaultdict(list)
        for start in range(len(text)):
            for end in range(start + 1, min(len(text), start + self.longest) + 1):
                for pair in self.plain.get(text[start:end], ()):
                    found[pair].append((start, end))
        for pattern, pair in self.patterns:
            found[pair].extend(match.span() for match in pattern.finditer(text))
        return found


def alternatives(source: str) -> Iterator[str]:
    """The branches of an expression, cut at its outermost bars."""
    depth, start = 0, 0
    for at, char in enumerate(source):
        if char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif char == "|" and not depth:
            yield source[start:at]
            start = at + 1
    yield source[start:]


class Chores:
    """Finds the work that is wanted; words are in `rules/chores.yaml`."""

    def __init__(self, path: Path) -> None:
        data = load(path)
        self._apart, self._far = int(data["apart"]), int(data["far"])
        self._corrects, self._fine = re.compile(data["corrects"]), re.compile(data["fine"])
        self._things, self._deeds = Words(), Words()
        self._pairs: list[tuple[str, bool]] = []
        for number, row in enumerate(data["pairs"]):
            self._pairs.append((str(row["service"]), bool(row.get("first", False))))
            self._things.add(str(row["thing"]), number)
            self._deeds.add(str(row["deed"]), number)
        thing = str(data["thing"])
        self._verbs = re.compile(str(data["verbs"]).replace("THING", thing))
        self._faults = re.compile(str(data["faults"]).replace("THING", thing))
        self._rest = [(str(row["service"]), re.compile(row["re"])) for row in data["rest"]]
        self._doer = re.compile(data["doer"])

    def put_right(self, text: str) -> str:
        """What stands after the last words of correction; empty where there are none."""
        fixes = [match.end() for match in self._corrects.finditer(text)]
        return self._fine.sub("", text[fixes[-1] :]) if fixes else ""

    def find(self, text: str, *, far: bool = False) -> tuple[str, bool] | None:
        """The work of the nearest pair, and whether it goes before the list of wordings."""
        apart = self._far if far else self._apart
        things, deeds = self._things.find(text), self._deeds.find(text)
        best: tuple[int, int] | None = None
        for pair in sorted(things.keys() & deeds.keys()):
            gaps = [_between(a, b, text) for a in things[pair] for b in deeds[pair] if a != b]
            gap = min(gaps, default=apart + 1)
            if gap <= apart and (best is None or gap < best[0]):
                best = (gap, pair)
        return self._pairs[best[1]] if best else None

    def open(self, text: str) -> str | None:
        """Any verb and its thing, else 修 and the thing that is broken, else a trade."""
        if match := self._verbs.search(text):
            return match["verb"] + match["thing"]
        if match := self._faults.search(text):
            return _MEND + match["thing"]
        if match := self._doer.search(text):
            return match.group()
        return next((service for service, pattern in self._rest if pattern.search(text)), None)


def _between(one: Span, other: Span, text: str) -> int:
    """Characters between two stretches; a pause counts for more."""
    first, second = sorted((one, other))
    low, high = first[1], max(first[1], second[0])
    return high - low + _PAUSE_COST * text.count("，", low, high)
