"""Calls that Linli makes: planned by the clock, told by telephone, handed to staff when in vain."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from likeness import likeness
from little_linli import LittleLinli
from patience import until
from telephone import Line, telephone_line

from ivr.outbound import Policy, after, due, overdue, safety_calls
from linli.exchange import Exchange
from linli.limits import limits
from linli.paths import ASSETS
from linli.phone_sounds import say, words
from station import handling, owed_calls
from station.clock import BEIJING
from station.ledger import Ledger
from station.owed_calls import OwedCall
from station.phone_model import PhoneSection
from station.requests import FiledRequest
from station.residents import Resident
from voices.mouth import Mouth
from voices.pack import Pack

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING)
MINUTE = timedelta(minutes=1)
PHONE = PhoneSection.model_validate({"safety_call": {"at": "09:00", "days": [1]}})
POLICY = Policy.of(PHONE, limits()["line"])


def call(uid: str = "a", phone: str = "13800000001", **more: object) -> OwedCall:
    fresh = OwedCall(uid, "notice", phone, ("您好，我是邻里。",), NINE, NINE + 60 * MINUTE)
    return replace(fresh, **more)  # type: ignore[arg-type]


def uids(calls: list[OwedCall]) -> list[str]:
    return [each.uid for each in calls]


def test_a_call_is_made_in_its_time_and_never_at_night() -> None:
    night = replace(call(), not_before=NINE - timedelta(hours=12), until=NINE + timedelta(days=2))
    assert uids(due([call()], NINE, POLICY, {})) == ["a"]
    assert due([call()], NINE - MINUTE, POLICY, {}) == []
    assert due([call()], NINE + 60 * MINUTE, POLICY, {}) == []
    assert due([night], NINE.replace(hour=20, minute=30), POLICY, {}) == []
    assert due([night], NINE.replace(hour=7, minute=59), POLICY, {}) == []
    assert uids(due([night], NINE.replace(hour=8), POLICY, {})) == ["a"]


def test_quiet_hours_may_lie_on_either_side_of_midnight() -> None:
    noon = PhoneSection.model_validate({"quiet_from": "12:00", "quiet_until": "14:00"})
    assert not noon.may_ring(NINE.replace(hour=13).time())
    assert noon.may_ring(NINE.replace(hour=23).time())


def test_a_number_is_left_in_peace_between_tries_and_after_enough_of_them() -> None:
    again = limits()["line"]["outbound_again_min"] * MINUTE
    tried = call(tries=1, tried=NINE)
    assert due([tried], NINE + again - MINUTE, POLICY, {}) == []
    assert uids(due([tried], NINE + again, POLICY, {})) == ["a"]
    assert due([call()], NINE, POLICY, {"13800000001": 4}) == []


def test_the_most_pressing_goes_first_and_one_number_is_not_rung_twice_at_once() -> None:
    many = [call(str(n), f"1380000000{n}", until=NINE + (60 - n) * MINUTE) for n in range(5)]
    assert uids(due(many, NINE, POLICY, {})) == ["4", "3"]
    assert uids(due(many, NINE, POLICY, {}, frozenset({"13800000004"}))) == ["3"]
    assert uids(due([call("a"), call("b")], NINE, POLICY, {})) == ["a"]


def test_what_follows_from_a_try() -> None:
    assert after(call(), "answered", POLICY) == "done"
    assert after(call(), "no_answer", POLICY) == "later"
    assert after(call(tries=1), "failed", POLICY) == "staff"
    assert after(call(), "refused", POLICY) == "staff"
    assert uids(overdue([call()], NINE + 60 * MINUTE)) == ["a"]
    assert overdue([call()], NINE + 60 * MINUTE, frozenset({"13800000001"})) == []


def test_whoever_lives_alone_is_called_once_a_day_from_the_hour_set() -> None:
    people = [
        Resident("王秀英", 1, phones=("13800000001", "0376-5550601"), lives_alone=True),
        Resident("李强", 2, phones=("13800000002",)),
        Resident("没电话", 3, lives_alone=True),
    ]
    says = ("您好。",)
    (owed,) = safety_calls(people, PHONE, NINE, says)
    assert (owed.uid, owed.phone, owed.kind) == ("safety-2026-11-23-1", "13800000001", "safety")
    assert (owed.not_before, owed.until) == (NINE, NINE.replace(hour=20, minute=30))
    for moment in (NINE - MINUTE, NINE.replace(hour=21), NINE + timedelta(days=1)):
        assert safety_calls(people, PHONE, moment, says) == []


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = NINE

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    with telephone_line(more='safety_call = {at = "09:00"}') as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db", clock=clock) as opened:
        yield opened


@pytest.fixture
def exchange(line: Line, ledger: Ledger, clock: Clock) -> Iterator[Exchange]:
    mouth = Mouth(Pack(ASSETS / "pack"))
    made = Exchange(line.settings, ledger, mouth, clock=clock)
    made.switch.start()
    assert made.switch.wait(10)
    yield made
    made.switch.stop()


def rung(exchange: Exchange) -> None:
    """One round, waited for."""
    exchange.caller.round()
    until(lambda: not exchange.caller.busy)


def test_a_meal_on_its_way_is_told_by_telephone(
    line: Line, ledger: Ledger, exchange: Exchange, clock: Clock, tmp_path: Path
) -> None:
    number = ledger.file(FiledRequest("meal", {"meal": "lunch"}, "phone", phone="13912345678"))
    handling.assign(ledger, number.number, "社区食堂", by="lijing")
    heard, wanted = tmp_path / "heard.wav", tmp_path / "wanted"
    rung(exchange)
    assert len(owed_calls.owed(ledger.store)) == 1
    clock.now += MINUTE
    media = LittleLinli(line.settings.phone.media_port, line.passwords.media)
    with media, line.outside(record=heard, hangup_after=9) as elder:
        rung(exchange)
        assert media.wait_for_call(20)["why"] == "out"
        elder.order("hangup")
        elder.finish()
    rung(exchange)
    assert owed_calls.owed(ledger.store) == []
    say(
        [each.format(meal="午饭") for each in words()["notices"]["meal"]],
        Mouth(Pack(ASSETS / "pack")),
        wanted,
    )
    assert likeness(heard, wanted.with_suffix(".wav")) > 0.9
    for path in exchange.folders.notices.iterdir():
        os.utime(path, (0, 0))
    rung(exchange)
    assert list(exchange.folders.notices.iterdir()) == []


def test_who_lives_alone_and_is_not_reached_twice_becomes_a_task_for_staff(
    ledger: Ledger, exchange: Exchange, clock: Clock
) -> None:
    wang = ledger.upsert_resident(
        Resident("王秀英", card="1", phones=("0376-5550602",), lives_alone=True)
    )
    rung(exchange)
    (owed,) = owed_calls.owed(ledger.store)
    assert (owed.tries, owed.outcome, list(ledger.requests())) == (1, "failed", [])
    clock.now += limits()["line"]["outbound_again_min"] * MINUTE
    rung(exchange)
    rung(exchange)
    (task,) = ledger.requests()
    assert (task.resident, task.priority, task.kind) == (wang.id, "urgent", "handed_over")
    assert "2次没打通" in task.note
    assert owed_calls.owed(ledger.store) == []


def test_a_notice_that_is_too_late_is_a_task_for_staff(
    ledger: Ledger, exchange: Exchange, clock: Clock
) -> None:
    slots = {"service": "修水管", "date": "2026-11-23", "time": "15:00"}
    clock.now = NINE.replace(hour=3)
    number = ledger.file(FiledRequest("housekeeping", slots, "phone", phone="13912345678")).number
    ledger.change(number, by="lijing", slots={"date": "2026-11-24", "time": "09:00"})
    exchange.caller.round()
    clock.now = NINE.replace(hour=7, minute=30)
    exchange.caller.round()
    (_, task) = ledger.requests()
    assert task.priority == "ordinary"
    assert "修水管改到明天上午九点" in task.note
    assert owed_calls.owed(ledger.store) == []
