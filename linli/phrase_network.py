"""Teaches windows that slide over characters to tell labels: a convolution, cross-entropy, Adam.

Each unit counts by the window in which it hears most. While it learns, some of what stands at each
character is hidden and some units are deaf, so that no single character decides. The dice are
seeded.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from intents.phrases import BEFORE, BEHIND, Weights, Windows

from .network import Adam, Floats

WIDTHS: Final = (2, 3, 5)
"""Characters in a window."""
_UNITS: Final = 80
"""Units a width."""
_SIZE: Final = 48
"""Dimensions of what stands at a character."""
_SEEN: Final = 3
"""A mark must stand at so many characters."""
_LONGEST: Final = 40
"""Characters of an example that are learned from."""
_ROUNDS: Final = 12
_BATCH: Final = 256
_RATE: Final = 2e-3
_LAST: Final = 0.005
"""The share of it that is left at the end."""
_EVEN: Final = 0.5
"""0: labels count as often as they have examples; 1: all count the same."""
_DEAF, _HIDDEN = 0.4, 0.2
_FIRST: Final = 0.4
"""How long the vectors are at first, a dimension."""
_SHARDS: Final = 10
"""Examples of like length are learned together within each of so many heaps."""
Rows = NDArray[np.intp]


@dataclass(slots=True)
class _Heard:
    """What one width made of a batch, kept for the way back."""

    windows: Floats
    """(batch · places, width · dimensions)."""
    place: Rows
    """The clearest place of each unit: (batch, units)."""
    awake: NDArray[np.bool_]
    """(batch, units)."""
    places: int
    """Windows of a text."""


@dataclass(frozen=True, slots=True)
class _Table:
    """All examples, a row a character; row 0 stands before every text, row 1 behind it."""

    marks: tuple[str, ...]
    """The columns."""
    rows: Any
    """Sparse: (2 + characters, marks)."""
    first: Rows
    """The row of the first character of each text."""
    sizes: Rows
    """Characters of each text."""


def learn(texts: Iterable[Sequence[Sequence[str]]], labels: Sequence[str]) -> Weights:
    """Weights that fit texts, given by the marks at each character, to their labels."""
    table = _table(texts)
    classes = sorted(set(labels))
    pupil = _Pupil(len(table.marks), len(classes))
    pupil.study(table, np.array([classes.index(label) for label in labels]))
    return pupil.weights(tuple(classes), table.marks)


def _table(texts: Iterable[Sequence[Sequence[str]]]) -> _Table:
    from scipy.sparse import csr_matrix

    known = {BEFORE: 0, BEHIND: 1}
    columns, ends, sizes = array("i", (0, 1)), array("i", (0, 1, 2)), array("i")
    for text in texts:
        for place in text[:_LONGEST]:
            columns.extend(known.setdefault(mark, len(known)) for mark in place)
            ends.append(len(columns))
        sizes.append(min(len(text), _LONGEST))
    shape = len(ends) - 1, len(known)
    rows = csr_matrix((np.ones(len(columns), np.float32), columns, ends), shape)
    often = np.bincount(columns, minlength=len(known))
    marks = sorted(m for m, at in known.items() if often[at] >= _SEEN or m in (BEFORE, BEHIND))
    long = np.array(sizes, np.intp)
    first = 2 + np.cumsum(long) - long
    return _Table(tuple(marks), rows[:, [known[mark] for mark in marks]], first, long)


class _Pupil:
    """The network while it learns."""

    def __init__(self, marks: int, classes: int) -> None:
        self._dice = dice = np.random.default_rng(1)
        self._vectors = Adam(_normal(dice, (marks, _SIZE), _FIRST))
        self._windows = [
            Adam(_normal(dice, (k * _SIZE, _UNITS), (2 / (k * _SIZE)) ** 0.5)) for k in WIDTHS
        ]
        self._starts = [Adam(np.zeros(_UNITS, np.float32)) for _ in WIDTHS]
        units = _UNITS * len(WIDTHS)
        self._outer = Adam(_normal(dice, (units, classes), units**-0.5))
        self._bias = Adam(np.zeros(classes, np.float32))
        self._steps = 0

    def weights(self, labels: tuple[str, ...], marks: tuple[str, ...]) -> Weights:
        """What was learned."""
        windows = tuple(
            Windows(width, weights.values, start.values)
            for width, weights, start in zip(WIDTHS, self._windows, self._starts, strict=True)
        )
        return Weights(
            labels, marks, self._vectors.values, windows, self._outer.values, self._bias.values
        )

    def study(self, table: _Table, truth: NDArray[Any]) -> None:
        """Go through all examples again and again, in ever smaller steps."""
        often = np.bincount(truth)
        worth = np.asarray((often.mean() / often) ** _EVEN, np.float32)[truth]
        batch = min(_BATCH, len(truth))
        total = _ROUNDS * (len(truth) // batch)
        for _ in range(_ROUNDS):
            heaps = np.array_split(self._dice.permutation(len(truth)), _SHARDS)
            order = np.concatenate(
                [heap[np.argsort(table.sizes[heap], kind="stable")] for heap in heaps]
            )
            for begin in self._dice.permutation(len(truth) // batch) * batch:
                here = order[begin : begin + batch]
                rate = _RATE * max(1 - self._steps / total, _LAST)
                self._step(table, here, (truth[here], worth[here]), rate)

    def _step(self, table: _Table, here: Rows, told: tuple[Any, Floats], rate: float) -> None:
        """Look at some examples with some of them hidden, and move the weights."""
        self._steps += 1
        (truth, worth), dice, count = told, self._dice, len(here)
        sizes = table.sizes[here]
        part = table.rows[_side_by_side(table.first[here], sizes).ravel()]
        part.data = _kept(dice, part.data.shape, _HIDDEN)
        every = np.asarray(part @ self._vectors.values).reshape(count, -1, _SIZE)
        heard, units = self._listen(every, sizes)
        deaf = _kept(dice, units.shape, _DEAF)
        score = (units * deaf) @ self._outer.values + self._bias.values
        score = np.exp(score - score.max(axis=1, keepdims=True))
        wrong = score / score.sum(axis=1, keepdims=True)
        wrong[np.arange(count), truth] -= 1
        wrong = np.asarray(wrong * worth[:, None] / count, np.float32)
        back = (wrong @ self._outer.values.T) * deaf
        blame = self._unlisten(every, heard, back, rate)
        self._outer.move((units * deaf).T @ wrong, self._steps, rate)
        self._bias.move(wrong.sum(axis=0), self._steps, rate)
        met = np.unique(part.indices)
        slope = np.asarray(part.T.tocsr()[met] @ blame.reshape(-1, _SIZE), np.float32)
        self._vectors.move(slope, self._steps, rate, met)

    def _listen(self, every: Floats, sizes: Rows) -> tuple[list[_Heard], Floats]:
        """What the units of each width hear in a batch."""
        heard, units = [], []
        for width, weights, start in zip(WIDTHS, self._windows, self._starts, strict=True):
            places = every.shape[1] - width + 1
            beside = [every[:, at : at + places] for at in range(width)]
            windows = np.concatenate(beside, axis=2).reshape(-1, width * _SIZE)
            loud = (windows @ weights.values + start.values).reshape(len(every), places, _UNITS)
            last = np.maximum(sizes + 2, max(WIDTHS)) - width
            loud[np.arange(places)[None, :] > last[:, None]] = -np.inf
            place = loud.argmax(axis=1)
            clear = np.take_along_axis(loud, place[:, None], axis=1)[:, 0]
            heard.append(_Heard(windows, place, clear > 0, places))
            units.append(np.maximum(clear, 0))
        return heard, np.concatenate(units, axis=1)

    def _unlisten(self, every: Floats, heard: list[_Heard], back: Floats, rate: float) -> Floats:
        """Move the windows; what each character had to do with it."""
        blame = np.zeros_like(every)
        for number, (width, part) in enumerate(zip(WIDTHS, heard, strict=True)):
            mine = back[:, number * _UNITS : (number + 1) * _UNITS] * part.awake
            spread = np.zeros((len(every), part.places, _UNITS), np.float32)
            np.put_along_axis(spread, part.place[:, None], mine[:, None], axis=1)
            flat = spread.reshape(-1, _UNITS)
            weights = self._windows[number]
            theirs = (flat @ weights.values.T).reshape(len(every), part.places, width, -1)
            for at in range(width):
                blame[:, at : at + part.places] += theirs[:, :, at]
            weights.move(part.windows.T @ flat, self._steps, rate)
            self._starts[number].move(mine.sum(axis=0), self._steps, rate)
        return blame


def _side_by_side(first: Rows, sizes: Rows) -> Rows:
    """The rows of texts between their ends: (texts, places)."""
    wide = max(int(sizes.max()) + 2, *WIDTHS)
    at = np.arange(-1, wide - 1)[None, :]
    table = np.where(at < sizes[:, None], first[:, None] + at, 1)
    table[:, 0] = 0
    return np.asarray(table, np.intp)


def _kept(dice: np.random.Generator, shape: tuple[int, ...], hidden: float) -> Floats:
    """Ones where something is shown, scaled so that the sum stays; zeros elsewhere."""
    return np.asarray((dice.random(shape) > hidden) / (1 - hidden), np.float32)


def _normal(dice: np.random.Generator, shape: tuple[int, int], size: float) -> Floats:
    return np.asarray(dice.standard_normal(shape) * size, np.float32)
