"""A month's work: what it comes to, closed once, and never silently different."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from crew import Crew, crew_at
from hypothesis import given
from hypothesis import strategies as st

from station import audit, settlement, work_correct
from station.clock import BEIJING
from station.settlement import Item, Month, MonthError, checked, summed
from station.work_correct import Correction
from station.work_time import amount

NOVEMBER = "2026-11"
DECEMBER = datetime(2026, 12, 1, 9, 0, tzinfo=BEIJING)


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    with crew_at(tmp_path) as ready:
        yield ready


@pytest.fixture
def worked(crew: Crew) -> Crew:
    """Two rides, one and a half hours of mending, three dishes, an hour given."""
    crew.visit(crew.file(), "王师傅")
    crew.visit(crew.file(), "王师傅")
    crew.visit(crew.file("housekeeping"), "安心家政", 80)
    crew.visit(crew.file("meal", items=[{"name": "饭", "quantity": 3}]), "社区食堂")
    crew.visit(crew.file("companionship"), "刘大姐", 60)
    crew.give(crew.file(), "王师傅")  # still out
    return crew


def test_a_month_is_a_line_for_each_helper_service_and_price(worked: Crew) -> None:
    month = settlement.settle(worked.ledger.store, NOVEMBER)
    assert [(x.helper, x.intent, x.count, x.minutes, x.items, x.amount) for x in month.lines] == [
        ("社区食堂", "meal", 1, 60, 3, 450),
        ("安心家政", "housekeeping", 1, 90, 0, 6750),
        ("刘大姐", "companionship", 1, 60, 0, 0),
        ("王师傅", "taxi", 2, 120, 0, 4000),
    ]
    assert summed(month.lines, "amount") == 11200


def test_another_price_is_another_line_and_an_order_keeps_the_price_it_was_given_with(
    worked: Crew,
) -> None:
    worked.change(
        "王师傅", duties=(worked.by_name["王师傅"].duties[0].__class__("taxi", "visit", 3000),)
    )
    worked.visit(worked.file(), "王师傅")
    lines = settlement.settle(worked.ledger.store, NOVEMBER).helpers["王师傅"]
    assert [(each.fen, each.count) for each in lines] == [(2000, 2), (3000, 1)]


def test_a_month_begins_and_ends_at_the_stations_midnight(crew: Crew) -> None:
    crew.clock.time = datetime(2026, 11, 30, 23, 0, tzinfo=BEIJING)
    crew.visit(crew.file(), "城东车队", 59)
    crew.visit(crew.file(), "城东车队", 1)
    store = crew.ledger.store
    assert [len(settlement.settle(store, m).items) for m in (NOVEMBER, "2026-12")] == [1, 1]


@pytest.mark.parametrize(
    "month", ["", "2026", "2026-13", "2026-00", "11-2026", "2026-1", "1999-01"]
)
def test_what_is_no_month_is_refused(crew: Crew, month: str) -> None:
    with pytest.raises(MonthError, match="is no month"):
        settlement.settle(crew.ledger.store, month)


def test_a_month_that_is_not_over_or_in_doubt_is_not_closed(worked: Crew) -> None:
    with pytest.raises(MonthError, match="not over"):
        settlement.close(worked.ledger, NOVEMBER, by="wangfang")
    hasty = worked.step(worked.give(worked.file("housekeeping"), "安心家政"), "accepted")
    worked.step(hasty, "done")
    worked.clock.time = DECEMBER
    with pytest.raises(MonthError, match="in doubt"):
        settlement.close(worked.ledger, NOVEMBER, by="wangfang")
    assert [each.id for each in settlement.doubts(worked.ledger.store, NOVEMBER)] == [hasty.id]
    work_correct.correct(worked.ledger, hasty.id, Correction(minutes=30), by="lijing", why="问过了")
    assert settlement.close(worked.ledger, NOVEMBER, by="wangfang").revision == 1


def test_a_closed_month_stays_as_it_was_and_a_new_revision_needs_a_reason(worked: Crew) -> None:
    store = worked.ledger.store
    worked.clock.time = DECEMBER
    first = settlement.close(worked.ledger, NOVEMBER, by="wangfang")
    with pytest.raises(MonthError, match="say why"):
        settlement.close(worked.ledger, NOVEMBER, by="wangfang")
    with pytest.raises(MonthError, match="nothing is different"):
        settlement.close(worked.ledger, NOVEMBER, by="wangfang", why="again")
    ride = next(each for each in first.month.items if each.helper == "王师傅")
    work_correct.correct(worked.ledger, ride.id, Correction(fen=2500), by="wangfang", why="夜里")
    (kept,) = settlement.closed(store, NOVEMBER)
    assert kept == first
    assert kept.sound
    assert kept.month.figures != settlement.settle(store, NOVEMBER).figures
    second = settlement.close(worked.ledger, NOVEMBER, by="wangfang", why="夜里加价")
    assert (second.revision, summed(second.month.lines, "amount")) == (2, 11700)
    assert settlement.closed(store, NOVEMBER)[1] == first
    assert [each.target for each in audit.entries(store, what="month.settled")] == [
        "month 2026-11"] * 2  # fmt: skip


def test_a_renamed_helper_is_no_difference(worked: Crew) -> None:
    worked.clock.time = DECEMBER
    first = settlement.close(worked.ledger, NOVEMBER, by="wangfang")
    worked.change("王师傅", name="王建军师傅")
    now = settlement.settle(worked.ledger.store, NOVEMBER)
    assert now.figures == first.month.figures
    assert now.hash != first.hash


def test_nobody_changes_a_closed_month_even_from_a_database_shell(worked: Crew) -> None:
    worked.clock.time = DECEMBER
    settlement.close(worked.ledger, NOVEMBER, by="wangfang")
    for sql in ("UPDATE settlements SET data = '{}'", "DELETE FROM settlements"):
        with pytest.raises(sqlite3.IntegrityError, match="does not change"):
            worked.ledger.store.db.execute(sql)


def test_no_elder_is_named_in_a_closed_month(worked: Crew) -> None:
    worked.clock.time = DECEMBER
    settlement.close(worked.ledger, NOVEMBER, by="wangfang")
    (row,) = worked.ledger.store.read("SELECT data FROM settlements")
    assert not {"张桂英", "张奶奶", "光荣小区"} & {
        w for w in ("张桂英", "张奶奶", "光荣小区") if w in row["data"]
    }


ITEMS = st.lists(
    st.builds(
        lambda n, who, unit, fen, minutes, items: Item(
            n, f"1123-{n:03d}-1", who, "taxi", "taxi", unit, fen, "2026-11-23 10:00", minutes,
            items, amount(unit, fen, minutes=minutes, items=items),
        ),
        st.integers(1, 999),
        st.sampled_from(["甲", "乙", "丙"]),
        st.sampled_from(["visit", "hour", "item"]),
        st.sampled_from([0, 1, 99, 2000, 3333]),
        st.integers(0, 480),
        st.integers(1, 30),
    ),
    max_size=40,
)  # fmt: skip


@given(ITEMS)
def test_the_lines_always_sum_to_the_orders_whichever_way_they_are_summed(
    items: list[Item],
) -> None:
    month = checked(Month(NOVEMBER, tuple(items)), items)
    assert summed(month.lines, "amount") == sum(each.amount for each in items)
    assert summed(month.lines, "count") == len(items)
    by_helper = sum(summed(lines, "amount") for lines in month.helpers.values())
    assert by_helper == summed(month.lines, "amount")
    assert month.hash == Month(NOVEMBER, tuple(items)).hash


@given(ITEMS.filter(bool))
def test_totals_that_do_not_agree_are_told_not_printed(items: list[Item]) -> None:
    with pytest.raises(MonthError, match="the orders'"):
        checked(Month(NOVEMBER, tuple(items)), items[1:])


@given(st.integers(2000, 2099), st.integers(1, 12))
def test_months_follow_each_other_without_a_gap(year: int, month: int) -> None:
    start, end = settlement.month_of(f"{year}-{month:02d}")
    after = end + timedelta(days=1)
    if after.year < 2100:
        assert settlement.month_of(f"{after:%Y-%m}")[0] == end
    assert start.day == 1
