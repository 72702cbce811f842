"""Which of several readings of the same sound to believe: one that means what most of them mean.

A recogniser that hears 那颗号, 内科号 and 奶渴号 is unsure of the words, not of the sense. Readings
count less the less likely they are. Their ranks tell that as well as the recogniser's own figures
(`docs/understanding-measured.md`), and every recogniser has ranks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Final

from intents.types import Understanding

_NEXT: Final = 0.7
"""How much a reading counts beside the one before it."""


def agreed(readings: Sequence[str], understand: Callable[[str], Understanding]) -> int:
    """The place of the reading to believe; `readings` of one sound, best first, at least one."""
    meant = [understand(text) for text in readings]
    speaks_for: defaultdict[str, float] = defaultdict(float)
    for rank, each in enumerate(meant):
        for intent, confidence in _likely(each).items():
            speaks_for[intent] += _NEXT**rank * confidence
    wanted = max(speaks_for, key=lambda intent: speaks_for[intent])
    return next((at for at, each in enumerate(meant) if each.first.name == wanted), 0)


def _likely(meant: Understanding) -> dict[str, float]:
    """How likely each intent is."""
    others = {guess.intent: guess.confidence for guess in meant.alternatives}
    return {**others, meant.first.name: meant.confidence}
