"""Syllables and how far apart they sound, by region.

A syllable is toneless (`zhong`). `key` folds everything that any accent may confuse, so that
equal keys are candidates; `distance` then says how far apart two candidates are, 0 (the same)
to 1 (unrelated), with the weights of a region.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from intents import HOME
from intents.errors import DataError
from intents.words.data import load

_INITIALS = (
    "zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h",
    "j", "q", "x", "r", "z", "c", "s", "y", "w",
)  # fmt: skip
_FOLD_INITIAL = {"zh": "z", "ch": "c", "sh": "s", "n": "l", "r": "l"}
_FOLD_FINAL = {"eng": "en", "ing": "in", "ang": "an", "iang": "ian", "uang": "uan", "ueng": "uen"}
_RETROFLEX_U = {"j": "z", "q": "c", "x": "s"}
_F = {"a": "ua", "ei": "ui", "an": "uan", "en": "un", "u": "u", "o": "uo"}


@lru_cache(maxsize=1)
def _readings() -> Mapping[str, str]:
    found: dict[str, str] = {}
    path = HOME / "lists" / "readings.txt"
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            spoken, _, chars = line.partition(" ")
            found.update(dict.fromkeys(chars, spoken))
    return found


def syllable(char: str) -> str:
    """The usual reading of a character, toneless; the character itself where there is none."""
    return _readings().get(char, char)


def split(spoken: str) -> tuple[str, str]:
    """Initial and final of a syllable."""
    for initial in _INITIALS:
        if spoken.startswith(initial):
            return initial, spoken[len(initial) :]
    return "", spoken


@lru_cache(maxsize=4096)
def key(spoken: str) -> str:
    """A syllable with every confusable difference folded away."""
    initial, final = split(spoken)
    final = _FOLD_FINAL.get(final, final)
    if initial in _RETROFLEX_U and final == "u":
        return _RETROFLEX_U[initial] + "u"
    if initial == "f" and final in _F:
        return "h" + _F[final]
    initial = _FOLD_INITIAL.get(initial, initial)
    if (initial, final) in {("", "er"), ("l", "iu")}:
        final = {"er": "e", "iu": "u"}[final]
    return initial + final


@lru_cache(maxsize=16384)
def sound(text: str) -> tuple[str, ...]:
    """The folded syllables of a text, one a character."""
    return tuple(key(syllable(char)) for char in text)


class Accent:
    """How easily one syllable is heard for another in a region."""

    def __init__(self, initials: Mapping[str, float], finals: Mapping[str, float]) -> None:
        self._initials = {frozenset(k.split("-")): v for k, v in initials.items()}
        self._finals = {frozenset(k.split("-")): v for k, v in finals.items()}
        self._known: dict[tuple[str, str], float] = {}

    @classmethod
    def load(cls, path: Path, region: str) -> Accent:
        """The weights of a region; raises DataError for an unknown one."""
        data = load(path)
        regions = data.get("regions", {})
        if region not in regions:
            known = ", ".join(sorted(regions))
            raise DataError(path, 1, f"no region {region!r}", f"one of {known}")
        own = regions[region]
        return cls(
            {**data["initials"], **own.get("initials", {})},
            {**data["finals"], **own.get("finals", {})},
        )

    def distance(self, heard: str, meant: str) -> float:
        """0 for the same syllable, 1 for unrelated ones."""
        if heard == meant:
            return 0.0
        pair = (heard, meant)
        if pair not in self._known:
            self._known[pair] = self._measure(heard, meant)
        return self._known[pair]

    def _measure(self, heard: str, meant: str) -> float:
        (hi, hf), (mi, mf) = split(heard), split(meant)
        if key(heard) == key(meant) and hi != mi and hf != mf:
            return self._initials.get(frozenset({hi, mi}), 0.35)
        front = 0.0 if hi == mi else self._initials.get(frozenset({hi or "-", mi or "-"}), 1.0)
        if hf == mf:
            back = 0.0
        else:
            back = self._finals.get(frozenset({hf, mf}), -1.0)
            if back < 0:
                back = 0.6 + 0.4 * Levenshtein.normalized_distance(hf, mf)
        return min(1.0, front + back)

    def between(self, heard: str, meant: str) -> float:
        """Mean distance over two texts of equal length, by character."""
        total = sum(
            self.distance(syllable(a), syllable(b)) for a, b in zip(heard, meant, strict=True)
        )
        return total / max(1, len(meant))
