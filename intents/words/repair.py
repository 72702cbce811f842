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

from intents.words.normalise import PAUSE
from intents.words.pinyin import Accent, sound, syllable

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
_NEVER = 1e9


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


def ordinary(lists: Path) -> list[str]:
    """Words that are never put right, from `ordinary.txt`."""
    lines = (lists / "ordinary.txt").read_text("utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


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
        self._words = {word for word in words if len(word) >= _LONG}
        self._ends: set[tuple[int | str, ...]] = set()
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
                sounds = sound(word)
                self._ends |= {(len(word), *sounds[:2]), (len(word), *sounds[-2:])}
                for hole in _holes(sounds):
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
        sounds = sound(text)
        odd = [char in self._also for char in text]
        best: list[tuple[float, int, str]] = [(0.0, 0, "")]
        for end in range(1, len(text) + 1):
            options = []
            for start in range(max(0, end - _LONGEST), end):
                heard = text[start:end]
                cost, meant = self._word(heard, sounds[start:end], any(odd[start:end]))
                if cost < _NONE:
                    options.append((best[start][0] + cost, start, meant))
            best.append(min(options))
        words, end = [], len(text)
        while end:
            _, start, meant = best[end]
            words.append((text[start:end], meant))
            end = start
        return words[::-1]

    def _word(self, heard: str, sounds: tuple[str, ...], odd: bool) -> tuple[float, str]:
        plain = min(self._costs.get(heard, _NEVER), self._own.get(heard, _NEVER))
        if len(heard) == 1:
            return min(plain, _UNKNOWN), heard
        if plain < _NONE or PAUSE in heard:
            return plain, heard
        if odd:
            ways = product(*((char, *self._also.get(char, ())) for char in heard))
            return min(self._alike("".join(way), sound("".join(way))) for way in ways)
        return self._alike(heard, sounds)

    def _alike(self, heard: str, sounds: tuple[str, ...]) -> tuple[float, str]:
        found = (_NEVER, heard)
        for phrase in self._by_sound.get(sounds, ()):
            found = min(found, (self._own[phrase] + self._penalty(heard, phrase), phrase))
        near = found[0] > _NONE and len(heard) >= _LONG and not self._holds_a_word(heard)
        if near and (
            (len(heard), *sounds[:2]) in self._ends or (len(heard), *sounds[-2:]) in self._ends
        ):
            for hole in _holes(sounds):
                for phrase in self._near.get(hole, ()):
                    cost = self._own.get(phrase, _PHRASE) + self._penalty(heard, phrase)
                    found = min(found, (cost, phrase))
        return found

    def _holds_a_word(self, heard: str) -> bool:
        """Whether a name is said as it is: no longer one stands for it."""
        return any(
            heard[start:end] in self._words
            for start in range(len(heard) - _LONG + 1)
            for end in range(start + _LONG, len(heard) + 1)
        )

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
