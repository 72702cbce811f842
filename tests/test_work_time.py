"""Minutes and money add up, whichever way they are rounded."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wall import MONDAY

from station.work_time import Rule, amount, between, fen_of, yuan

RULES = st.builds(
    Rule, st.sampled_from([1, 5, 10, 15, 30, 60]), st.sampled_from(["nearest", "up", "down"])
)


@pytest.mark.parametrize(
    ("rule", "minutes", "counted"),
    [
        (Rule(30, "nearest"), 44.99, 30),
        (Rule(30, "nearest"), 45, 60),
        (Rule(30, "up"), 1, 30),
        (Rule(30, "up"), 60, 60),
        (Rule(30, "down"), 59.9, 30),
        (Rule(15, "down"), 14, 0),
        (Rule(1, "nearest"), 0, 0),
    ],
)
def test_a_visit_counts_by_the_stations_rule(rule: Rule, minutes: float, counted: int) -> None:
    assert rule.counted(minutes) == counted


@given(RULES, st.integers(0, 100_000))
def test_what_counts_is_whole_steps_and_never_a_step_away(rule: Rule, minutes: int) -> None:
    counted = rule.counted(minutes)
    assert counted % rule.round_to == 0
    assert abs(counted - minutes) < rule.round_to
    if rule.rounding == "up":
        assert counted >= minutes
    if rule.rounding == "down":
        assert counted <= minutes


@given(RULES, st.integers(0, 5000), st.integers(0, 5000))
def test_a_longer_visit_never_counts_less(rule: Rule, one: int, more: int) -> None:
    assert rule.counted(one) <= rule.counted(one + more)


def test_a_visit_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        Rule().counted(-1)


def test_seconds_count() -> None:
    assert between(MONDAY, MONDAY + timedelta(minutes=59, seconds=30)) == 59.5


@given(st.integers(0, 99_999_999))
def test_money_is_read_as_it_is_written(fen: int) -> None:
    assert fen_of(yuan(fen)) == fen


@pytest.mark.parametrize("text", ["", "-1", "1.234", "1,5", "一元", "１", "1e3", "9999999"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no amount"):
        fen_of(text)


@given(st.integers(0, 100_000), st.integers(0, 10_000))
def test_hours_cost_what_they_should_to_the_half_fen(fen: int, minutes: int) -> None:
    cost = amount("hour", fen, minutes=minutes)
    assert isinstance(cost, int)
    assert abs(cost * 60 - fen * minutes) <= 30


@given(st.integers(0, 100_000), st.integers(0, 100))
def test_whole_hours_and_pieces_cost_exactly_their_price(fen: int, n: int) -> None:
    assert amount("hour", fen, minutes=60 * n) == fen * n == amount("item", fen, items=n)
    assert amount("visit", fen, minutes=n, items=n) == fen
