"""Teaches a small network to tell labels from features: one hidden layer, cross-entropy, Adam.

While it learns, many of the features of each example are hidden from it at random (dropout), and
now and then a whole family of them (all characters, all senses), so that no single word and no
single way of looking decides. An inner weight ends as one step up, one step down or nothing: from
the first fifth of the learning on only whole steps count, while the finer weights behind them still
learn (a straight-through estimator), so that nothing is lost when they are written. The dice are
seeded: the same examples give the same weights. Sparse tables come from SciPy (a development
package).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from intents.understanding.opinion import family, shares

UNITS: Final = 64
"""Hidden units, unless told otherwise."""
ROUNDS: Final = 5
"""How often every example is seen, unless told otherwise …"""
_STEPS: Final = 1200
"""… and how many steps are made at least, however few examples there are."""
_BATCH: Final = 256
_HIDDEN: Final = 0.5
"""The share of features hidden from it."""
_RATE: Final = 2e-3
_LAST: Final = 0.005
"""The share of it that is left at the end."""
_AWAKE: Final = 0.1
"""What each unit begins with."""
_DECAY: Final = 1e-5
STEP: Final = 0.2
"""How much an inner weight counts that counts: a third of them do. Smaller steps make the file
larger and understand as much; with larger ones rare features are lost."""
_WHOLE: Final = 0.2
"""The share of the learning after which only whole steps count."""
_FARTHEST: Final = 1.5 * STEP
"""Farther from nothing no finer weight goes, so that each can change its mind."""
_EVEN: Final = 0.5
"""0: labels count as often as they have examples; 1: all count the same."""
SEEN: Final = 2
"""A feature must stand in so many examples, unless told otherwise."""
_SLOW, _SLOWER, _TINY = 0.9, 0.999, 1e-8
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Learned:
    """Weights that tell labels from features."""

    features: Sequence[str]
    """The rows of `inner`, sorted."""
    labels: Sequence[str]
    """The columns of `outer`."""
    inner: NDArray[np.int8]
    """Steps of `STEP`, -1, 0 or 1 each: (features, units)."""
    start: Floats
    """(units,)."""
    outer: Floats
    """(units, labels)."""
    bias: Floats
    """(labels,)."""


class _Adam:
    """One array of weights and its running means; only the rows that were seen are moved."""

    def __init__(self, values: Floats) -> None:
        self.values = values
        self._mean, self._square = np.zeros_like(values), np.zeros_like(values)

    def move(self, slope: Floats, step: int, rate: float, rows: Any = slice(None)) -> None:
        """Go one step down."""
        slope = slope + _DECAY * self.values[rows]
        self._mean[rows] = _SLOW * self._mean[rows] + (1 - _SLOW) * slope
        self._square[rows] = _SLOWER * self._square[rows] + (1 - _SLOWER) * slope**2
        mean = self._mean[rows] / (1 - _SLOW**step)
        square = self._square[rows] / (1 - _SLOWER**step)
        self.values[rows] -= rate * mean / (np.sqrt(square) + _TINY)


def learn(
    rows: Sequence[Sequence[str]],
    labels: Sequence[str],
    units: int = UNITS,
    *,
    seen: int = SEEN,
    rounds: int = ROUNDS,
    unseen: float = 0.0,
    most: int | None = None,
) -> Learned:
    """Weights that fit the rows of features to their labels.

    `unseen`: the share of whole families of features hidden.
    `most`: learn once more from so many features, those with the longest weights; common ones
    before rare ones, which speak loudly and are seldom heard.
    """
    counted = Counter(feature for row in rows for feature in row)
    names = sorted(feature for feature, n in counted.items() if n >= seen)
    classes = sorted(set(labels))
    truth = np.array([classes.index(label) for label in labels])

    def pupil(names: Sequence[str], whole: float) -> _Pupil:
        kin = np.array([family(name) for name in names])
        one = _Pupil(kin, units, len(classes), truth, unseen)
        one.study(_table(rows, names, kin), rounds, whole)
        return one

    if most is not None and len(names) > most:
        fine = np.linalg.norm(pupil(names, 1.0).fine, axis=1)
        worth = fine * np.log1p([counted[name] for name in names])
        names = [names[at] for at in sorted(np.argsort(-worth, kind="stable")[:most])]
    return Learned(names, classes, *pupil(names, _WHOLE).weights)


def _table(rows: Sequence[Sequence[str]], names: Sequence[str], kin: NDArray[Any]) -> Any:
    """The rows as a sparse table, each feature with its share."""
    from scipy.sparse import csr_matrix

    known = {name: at for at, name in enumerate(names)}
    at = [[known[f] for f in row if f in known] for row in rows]
    ends = np.cumsum([0, *map(len, at)])
    values = np.concatenate([shares(kin[row]) for row in at if row])
    columns = np.concatenate([np.array(row, int) for row in at])
    return csr_matrix((values, columns, ends), (len(rows), len(names)), dtype=np.float32)


class _Pupil:
    """The network while it learns."""

    def __init__(
        self, kin: NDArray[Any], units: int, classes: int, truth: NDArray[Any], unseen: float
    ) -> None:
        self._dice, self._truth = np.random.default_rng(1), truth
        self._kin, self._unseen = kin, unseen
        often = np.bincount(truth, minlength=classes)
        self._worth = np.asarray((often.mean() / often) ** _EVEN, np.float32)
        # What no example has taught stays zero; the units differ by what they speak for.
        self._inner = _Adam(np.zeros((len(kin), units), np.float32))
        self._start = _Adam(np.full(units, _AWAKE, np.float32))
        self._outer = _Adam(
            np.asarray(self._dice.standard_normal((units, classes)) / units**0.5, np.float32)
        )
        self._bias = _Adam(np.zeros(classes, np.float32))
        self._steps = 0

    @property
    def fine(self) -> Floats:
        """The finer inner weights."""
        return self._inner.values

    @property
    def weights(self) -> tuple[NDArray[np.int8], Floats, Floats, Floats]:
        """Inner in steps, start, outer, bias."""
        rest = self._start.values, self._outer.values, self._bias.values
        return _steps(self.fine), *rest

    def study(self, table: Any, rounds: int, whole: float) -> None:
        """Go through all examples again and again, ever more carefully.

        From the share `whole` of it on only whole steps of the inner weights count.
        """
        count = len(self._truth)
        batch = min(_BATCH, count)
        rounds = max(rounds, -(-_STEPS * batch // count))
        for _ in range(rounds):
            order = self._dice.permutation(count)
            for begin in range(0, count - batch + 1, batch):
                done = self._steps / (rounds * (count // batch))
                here = order[begin : begin + batch]
                rate = _RATE * max(1 - done, _LAST)
                self._step(table[here], self._truth[here], rate, stepped=done >= whole)

    def _step(self, part: Any, truth: NDArray[Any], rate: float, *, stepped: bool) -> None:
        """Look at some examples with a part of their features, and move the weights."""
        from scipy.sparse import csr_matrix

        self._steps += 1
        columns, place = np.unique(part.indices, return_inverse=True)
        seen = csr_matrix(
            (part.data * self._shown(part), place, part.indptr), (len(truth), len(columns))
        )
        inner = self._inner.values[columns]
        if stepped:
            inner = _steps(inner) * np.float32(STEP)
        before = np.asarray(seen @ inner + self._start.values, np.float32)
        units = np.maximum(before, 0)
        score = units @ self._outer.values + self._bias.values
        score = np.exp(score - score.max(axis=1, keepdims=True))
        wrong = score / score.sum(axis=1, keepdims=True)
        wrong[np.arange(len(truth)), truth] -= 1
        wrong = np.asarray(wrong * self._worth[truth][:, None] / len(truth), np.float32)
        back = np.asarray((wrong @ self._outer.values.T) * (before > 0), np.float32)
        self._inner.move(np.asarray(seen.T @ back, np.float32), self._steps, rate, columns)
        if stepped:
            self._inner.values[columns] = self._inner.values[columns].clip(-_FARTHEST, _FARTHEST)
        self._start.move(back.sum(axis=0), self._steps, rate)
        self._outer.move(units.T @ wrong, self._steps, rate)
        self._bias.move(wrong.sum(axis=0), self._steps, rate)

    def _shown(self, part: Any) -> Floats:
        """How much each feature counts this time: nothing, or more to make up for the others."""
        example = np.repeat(np.arange(part.shape[0]), np.diff(part.indptr))
        family = self._kin[part.indices]
        each = self._dice.random(part.nnz) > _HIDDEN
        whole = self._dice.random((part.shape[0], self._kin.max() + 1)) > self._unseen
        return np.asarray(
            (each & whole[example, family]) / ((1 - _HIDDEN) * (1 - self._unseen)), np.float32
        )


def _steps(fine: Floats) -> NDArray[np.int8]:
    """Weights as whole steps: -1, 0 or 1."""
    return np.asarray(np.round(fine / STEP).clip(-1, 1), np.int8)
