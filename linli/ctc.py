"""Connectionist temporal classification: how wrong are log-probabilities, and which way.

Graves et al. 2006, in log space, for a batch. Unit 0 is the blank;
an empty word means that nothing was said.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

_NEVER = -1e30


def loss(
    likely: Doubles, lengths: Whole, words: Sequence[Sequence[int]]
) -> tuple[Doubles, Doubles]:
    """Negative log-likelihood of each word, shape (batch,), and its slope.

    `likely` holds log-probabilities, shape (batch, frames, units), of which the
    first `lengths` frames count; the slope is with respect to the numbers
    before the softmax and has the same shape.
    """
    path, skips, ends = _paths(words)
    rows = np.arange(len(words))
    spread = np.broadcast_to(path[:, None], (*likely.shape[:2], path.shape[1]))
    emitted = np.take_along_axis(likely, spread, 2)
    ahead = _forward(emitted, skips)
    behind = _backward(emitted, skips, lengths, ends)
    on_blank = ahead[rows, lengths - 1, ends]
    on_sound = ahead[rows, lengths - 1, np.maximum(ends - 1, 0)]
    total = np.where(ends > 0, np.logaddexp(on_blank, on_sound), on_blank)
    share = np.exp(np.clip(ahead + behind - total[:, None, None], -60, 0))
    units = np.eye(likely.shape[2])
    expected = np.stack([one @ units[places] for one, places in zip(share, path, strict=True)])
    frames = np.arange(likely.shape[1])
    counts = (frames[None] < lengths[:, None])[..., None]
    return -total, (np.exp(likely) - expected) * counts


def _paths(words: Sequence[Sequence[int]]) -> tuple[Whole, npt.NDArray[np.bool_], Whole]:
    """Words with blanks between, where two steps at once are allowed, and last places."""
    path = np.zeros((len(words), 2 * max(map(len, words)) + 1), np.int64)
    for row, word in enumerate(words):
        path[row, 1 : 2 * len(word) : 2] = word
    skips = np.zeros(path.shape, bool)
    skips[:, 2:] = (path[:, 2:] != 0) & (path[:, 2:] != path[:, :-2])
    return path, skips, np.array([2 * len(word) for word in words])


def _forward(emitted: Doubles, skips: npt.NDArray[np.bool_]) -> Doubles:
    reached = np.full(emitted.shape, _NEVER)
    reached[:, 0, :2] = emitted[:, 0, :2]  # a word begins with a blank or with its first sound
    for frame in range(1, emitted.shape[1]):
        before = reached[:, frame - 1]
        now = before.copy()
        now[:, 1:] = np.logaddexp(now[:, 1:], before[:, :-1])
        jumped = np.logaddexp(now[:, 2:], before[:, :-2])
        now[:, 2:] = np.where(skips[:, 2:], jumped, now[:, 2:])
        reached[:, frame] = now + emitted[:, frame]
    return reached


def _backward(
    emitted: Doubles, skips: npt.NDArray[np.bool_], lengths: Whole, ends: Whole
) -> Doubles:
    left = np.full(emitted.shape, _NEVER)
    rows = np.arange(len(ends))
    final = np.full((len(ends), emitted.shape[2]), _NEVER)
    final[rows, ends] = 0.0
    final[rows, np.maximum(ends - 1, 0)] = 0.0
    now = np.full(final.shape, _NEVER)
    for frame in range(emitted.shape[1] - 1, -1, -1):
        if frame < emitted.shape[1] - 1:
            after = left[:, frame + 1] + emitted[:, frame + 1]
            now = after.copy()
            now[:, :-1] = np.logaddexp(now[:, :-1], after[:, 1:])
            jumped = np.logaddexp(now[:, :-2], after[:, 2:])
            now[:, :-2] = np.where(skips[:, 2:], jumped, now[:, :-2])
        left[:, frame] = np.where((lengths - 1 == frame)[:, None], final, now)
    return left
