"""Which sounds are in a piece of speech: a small map laid over Whisper's encoder.

The encoder's states (50 a second, 512 numbers each) go through two hidden
layers, the second of which sees five neighbouring states, to log-probabilities
of `sounds.UNITS`. The layers were trained by `linli/train_answers.py` with
connectionist temporal classification, so any list of words can be scored
without ever having been trained as words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from .errors import ModelUnusable
from .sounds import UNITS

Floats = npt.NDArray[np.floating]
"""Any floating-point array."""

FILE: Final = Path(__file__).resolve().parent.parent / "assets" / "answers.npz"
"""The trained layers."""

REACH: Final = 2
"""States seen before and after each one."""

_NEVER: Final = -1e30
_FLOOR: Final = 1e-5


@dataclass(frozen=True, slots=True)
class SoundMap:
    """The trained layers; arrays as `linli/train_answers.py` writes them."""

    mean: Floats
    """Of the encoder's states, shape (512,)."""
    spread: Floats
    """Their standard deviation, shape (512,)."""
    narrow: Floats
    """Shape (512, narrow): each state to the first hidden layer."""
    narrow_bias: Floats
    """Shape (narrow,)."""
    hidden: Floats
    """Shape ((2 × REACH + 1) × narrow, hidden): neighbouring ones to the second."""
    hidden_bias: Floats
    """Shape (hidden,)."""
    out: Floats
    """Shape (hidden, len(UNITS))."""
    out_bias: Floats
    """Shape (len(UNITS),)."""

    @classmethod
    def load(cls, path: Path = FILE) -> SoundMap:
        """Read the layers. Raises ModelUnusable where the file is missing or not one."""
        try:
            with np.load(path) as data:
                arrays = [data[name].astype(np.float32) for name in cls.__slots__]
        except Exception as error:
            raise ModelUnusable(
                f"{path}: the sound map cannot be read ({error}); "
                "restore it from the release, or make it with `python -m linli.train_answers`"
            ) from error
        return cls(*arrays)

    def listen(self, states: Floats) -> Floats:
        """Log-probabilities, shape (frames, len(UNITS)), of states (frames, 512)."""
        normal = (states.astype(np.float32) - self.mean) / self.spread
        narrow = np.maximum(normal @ self.narrow + self.narrow_bias, 0)
        hidden = np.maximum(neighbours(narrow) @ self.hidden + self.hidden_bias, 0)
        raw = hidden @ self.out + self.out_bias
        raw = np.exp(raw - raw.max(axis=1, keepdims=True))
        likely = raw / raw.sum(axis=1, keepdims=True)
        # A floor, so that one unheard sound lowers a word's score but never forbids it.
        return np.asarray(np.log((1 - _FLOOR * len(UNITS)) * likely + _FLOOR), np.float64)


def neighbours(rows: Floats) -> Floats:
    """Each row with the `REACH` before and after it: (…, frames, n) → (…, frames, 5 n)."""
    frames = rows.shape[-2]
    around = [(0, 0)] * (rows.ndim - 2) + [(REACH, REACH), (0, 0)]
    padded = np.pad(rows, around)
    shifted = [padded[..., at : at + frames, :] for at in range(2 * REACH + 1)]
    return np.concatenate(shifted, axis=-1)


def heard(listened: Floats) -> tuple[str, ...]:
    """The likeliest sounds, nothing expected."""
    best = listened.argmax(axis=1)
    changed = np.flatnonzero(np.diff(best, prepend=0))
    return tuple(UNITS[best[place]] for place in changed if best[place])


def likelihoods(listened: Floats, words: Sequence[Sequence[int]]) -> Floats:
    """Log-likelihood of each word, given as places in `UNITS`, having been all that was said.

    An empty word means that nothing was said.
    """
    width = 2 * max(map(len, words)) + 1
    path = np.zeros((len(words), width), int)
    for row, word in enumerate(words):
        path[row, 1 : 2 * len(word) : 2] = word
    skips = np.zeros(path.shape, bool)
    skips[:, 2:] = (path[:, 2:] != 0) & (path[:, 2:] != path[:, :-2])
    emitted = listened[:, path]
    reached = np.full(path.shape, _NEVER)
    reached[:, :2] = emitted[0, :, :2]
    for frame in emitted[1:]:
        after = reached.copy()
        after[:, 1:] = np.logaddexp(after[:, 1:], reached[:, :-1])
        jumped = np.logaddexp(after[:, 2:], reached[:, :-2])
        after[:, 2:] = np.where(skips[:, 2:], jumped, after[:, 2:])
        reached = after + frame
    rows = np.arange(len(words))
    last = np.array([2 * len(word) for word in words])
    on_blank, on_sound = reached[rows, last], reached[rows, np.maximum(last - 1, 0)]
    return np.asarray(np.where(last > 0, np.logaddexp(on_blank, on_sound), on_blank))
