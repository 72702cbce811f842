"""The layers of the sound map while they learn: forward, backward, Adam. NumPy only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from voices.soundmap import REACH, Floats, neighbours
from voices.sounds import UNITS

from . import ctc

NARROW: Final = 192
"""Width of the first hidden layer."""

HIDDEN: Final = 256
"""Width of the second."""

_DROP: Final = 0.25
_DROP_STATES: Final = 0.1
_JITTER: Final = 0.15
_DECAY: Final = 2e-3
_LIMIT: Final = 5.0


class Layers:
    """Three layers, in the order `SoundMap` holds them, and what Adam remembers of them."""

    def __init__(self, width: int, random: np.random.Generator) -> None:
        sizes = [(width, NARROW), ((2 * REACH + 1) * NARROW, HIDDEN), (HIDDEN, len(UNITS))]
        self.arrays: list[Floats] = []
        for place, (into, out) in enumerate(sizes):
            scale = np.sqrt((2 if place < 2 else 1) / into)
            self.arrays.append(np.asarray(random.normal(size=(into, out)) * scale, np.float32))
            self.arrays.append(np.zeros(out, np.float32))
        self._random = random
        self._first = [np.zeros_like(array) for array in self.arrays]
        self._second = [np.zeros_like(array) for array in self.arrays]
        self._steps = 0

    def step(self, states: Sequence[Floats], words: Sequence[Sequence[int]], rate: float) -> float:
        """One step downhill on normalised states (frames, 512); returns the summed loss."""
        narrow, narrow_bias, hidden, hidden_bias, out, out_bias = self.arrays
        lengths = np.array([len(one) for one in states])
        seen = self._shaken(states, int(lengths.max()))
        counts = (np.arange(seen.shape[1])[None] < lengths[:, None])[..., None]
        first_lit = np.maximum(seen @ narrow + narrow_bias, 0) * counts
        first_kept = self._kept(first_lit.shape)
        around = neighbours(first_lit * first_kept)
        second_lit = np.maximum(around @ hidden + hidden_bias, 0)
        second_kept = self._kept(second_lit.shape)
        top = second_lit * second_kept
        raw = top @ out + out_bias
        raw -= raw.max(axis=-1, keepdims=True)
        likely = raw - np.log(np.exp(raw).sum(axis=-1, keepdims=True))
        losses, slope = ctc.loss(likely.astype(float), lengths, words)
        down = (slope / len(states)).astype(np.float32)
        second_down = (down @ out.T) * second_kept * (second_lit > 0)
        first_down = _gathered(second_down @ hidden.T) * first_kept * (first_lit > 0)
        self._move(
            [*_slopes(seen, first_down), *_slopes(around, second_down), *_slopes(top, down)], rate
        )
        return float(losses.sum())

    def _shaken(self, states: Sequence[Floats], longest: int) -> Floats:
        """The states side by side with a little noise, some of their numbers left out."""
        width = states[0].shape[1]
        seen = np.zeros((len(states), longest, width), np.float32)
        for row, one in enumerate(states):
            noise = self._random.standard_normal(one.shape, np.float32) * np.float32(_JITTER)
            seen[row, : len(one)] = one + noise
        return seen * (self._random.random((len(states), 1, width)) > _DROP_STATES)

    def _kept(self, shape: tuple[int, ...]) -> Floats:
        kept = self._random.random(shape, np.float32) > _DROP
        return np.asarray(kept / np.float32(1 - _DROP), np.float32)

    def _move(self, slopes: Sequence[Floats], rate: float) -> None:
        self._steps += 1
        size = float(np.sqrt(sum(float((slope**2).sum()) for slope in slopes)))
        for i, slope in enumerate(slopes):
            slope = slope * min(1.0, _LIMIT / size)  # noqa: PLW2901
            self._first[i] = 0.9 * self._first[i] + 0.1 * slope
            self._second[i] = 0.999 * self._second[i] + 0.001 * slope**2
            first = self._first[i] / (1 - 0.9**self._steps)
            second = self._second[i] / (1 - 0.999**self._steps)
            shrink = _DECAY * self.arrays[i] if self.arrays[i].ndim > 1 else 0.0
            self.arrays[i] = np.asarray(
                self.arrays[i] - rate * (first / (np.sqrt(second) + 1e-8) + shrink), np.float32
            )


def _gathered(slope: Floats) -> Floats:
    """What `neighbours` spread out, summed where it came from: (b, t, 5 n) → (b, t, n)."""
    parts = np.split(slope, 2 * REACH + 1, axis=-1)
    frames = slope.shape[1]
    padded = np.zeros((len(slope), frames + 2 * REACH, parts[0].shape[-1]), np.float32)
    for at, part in enumerate(parts):
        padded[:, at : at + frames] += part
    return padded[:, REACH : REACH + frames]


def _slopes(into: Floats, down: Floats) -> Iterator[Floats]:
    """Slopes of a layer's matrix and of its bias."""
    flat, below = down.reshape(-1, down.shape[-1]), into.reshape(-1, into.shape[-1])
    yield np.asarray(below.T @ flat, np.float32)
    yield flat.sum(axis=0)
