"""Scores of recognised Mandarin: character and syllable error, with 95 % intervals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

_DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")


@dataclass(frozen=True, slots=True)
class Errors:
    """Edit errors of one utterance."""

    wrong: int
    """Insertions, deletions and substitutions."""
    length: int
    """Units of the reference."""


@dataclass(frozen=True, slots=True)
class Rate:
    """An error rate over utterances."""

    percent: float
    """Errors a hundred reference units."""
    low: float
    """Lower end of the 95 % interval."""
    high: float
    """Upper end of the 95 % interval."""
    n: int
    """Utterances."""

    def __str__(self) -> str:
        return f"{self.percent:.1f} % ({self.low:.1f}–{self.high:.1f}, n={self.n})"


def characters(text: str) -> str:
    """Text made comparable: simplified, digits as words, no punctuation or spaces."""
    from voices.whisper import simplified

    plain = spoken_numbers(simplified(unicodedata.normalize("NFKC", text)))
    return re.sub(r"\W|_", "", plain).lower()


def spoken_numbers(text: str) -> str:
    """Numerals as they are said: 18号 十八号, 50块 五十块, 138 digit by digit."""
    return re.sub(r"\d+", lambda found: _said(found[0]), text)


def syllables(text: str) -> list[str]:
    """Pinyin without tones, a syllable a character."""
    from pypinyin import lazy_pinyin

    return list(lazy_pinyin(characters(text)))


def character_errors(reference: str, heard: str) -> Errors:
    """Character errors of one utterance."""
    want, got = characters(reference), characters(heard)
    return Errors(Levenshtein.distance(want, got), len(want))


def syllable_errors(reference: str, heard: str) -> Errors:
    """Toneless-pinyin errors of one utterance."""
    want, got = syllables(reference), syllables(heard)
    return Errors(Levenshtein.distance(want, got), len(want))


def rate(errors: Iterable[Errors], *, draws: int = 1000) -> Rate:
    """Overall rate; the interval comes from drawing utterances anew (fixed seed).

    Few utterances without an error would seem certain that way: it is never
    narrower than Wilson's over the units.
    """
    table = np.array([[e.wrong, e.length] for e in errors], float).reshape(-1, 2)
    if not len(table) or not table[:, 1].sum():
        return Rate(0.0, 0.0, 0.0, len(table))
    rng = np.random.default_rng(7)
    drawn = table[rng.integers(len(table), size=(draws, len(table)))].sum(axis=1)
    shares = 100 * drawn[:, 0] / np.maximum(drawn[:, 1], 1)
    low, high = np.quantile(shares, [0.025, 0.975])
    wrong, units = table.sum(axis=0)
    plain = share(int(min(wrong, units)), int(units))
    return Rate(
        float(100 * wrong / units),
        min(float(low), plain.low),
        max(float(high), plain.high),
        len(table),
    )


def beyond(
    mine: Sequence[Errors], theirs: Sequence[Errors], groups: Sequence[str], *, draws: int = 4000
) -> Rate:
    """By how many points `mine` is worse than `theirs` on the same utterances.

    The interval comes from drawing whole `groups` anew (fixed seed): utterances of
    one sentence in several voices are not independent of each other.
    """
    names = sorted(set(groups))
    table = np.zeros((len(names), 2))
    for group, ours, stock in zip(groups, mine, theirs, strict=True):
        table[names.index(group)] += ours.wrong - stock.wrong, ours.length
    if not table[:, 1].sum():
        return Rate(0.0, -100.0, 100.0, len(groups))
    drawn = table[np.random.default_rng(7).integers(len(names), size=(draws, len(names)))]
    sums = drawn.sum(axis=1)
    low, high = np.quantile(100 * sums[:, 0] / np.maximum(sums[:, 1], 1), [0.025, 0.975])
    worse, units = table.sum(axis=0)
    return Rate(float(100 * worse / units), float(low), float(high), len(groups))


def share(hits: int, n: int) -> Rate:
    """A share of `n` with its Wilson interval, in percent."""
    if n == 0:
        return Rate(0.0, 0.0, 100.0, 0)
    z, p = 1.96, hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * float(np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)))
    return Rate(100 * p, 100 * max(0.0, middle - half), 100 * min(1.0, middle + half), n)


def median_and_p95(values: Sequence[float]) -> tuple[float, float]:
    """The two figures every latency is reported with."""
    return float(np.median(values)), float(np.quantile(values, 0.95))


def _said(digits: str) -> str:
    words = digits.translate(_DIGITS)
    if len(digits) == 2 and digits[0] != "0":
        tens = "" if digits[0] == "1" else words[0]
        return tens + "十" + ("" if digits[1] == "0" else words[1])
    return words
