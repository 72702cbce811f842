"""A second opinion on free wording: naive Bayes over sounds, learned from the services' examples.

It is asked only when no wording was recognised at all. Nothing is stored: it counts the examples
at start, so the same files always give the same opinion.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

from intents.pinyin import sound

_ALPHA = 0.3
_PRIOR = 0.3
_COOL = 3.0
_SEEN = 2


class SecondOpinion:
    """Which intent a text sounds most like."""

    def __init__(self, examples: Iterable[tuple[str, str]]) -> None:
        """`examples`: pairs of a folded text and its intent."""
        counts: dict[str, Counter[object]] = defaultdict(Counter)
        sizes: Counter[str] = Counter()
        seen: Counter[object] = Counter()
        for text, intent in examples:
            features = _features(text)
            counts[intent].update(features)
            seen.update(features)
            sizes[intent] += 1
        self._known = {feature for feature, n in seen.items() if n >= _SEEN}
        self._base: dict[str, float] = {}
        self._gain: dict[object, dict[str, float]] = defaultdict(dict)
        self._rare: dict[str, float] = {}
        for intent in sorted(counts):
            total = sum(counts[intent].values()) + _ALPHA * len(seen)
            self._rare[intent] = math.log(_ALPHA / total)
            self._base[intent] = _PRIOR * math.log(sizes[intent])
            for feature, n in counts[intent].items():
                if feature in self._known:
                    self._gain[feature][intent] = math.log((n + _ALPHA) / _ALPHA)

    def __call__(self, text: str) -> tuple[str, float]:
        """The likeliest intent of a folded text and how likely it is, 0–1."""
        features = [f for f in _features(text) if f in self._known]
        if not features or not self._base:
            return "", 0.0
        scores = {i: self._base[i] + len(features) * self._rare[i] for i in self._base}
        for feature in features:
            for intent, gain in self._gain[feature].items():
                scores[intent] += gain
        best = max(scores.values())
        weights = {i: math.exp((s - best) / _COOL) for i, s in scores.items()}
        intent = max(sorted(weights), key=weights.__getitem__)
        return intent, weights[intent] / sum(weights.values())


def _features(text: str) -> list[object]:
    plain = text.replace("，", "")
    sounds = ("^", *sound(plain), "$")
    found: dict[object, None] = {}
    for length in (1, 2, 3):
        for start in range(len(sounds) - length + 1):
            found[sounds[start : start + length]] = None
    for start in range(len(plain) - 1):
        found[plain[start : start + 2]] = None
    return list(found)
