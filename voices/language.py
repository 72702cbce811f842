"""How likely a text is among things people say: a trigram model over characters.

A recogniser knows sounds better than sense: of several readings of the same sound (那颗号,
内科号) the one that people say is the likelier one. The model is counted anew from lines of text
whenever it is made (a second for 200,000 lines), so there are no weights to keep in step. What was
never seen is estimated from shorter runs (Witten and Bell, 1991). Spaces and punctuation do not
count, because a recogniser makes them up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_ORDER: Final = 3
_BITS: Final = 21
"""Bits of a character in the key of a run: Unicode needs no more."""
_UNSEEN: Final = 1 / 6000
"""Likelihood of a character before anything is known: there are about so many."""
EDGE: Final = ord("\n")
"""Stands before and after every text."""
_SILENT: Final = re.compile(r"[\W_]")

Keys = NDArray[np.int64]
Counts = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Runs:
    """How often runs of one length were seen, and what followed their beginnings."""

    keys: Keys
    """Sorted."""
    seen: Counts
    """How often each."""
    heads: Keys
    """Runs without their last character, sorted."""
    total: Counts
    """How often each head was followed by anything …"""
    kinds: Counts
    """… and by how many different characters."""


class Language:
    """What people say, counted from `lines`; may be shared between threads.

    `dear`: characters that are seldom said and mean much, as those that begin a name.
    """

    def __init__(self, lines: Iterable[str], dear: Iterable[str] = ()) -> None:
        self.dear = frozenset(dear)
        edge = chr(EDGE)
        text = (edge * 2).join(["", *map(_sounded, lines), ""])
        codes = _codes(text)
        # Of the two edges between texts only the first is something that followed.
        told = (codes != EDGE) | (np.roll(codes, 1) != EDGE)
        self._runs = [_counted(keys[told[_ORDER - 1 :]]) for keys in _keys(codes)]

    def score(self, text: str) -> float:
        """Natural logarithm of how likely the whole text is, its end included."""
        edge = chr(EDGE)
        codes = _codes(f"{edge * 2}{_sounded(text)}{edge}")
        return float(self.following(codes[:-2], codes[1:-1], codes[2:]).sum())

    def following(self, first: Keys, second: Keys, third: Keys) -> Floats:
        """Natural logarithms of how likely each third character comes after the two before it.

        Characters are code points in arrays of one shape; `EDGE` stands before and after a text.
        """
        likely: Any = _UNSEEN
        keys = np.zeros(len(third), np.int64)
        for back, (runs, codes) in enumerate(zip(self._runs, (third, second, first), strict=True)):
            keys = keys + (codes << (_BITS * back))
            seen = _look(runs.keys, runs.seen, keys)
            total = _look(runs.heads, runs.total, keys >> _BITS)
            kinds = _look(runs.heads, runs.kinds, keys >> _BITS)
            mixed = (seen + kinds * likely) / np.maximum(total + kinds, 1)
            likely = np.where(total > 0, mixed, likely)
        return np.asarray(np.log(likely), np.float64)

    def characters(self, least: int) -> list[str]:
        """Characters that were seen so often, the edge aside."""
        single = self._runs[0]
        often = single.keys[single.seen >= least]
        return [chr(code) for code in often.tolist() if code != EDGE]


def _sounded(text: str) -> str:
    return _SILENT.sub("", text.lower())


def _codes(text: str) -> Keys:
    return np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32).astype(np.int64)


def _keys(codes: Keys) -> Iterable[Keys]:
    """The runs that end at each character from the third on: of one, of two, of three."""
    size = len(codes) - _ORDER + 1
    keys = np.zeros(size, np.int64)
    for back in range(_ORDER):
        begin = _ORDER - 1 - back
        keys = keys + (codes[begin : begin + size] << (_BITS * back))
        yield keys


def _counted(keys: Keys) -> _Runs:
    runs, seen = np.unique(keys, return_counts=True)
    heads, first = np.unique(runs >> _BITS, return_index=True)
    total = np.add.reduceat(seen, first) if len(runs) else seen
    kinds = np.diff(np.append(first, len(runs)))
    return _Runs(runs, _small(seen), heads, _small(total), _small(kinds))


def _small(counts: NDArray[Any]) -> Counts:
    return counts.astype(np.int32)


def _look(keys: Keys, values: Counts, wanted: Keys) -> Counts:
    """The value of each wanted key; 0 where it is not among the keys."""
    if not len(keys):
        return np.zeros(len(wanted), np.int32)
    at = np.searchsorted(keys, wanted).clip(max=len(keys) - 1)
    return np.where(keys[at] == wanted, values[at], np.int32(0))
