"""Spreads tell medians within two in a hundred, and two of them add up to one."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.spread import Spread

SECONDS = st.lists(st.integers(0, 5_000_000), min_size=1, max_size=60)


def step(value: float) -> float:
    """At most a fiftieth; an hour after the first day, a day after the first week."""
    return 86_400 if value >= 604_800 else 3_600 if value >= 86_400 else 0.02 * value


def spread(values: list[int]) -> Spread:
    return Spread.of(np.array(values, dtype=np.int64))


@given(SECONDS, st.sampled_from([0.0, 0.5, 0.9, 1.0]))
def test_a_quantile_is_true_to_a_step(values: list[int], part: float) -> None:
    told = spread(values).quantile(part)
    assert told is not None
    # It lies between the two values around it, each no more than a step too small.
    low, high = (float(np.quantile(values, part, method=m)) for m in ("lower", "higher"))  # type: ignore[call-overload]
    assert low - step(low) <= told <= high + 1e-6


@given(st.lists(st.integers(0, 599), min_size=1, max_size=60))
def test_under_ten_minutes_every_second_counts(values: list[int]) -> None:
    told = spread(values)
    assert told.median == pytest.approx(float(np.median(values)))
    assert told.mean == pytest.approx(float(np.mean(values)))
    assert told.quantile(0.9) == pytest.approx(float(np.quantile(values, 0.9)))


@given(SECONDS, SECONDS)
def test_two_spreads_are_the_spread_of_both(some: list[int], others: list[int]) -> None:
    assert spread(some) + spread(others) == spread(some + others)


@given(SECONDS)
def test_a_spread_is_read_as_it_was_written(values: list[int]) -> None:
    assert Spread.from_plain(spread(values).to_plain()) == spread(values)


@given(SECONDS)
def test_every_value_is_in_one_part(values: list[int]) -> None:
    told, cuts = spread(values), [0, 60, 900, 86_400, None]
    parts = [told.between(low or 0, high) for low, high in pairwise(cuts)]
    assert sum(parts) == told.n == len(values)


def test_of_nothing_there_is_no_median() -> None:
    none = Spread()
    assert (none.n, none.median, none.mean, none.quantile(0.9)) == (0, None, None, None)


@pytest.mark.parametrize("bad", [[[1]], [[1, -1]], [[1.5, 1]], [[1, True]], [[1, 1], [1, 2]],
                                 [["1", 1]], [[0, 10**10]], [[1, math.nan]]])  # fmt: skip
def test_what_is_no_spread_is_refused(bad: list[list[object]]) -> None:
    with pytest.raises((ValueError, TypeError)):
        Spread.from_plain(bad)
