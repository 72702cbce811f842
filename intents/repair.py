"""Puts right what a recogniser misheard: 古科 → 骨科, 流奶 → 牛奶.

A noisy channel: a text is cut into words so that its cost is least. A word costs what it costs
in running text; a phrase Linli knows may stand for characters that sound alike, at a penalty
that grows with the accent distance. Ordinary words are cheap, so that they are left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path

from intents.pinyin import Accent, sound, syllable

_LONGEST = 8
_UNKNOWN = 13.0
_PHRASE = 9.5
_PHRASE_STEP = 0.6
_HOMOPHONE = {2: 4.5}
_MADE = 2.5
_HOMOPHONE_LONG = 2.0
_CHANGED = 0.5
_ACCENT = 9.0
_RUN = 60
_LONG = 4
_NONE = 1e8


@dataclass(frozen=True, slots=True)
class Repair:
    """One place that was put right."""

    start: int
    """Where in the repaired text."""
    end: int
    """One past its last character."""
    heard: str
    """What was written."""
    meant: str
    """What it is taken for."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text with its mishearings put right."""

    text: str
    """The repaired text; as long as the original."""
    repairs: tuple[Repair, ...] = ()
    """What was changed."""


def common(path: Path) -> dict[str, float]:
    """The cost of ordinary words, from `common.txt`."""
    costs: dict[str, float] = {}
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            cost, _, words = line.partition(" ")
            costs.update(dict.fromkeys(words.split(), float(cost)))
    return costs


class Repairer:
    """Knows the phrases of the services and how ordinary words are spread."""

    def __init__(
        self,
        phrases: Iterable[str],
        costs: Mapping[str, float],
        accent: Accent,
        *,
        confusions: Mapping[str, Iterable[str]] | None = None,
        spelled: Iterable[str] = (),
        words: Iterable[str] = (),
    ) -> None:
        """`phrases` may stand for what sounds alike; `spelled` are only known as they are.

        In long `words` (names of drugs, dishes) one syllable may differ more.
        """
        self._accent = accent
        self._costs = costs
        self._own: dict[str, float] = {}
        self._by_sound: dict[tuple[str, ...], list[str]] = {}
        self._near: dict[tuple[str, ...], list[str]] = {}
        self._also = {char: tuple(also) for char, also in (confusions or {}).items()}
        words = frozenset(words)
        for phrase in sorted(set(phrases)):
            if 2 <= len(phrase) <= _LONGEST:
                cost = _PHRASE + _PHRASE_STEP * (len(phrase) - 2)
                if phrase not in costs and phrase not in words:
                    cost += _MADE
                self._own[phrase] = min(cost, costs.get(phrase, cost))
                self._by_sound.setdefault(sound(phrase), []).append(phrase)
        for word in sorted(words):
            if _LONG <= len(word) <= _LONGEST:
                for hole in _holes(sound(word)):
                    self._near.setdefault(hole, []).append(word)

        for phrase in sorted(set(spelled)):
            self._own.setdefault(phrase, costs.get(phrase, _PHRASE))

    def __call__(self, text: str) -> Repaired:
        """The text put right; the same length, never fails."""
        pieces = [self._run(text[i : i + _RUN]) for i in range(0, len(text), _RUN)]
        words = [word for piece in pieces for word in piece]
        repairs, at = [], 0
        for heard, meant in words:
            if heard != meant:
                repairs.append(Repair(at, at + len(meant), heard, meant))
            at += len(meant)
        return Repaired("".join(meant for _, meant in words), tuple(repairs))

    def _run(self, text: str) -> list[tuple[str, str]]:
        best: list[tuple[float, int, str]] = [(0.0, 0, "")]
        for end in range(1, len(text) + 1):
            options = []
            for start in range(max(0, end - _LONGEST), end):
                heard = text[start:end]
                cost, meant = self._word(heard)
                options.append((best[start][0] + cost, start, meant))
            best.append(min(options))
        words, end = [], len(text)
        while end:
            _, start, meant = best[end]
            words.append((text[start:end], meant))
            end = start
        return words[::-1]

    def _word(self, heard: str) -> tuple[float, str]:
        plain = min(self._costs.get(heard, 1e9), self._own.get(heard, 1e9))
        if len(heard) == 1:
            return min(plain, _UNKNOWN), heard
        if plain < 1e8:
            return plain, heard
        return self._alike(heard)

    def _alike(self, heard: str) -> tuple[float, str]:
        found = (1e9, heard)
        for spelled in self._readings(heard):
            for phrase in self._by_sound.get(sound(spelled), ()):
                found = min(found, (self._own[phrase] + self._penalty(spelled, phrase), phrase))
        if found[0] > _NONE and len(heard) >= _LONG:
            for hole in _holes(sound(heard)):
                for phrase in self._near.get(hole, ()):
                    cost = self._own.get(phrase, _PHRASE) + self._penalty(heard, phrase)
                    found = min(found, (cost, phrase))
        return found

    def _readings(self, heard: str) -> Iterable[str]:
        if not any(char in self._also for char in heard):
            return (heard,)
        ways = ((char, *self._also.get(char, ())) for char in heard)
        return ("".join(way) for way in product(*ways))

    def _penalty(self, heard: str, phrase: str) -> float:
        return _HOMOPHONE.get(len(phrase), _HOMOPHONE_LONG) + _spread(self._accent, heard, phrase)


def _holes(sounds: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [(*sounds[:i], "*", *sounds[i + 1 :]) for i in range(len(sounds))]


@lru_cache(maxsize=8192)
def _spread(accent: Accent, heard: str, phrase: str) -> float:
    total = 0.0
    for a, b in zip(heard, phrase, strict=True):
        if a != b:
            total += _CHANGED + _ACCENT * accent.distance(syllable(a), syllable(b))
    return total
