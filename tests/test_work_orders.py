"""An order from the desk to the helper and back; the request, the story and the hours follow."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from crew import TERMS, Crew, crew_at
from wall import MONDAY

from station import audit, handling, helpers, timebank, work_correct, work_orders
from station.errors import ConflictError, LedgerError, StatusError
from station.forgetting import forget
from station.helpers import HelperError
from station.recordings import Recordings
from station.retention import Rules, sweep
from station.timebank import HoursError
from station.work_correct import Correction
from station.work_model import OrderError, steps
from station.work_orders import Told


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    with crew_at(tmp_path) as ready:
        yield ready


def balance(crew: Crew, name: str = "刘大姐") -> int:
    found = {each.helper.name: each.balance for each in timebank.accounts(crew.ledger.store)}
    return found[name]


def test_each_step_stands_in_the_order_and_in_the_requests_story(crew: Crew) -> None:
    request = crew.file()
    order = crew.give(request, "王师傅")
    assert (order.number, order.status, order.fen) == (f"{request.number}-1", "given", 2000)
    given = crew.ledger.request(request.number)
    assert (given.status, given.assigned) == ("dispatched", "王师傅")
    crew.clock.on(2)
    crew.step(order, "accepted")
    crew.clock.on(20)
    crew.step(order, "arrived")
    crew.clock.on(50)
    done = crew.step(order, "done", "送到了")
    assert (done.status, done.minutes, done.amount) == ("done", 60, 2000)
    track = [(each.at - MONDAY, each.what) for each in steps(crew.ledger.store, order.id)]
    assert track == [
        (timedelta(minutes=0), "given"), (timedelta(minutes=2), "accepted"),
        (timedelta(minutes=22), "arrived"), (timedelta(minutes=72), "done"),
    ]  # fmt: skip
    story = [(each.by, each.note) for each in crew.ledger.history(request.number)][-3:]
    who = f"helper:{order.helper}"
    assert story == [
        (who, "王师傅接单了"), (who, "王师傅到了"), (who, "王师傅办完了：送到了")]  # fmt: skip
    assert crew.ledger.request(request.number).status == "done"


def test_the_same_step_told_twice_happens_once(crew: Crew) -> None:
    order = crew.give(crew.file(), "王师傅")
    assert crew.step(order, "accepted") == crew.step(order, "accepted")
    assert [each.what for each in steps(crew.ledger.store, order.id)] == ["given", "accepted"]


@pytest.mark.parametrize("what", ["arrived", "done", "given", "revoked"])
def test_nobody_arrives_who_has_not_taken_it(crew: Crew, what: str) -> None:
    order = crew.give(crew.file(), "王师傅")
    if what == "given":
        assert crew.step(order, what).status == "given"
        return
    with pytest.raises(OrderError, match="is not possible"):
        crew.step(order, what)


def test_whoever_declines_says_why_and_staff_have_it_back(crew: Crew) -> None:
    request = crew.file()
    order = crew.give(request, "王师傅")
    with pytest.raises(OrderError, match="say why"):
        crew.step(order, "declined", "  ")
    assert crew.step(order, "declined", "车坏了").status == "declined"
    back = crew.ledger.request(request.number)
    assert (back.status, back.assigned) == ("accepted", "lijing")
    assert crew.ledger.history(request.number)[-1].note == "王师傅接不了：车坏了"
    assert crew.give(request, "城东车队").number == f"{request.number}-2"


def test_given_to_somebody_else_the_first_order_is_taken_back(crew: Crew) -> None:
    request = crew.file()
    first = crew.step(crew.give(request, "王师傅"), "accepted")
    second = crew.give(request, "城东车队")
    assert work_orders.order(crew.ledger.store, first.id).status == "revoked"
    assert crew.ledger.request(request.number).assigned == "城东车队"
    with pytest.raises(OrderError, match="revoked → arrived"):
        crew.step(first, "arrived")
    again = crew.give(request, "城东车队")
    assert again.id != second.id
    assert [each.status for each in work_orders.of_request(crew.ledger.store, request.id)] == [
        "revoked", "revoked", "given"]  # fmt: skip


def test_nothing_is_given_to_whoever_is_closed_or_by_a_page_that_is_no_longer_true(
    crew: Crew,
) -> None:
    request = crew.file()
    helpers.close(crew.ledger, crew.id("王师傅"), by="wangfang", closed=True)
    with pytest.raises(HelperError, match="is closed"):
        crew.give(request, "王师傅")
    crew.ledger.advance(request.number, "accepted", by="lijing")
    with pytest.raises(ConflictError):
        work_orders.give(
            crew.ledger, request.number, crew.id("城东车队"), by="lijing", terms=TERMS,
            version=request.version,
        )  # fmt: skip
    crew.ledger.cancel(request.number, by="lijing")
    with pytest.raises(StatusError, match="reopen it first"):
        crew.give(request, "城东车队")
    assert work_orders.of_request(crew.ledger.store, request.id) == []


@pytest.mark.parametrize(
    ("deed", "status"),
    [("cancel", "revoked"), ("failed", "revoked"), ("assign", "revoked"), ("done", "done"),
     ("undo", "revoked"), ("merge", "given")],
)  # fmt: skip
def test_an_order_follows_its_request_whatever_staff_do(crew: Crew, deed: str, status: str) -> None:
    request = crew.file()
    order = crew.give(request, "王师傅")
    ledger, number = crew.ledger, request.number
    if deed == "cancel":
        ledger.cancel(number, by="lijing")
    elif deed == "failed":
        ledger.advance(number, "failed", by="lijing", note="老人出门了")
    elif deed == "assign":
        handling.assign(ledger, number, "李静", by="lijing")
    elif deed == "done":
        ledger.advance(number, "done", by="lijing")
    elif deed == "undo":
        handling.undo(ledger, number, by="lijing", within=timedelta(minutes=10))
    else:
        ledger.change(number, by="lijing", slots={"passengers": 2})
    assert work_orders.order(ledger.store, order.id).status == status


def test_a_closing_that_is_taken_back_gives_the_order_back_and_the_hours(crew: Crew) -> None:
    request = crew.file("companionship")
    order = crew.visit(request, "刘大姐", 90)
    assert balance(crew) == 90
    handling.undo(crew.ledger, request.number, by="lijing", within=timedelta(minutes=10))
    after = work_orders.order(crew.ledger.store, order.id)
    assert (after.status, after.done, after.minutes, balance(crew)) == ("arrived", None, None, 0)
    crew.clock.on(30)
    assert crew.step(order, "done").minutes == 120
    assert balance(crew) == 120


def test_volunteers_earn_hours_and_nobody_else(crew: Crew) -> None:
    crew.visit(crew.file("companionship"), "刘大姐", 44)
    crew.visit(crew.file(), "王师傅", 60)
    assert balance(crew) == 30
    assert [each.helper.name for each in timebank.accounts(crew.ledger.store)] == ["刘大姐"]


def test_a_visit_without_a_beginning_or_an_end_counts_only_when_somebody_has_looked(
    crew: Crew,
) -> None:
    request = crew.file("companionship")
    order = crew.step(crew.give(request, "刘大姐"), "accepted")
    done = crew.step(order, "done")
    assert (done.minutes, done.doubt, balance(crew)) == (None, "minutes", 0)
    night = crew.visit(crew.file("companionship"), "刘大姐", 9 * 60)
    assert (night.minutes, night.doubt) == (None, "minutes")
    now = crew.clock.time
    wanted = Correction(arrived=now - timedelta(hours=2), done=now)
    fixed = work_correct.correct(crew.ledger, done.id, wanted, by="lijing", why="问过了")
    assert (fixed.minutes, fixed.doubt, balance(crew)) == (120, "", 120)


def test_a_correction_needs_a_reason_and_stands_in_steps_audit_and_hours(crew: Crew) -> None:
    order = crew.visit(crew.file("companionship"), "刘大姐", 60)
    with pytest.raises(OrderError, match="say why"):
        work_correct.correct(crew.ledger, order.id, Correction(minutes=90), by="lijing", why=" ")
    late = Correction(done=crew.clock.time + timedelta(hours=2))
    with pytest.raises(OrderError, match="cannot be"):
        work_correct.correct(crew.ledger, order.id, late, by="lijing", why="x")
    after = work_correct.correct(
        crew.ledger, order.id, Correction(minutes=90), by="lijing", why="多陪了一会"
    )
    assert (after.minutes, balance(crew)) == (90, 90)
    last = steps(crew.ledger.store, order.id)[-1]
    assert (last.what, last.note) == ("corrected", "多陪了一会（分钟 60 → 90）")
    (entry,) = audit.entries(crew.ledger.store, what="order.corrected")
    assert entry.detail == {"old": {"minutes": 60}, "new": {"minutes": 90}}
    assert [each.minutes for each in timebank.statement(crew.ledger.store, order.helper)] == [
        60, 30]  # fmt: skip
    work_correct.void(crew.ledger, order.id, by="lijing", why="没有去")
    assert balance(crew) == 0


def test_hours_are_spent_for_a_named_elder_and_never_more_than_there_are(crew: Crew) -> None:
    crew.visit(crew.file("companionship"), "刘大姐", 120)
    liu, store = crew.id("刘大姐"), crew.ledger.store
    timebank.spend(crew.ledger, liu, 90, crew.li.id or 0, by="lijing", note="陪母亲看病")
    assert balance(crew) == 30
    with pytest.raises(HoursError, match="more than are left"):
        timebank.spend(crew.ledger, liu, 31, crew.li.id or 0, by="lijing")
    with pytest.raises(HoursError, match="paid in money"):
        timebank.adjust(crew.ledger, crew.id("王师傅"), 30, by="lijing", why="x")
    with pytest.raises(HoursError, match="below 0"):
        timebank.adjust(crew.ledger, liu, -60, by="lijing", why="x")
    for minutes in (0, -5, 60_001):
        with pytest.raises(HoursError, match="minutes"):
            timebank.spend(crew.ledger, liu, minutes, crew.li.id or 0, by="lijing")
    spent = timebank.statement(store, liu)[-1]
    assert (spent.minutes, spent.balance, spent.resident_name) == (-90, 30, "李秀兰")


def test_no_entry_and_no_step_is_ever_changed_even_from_a_database_shell(crew: Crew) -> None:
    crew.visit(crew.file("companionship"), "刘大姐", 60)
    for sql in (
        "UPDATE time_entries SET minutes = 600",
        "DELETE FROM time_entries",
        "UPDATE work_steps SET at = '2020'",
        "UPDATE work_steps SET note = 'something else'",
        "DELETE FROM work_steps",
        "DELETE FROM work_orders",
        "DELETE FROM helpers",
    ):
        with pytest.raises((sqlite3.IntegrityError, LedgerError)):
            crew.ledger.store.db.execute(sql)


def test_whoever_is_forgotten_leaves_no_word_and_no_picture_in_an_order(crew: Crew) -> None:
    order = crew.step(crew.give(crew.file(), "王师傅"), "accepted")
    crew.step(order, "noted", "张奶奶在门口", photo=b"jpeg")
    crew.step(order, "done", "送张奶奶到医院了")
    other = crew.visit(crew.file(who=crew.li), "城东车队")
    crew.visit(crew.file("companionship", crew.li), "刘大姐", 60)
    work_correct.correct(
        crew.ledger, other.id, Correction(minutes=30), by="lijing", why="先送了张桂英"
    )
    timebank.spend(
        crew.ledger, crew.id("刘大姐"), 30, crew.zhang.id or 0, by="lijing", note="张奶奶看病"
    )
    forget(crew.ledger.store, crew.zhang.id or 0, by="wangfang", at=crew.clock.time)
    dump = "\n".join(crew.ledger.store.db.conn.iterdump())
    assert "张桂英" not in dump
    assert "张奶奶" not in dump
    assert crew.ledger.store.read("SELECT * FROM work_photos") == []
    assert work_orders.order(crew.ledger.store, order.id).status == "done"
    assert balance(crew) == 30


def test_an_erased_request_leaves_its_order_countable_and_silent(
    crew: Crew, tmp_path: Path
) -> None:
    order = crew.step(crew.give(crew.file(), "王师傅"), "accepted")
    crew.step(order, "arrived")
    crew.step(order, "done", "送到了", photo=b"jpeg")
    crew.clock.on(400 * 24 * 60)
    recordings = Recordings(tmp_path / "recordings", reserve=0)
    swept = sweep(crew.ledger.store, recordings, Rules(), crew.clock.time)
    assert swept.requests == 1
    left = work_orders.order(crew.ledger.store, order.id)
    assert (left.request, left.amount, left.status) == (None, 2000, "done")
    assert {each.note for each in steps(crew.ledger.store, order.id)} == {""}
    assert crew.ledger.store.read("SELECT * FROM work_photos") == []


def test_an_order_takes_six_pictures_and_no_more(crew: Crew) -> None:
    order = crew.step(crew.give(crew.file(), "王师傅"), "accepted")
    for n in range(6):
        crew.step(order, "noted", f"{n}", photo=b"jpeg")
    with pytest.raises(OrderError, match="it has 6 photos"):
        crew.step(order, "noted", "7", photo=b"jpeg")


def test_dishes_are_counted_by_how_many_of_them_were_ordered(crew: Crew) -> None:
    dishes = [{"name": "红烧肉", "quantity": 2}, {"name": "米饭"}]
    order = crew.visit(crew.file("meal", items=dishes), "社区食堂")
    assert (order.items, order.amount) == (3, 450)


def test_staff_tell_of_a_visit_later_with_its_time(crew: Crew) -> None:
    order = crew.give(crew.file(), "王师傅")
    crew.clock.on(120)
    at = MONDAY + timedelta(minutes=30)
    work_orders.step(crew.ledger, order.id, "accepted", Told("lijing", at=at))
    work_orders.step(crew.ledger, order.id, "arrived", Told("lijing", at=at))
    with pytest.raises(OrderError, match="cannot be"):
        work_orders.step(crew.ledger, order.id, "done", Told("lijing", at=MONDAY))
    done = work_orders.step(
        crew.ledger, order.id, "done", Told("lijing", at=at + timedelta(minutes=60))
    )
    assert (done.arrived, done.minutes) == (at, 60)
