"""Periods are written as people write them, and follow each other without a gap."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.period import Period, PeriodError


@pytest.mark.parametrize(
    ("text", "first", "last", "length"),
    [
        ("2026", "2026-01-01", "2026-12-31", "year"),
        ("2026-2", "2026-02-01", "2026-02-28", "month"),
        ("2028-02", "2028-02-01", "2028-02-29", "month"),
        ("2026-12", "2026-12-01", "2026-12-31", "month"),
        (" 2026-11-23 ", "2026-11-23", "2026-11-23", "day"),
        ("2026-11-01..2026-11-15", "2026-11-01", "2026-11-15", "days"),
        ("2026-01..2026-03", "2026-01-01", "2026-03-31", "days"),
        ("2026-11-01..2026-11-30", "2026-11-01", "2026-11-30", "month"),
    ],
)
def test_a_period_is_read(text: str, first: str, last: str, length: str) -> None:
    period = Period.parse(text)
    assert (f"{period.first}", f"{period.last}", period.length) == (first, last, length)
    assert Period.parse(str(period)) == period


@pytest.mark.parametrize(
    "text",
    ["", "1999", "2026-13", "2026-0", "2026-02-30", "26-11", "2026-11-23-1", "today", "２０２６",
     "2026-11-15..2026-11-01", "2000..2999", "2026..", "..2026"],
)  # fmt: skip
def test_what_is_no_period_is_told(text: str) -> None:
    with pytest.raises(PeriodError):
        Period.parse(text)


@given(st.dates(date(2001, 1, 1), date(2998, 12, 31)), st.sampled_from(["%Y", "%Y-%m", "%Y-%m-%d"]))
def test_the_next_period_begins_where_this_one_ends(day: date, form: str) -> None:
    period = Period.parse(f"{day:{form}}")
    after = period.beside(1)
    assert after.begins == period.ends
    assert after.beside(-1) == period
    assert after.length == period.length


def test_nothing_lies_beyond_the_calendar() -> None:
    with pytest.raises(PeriodError):
        Period.parse("2000").beside(-1)


@given(st.dates(date(2001, 1, 1), date(2998, 12, 31)), st.integers(1, 400))
def test_every_day_is_in_one_of_the_parts(first: date, days: int) -> None:
    period = Period(first, first + timedelta(days=days - 1))
    part = period.parting()
    parts = {part(f"{first + timedelta(days=n)}", n % 24) for n in range(days)}
    assert parts <= set(period.parts)
    assert len(period.parts) == len(set(period.parts)) <= 62
