"""Spreads: how many took how long, in steps that keep medians true to two in a hundred.

Two spreads add up to one, which medians do not: so a township can tell the median of all
its stations without anybody's list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
"""One whole number a request."""

_STEPS: Final = ((600, 1), (3_600, 10), (86_400, 60), (604_800, 3_600))
"""Below so much, steps of this size; beyond the last, days."""
_LAST: Final = 86_400


def stepped(values: Numbers) -> Numbers:
    """Values, each at the foot of its step."""
    size = np.full_like(values, _LAST)
    for below, step in reversed(_STEPS):
        size[values < below] = step
    return values - values % size


@dataclass(frozen=True, slots=True)
class Spread:
    """Values and how often each came."""

    counts: Mapping[int, int] = field(default_factory=dict)
    """By the foot of its step."""

    @classmethod
    def of(cls, values: Numbers) -> Self:
        """Of whole numbers from 0, e.g. seconds."""
        found, often = np.unique(stepped(values), return_counts=True)
        return cls(dict(zip(found.tolist(), often.tolist(), strict=True)))

    @property
    def n(self) -> int:
        """How many there are."""
        return sum(self.counts.values())

    @property
    def median(self) -> float | None:
        """Half of them are no larger; None of none."""
        return self.quantile(0.5)

    @property
    def mean(self) -> float | None:
        """The average; None of none."""
        total = sum(value * count for value, count in self.counts.items())
        return total / self.n if self.n else None

    def quantile(self, part: float) -> float | None:
        """The value below which this part (0…1) lies, between two where it falls between."""
        if not self.n:
            return None
        place = part * (self.n - 1)
        low = self._at(int(place))
        return low + (self._at(min(int(place) + 1, self.n - 1)) - low) * (place - int(place))

    def _at(self, rank: int) -> int:
        passed = 0
        for value in sorted(self.counts):
            passed += self.counts[value]
            if rank < passed:
                return value
        raise IndexError(rank)

    def between(self, low: int, high: int | None) -> int:
        """How many are from `low` to below `high`."""
        return sum(
            count
            for value, count in self.counts.items()
            if low <= value and (high is None or value < high)
        )

    def __add__(self, other: Spread) -> Spread:
        both = dict(self.counts)
        for value, count in other.counts.items():
            both[value] = both.get(value, 0) + count
        return Spread(both)

    def to_plain(self) -> list[list[int]]:
        """As JSON: pairs of value and count."""
        return [[value, self.counts[value]] for value in sorted(self.counts)]

    @classmethod
    def from_plain(cls, plain: Iterable[Any]) -> Self:
        """The inverse. Raises ValueError for anything else."""
        counts: dict[int, int] = {}
        for pair in plain:
            value, count = map(whole, pair)
            if value in counts:
                raise ValueError(f"{value} is counted twice")
            counts[value] = count
        return cls(counts)


def whole(value: object) -> int:
    """A count. Raises ValueError for anything else, also for more than any station has."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**10:
        raise ValueError(f"{value!r} is no count")
    return value
