"""How a clip of a short answer comes to the judge: kiosk or telephone, quiet or noisy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from voices.audio import phone
from voices.types import RATE, Pcm

from .answer_variants import with_noise

SETS = (
    "yes_no", "half_day", "department", "delivery", "day", "meal", "count", "clock", "family"
)  # fmt: skip
"""The questions there are clips for."""


def as_heard(pcm: Pcm, path: Callable[[Pcm, int], Pcm], seed: int) -> Pcm:
    """A clip with the silence a turn has around it, through a path."""
    around = np.pad(pcm / max(float(np.abs(pcm).max()), 1e-4) * 0.5, (int(0.4 * RATE), RATE // 2))
    return path(np.asarray(around, np.float32), seed)


def _quiet(pcm: Pcm, seed: int) -> Pcm:
    del seed
    return pcm


def _noisy(pcm: Pcm, seed: int) -> Pcm:
    return with_noise(pcm, 20.0, np.random.default_rng(seed))


def _telephone(pcm: Pcm, seed: int) -> Pcm:
    del seed
    return phone(pcm)


def _noisy_telephone(pcm: Pcm, seed: int) -> Pcm:
    return phone(_noisy(pcm, seed))


PATHS: tuple[tuple[str, Callable[[Pcm, int], Pcm]], ...] = (
    ("16 kHz", _quiet),
    ("8 kHz µ-law", _telephone),
    ("16 kHz, noise 20 dB below", _noisy),
    ("8 kHz µ-law, noise 20 dB below", _noisy_telephone),
)
"""How the clips come to the judge; the second number seeds the noise."""
