"""What residents are told when staff do something: once, in time, and never what is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from linli.notices import Notices
from station import handling, owed_calls
from station.clock import BEIJING
from station.ledger import Ledger
from station.owed_calls import OwedCall
from station.requests import FiledRequest
from station.residents import Resident
from station.settings import Settings

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PLUMBER = {"service": "修水管", "date": "2026-11-23", "time": "15:00"}


class Desk:
    """A ledger with a clock put forward by hand, and the notices that come out of it."""

    def __init__(self, path: Path, **wanted: bool) -> None:
        self.now = NINE
        self.ledger = Ledger.open(path, clock=lambda: self.now)
        settings = Settings.load()
        notices = settings.phone.notices.model_copy(update=wanted)
        phone = settings.phone.model_copy(update={"notices": notices})
        self.settings = settings.model_copy(update={"phone": phone})
        self.notices = self.started()

    def started(self) -> Notices:
        """The line begins anew."""
        return Notices(self.settings, self.ledger, lambda: self.now)

    def file(self, intent: str, **slots: Any) -> str:
        return self.ledger.file(FiledRequest(intent, slots, "phone", phone="13912345678")).number

    def owed(self) -> list[OwedCall]:
        self.notices.round()
        return owed_calls.owed(self.ledger.store)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "ledger.db", closing=True)
    with made.ledger:
        yield made


def test_a_meal_is_told_shortly_before_it_is_served_and_once(desk: Desk) -> None:
    number = desk.file("meal", meal="lunch", date="2026-11-23")
    handling.assign(desk.ledger, number, "社区食堂", by="lijing")
    (call,) = desk.owed()
    assert call.says[-1] == "您订的午饭，这就给您送来。"
    assert call.not_before == NINE.replace(hour=11, minute=10)  # lunch is at half past eleven
    desk.notices = desk.started()
    assert len(desk.owed()) == 1


def test_a_meal_that_is_late_is_told_at_once_but_not_within_a_slip_of_the_hand(desk: Desk) -> None:
    number = desk.file("meal", meal="lunch", date="2026-11-23")
    desk.now = NINE.replace(hour=12)
    handling.assign(desk.ledger, number, "社区食堂", by="lijing")
    (call,) = desk.owed()
    assert timedelta(0) < call.not_before - desk.now < MINUTE
    handling.undo(desk.ledger, number, by="lijing", within=10 * MINUTE)
    assert desk.owed() == []


def test_whoever_comes_to_eat_is_told_nothing(desk: Desk) -> None:
    number = desk.file("meal", meal="lunch", delivery=False)
    handling.assign(desk.ledger, number, "社区食堂", by="lijing")
    assert desk.owed() == []


def test_only_the_newest_time_is_told_and_only_when_staff_moved_it(desk: Desk) -> None:
    number = desk.file("housekeeping", **PLUMBER)
    desk.ledger.change(number, by="elder", slots={"time": "16:00"})
    desk.ledger.change(number, by="lijing", note="带梯子")
    assert desk.owed() == []
    desk.ledger.change(number, by="lijing", slots={"time": "10:30"})
    assert [call.says[-1] for call in desk.owed()] == ["修水管改到今天上午十点半了。"]
    desk.ledger.change(number, by="lijing", slots={"date": "2026-11-24"})
    assert [call.says[-1] for call in desk.owed()] == ["修水管改到明天上午十点半了。"]
    desk.ledger.cancel(number, by="lijing")
    assert desk.owed() == []


def test_a_part_of_the_day_is_told_where_no_hour_is_known(desk: Desk) -> None:
    number = desk.file("appointment", department="眼科", date="2026-11-24", part="morning")
    desk.ledger.change(number, by="lijing", slots={"part": "afternoon"})
    assert [call.says[-1] for call in desk.owed()] == ["挂号改到明天下午了。"]


def test_what_happened_while_the_line_was_down_is_told_when_it_is_back(desk: Desk) -> None:
    assert desk.owed() == []
    number = desk.file("housekeeping", **PLUMBER)
    desk.ledger.change(number, by="lijing", slots={"time": "10:30"})
    desk.now += HOUR
    desk.notices = desk.started()
    (call,) = desk.owed()
    assert call.until == NINE + 4 * HOUR


def test_how_it_was_done_is_asked_once_a_day_and_not_of_alarms(desk: Desk) -> None:
    zhang = desk.ledger.upsert_resident(Resident("张桂英", phones=("13800000001",)))
    for intent in ("taxi", "meal", "operator"):
        request = desk.ledger.file(FiledRequest(intent, resident=zhang.id))
        handling.accept(desk.ledger, request.number, by="lijing")
        desk.ledger.advance(request.number, "done", by="lijing")
    (call,) = desk.owed()
    assert (call.kind, call.phone) == ("closing", "13800000001")
    assert "叫车" in call.says[1]
    assert call.not_before == NINE + 15 * MINUTE
    number = next(iter(desk.ledger.requests())).number
    desk.ledger.advance(number, "accepted", by="lijing", note="还没办好")
    assert desk.owed() == []


def test_each_kind_can_be_switched_off(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "ledger.db", meal=False, moved=False, closing=False)
    with desk.ledger:
        meal, pipe = desk.file("meal", meal="lunch"), desk.file("housekeeping", **PLUMBER)
        handling.assign(desk.ledger, meal, "社区食堂", by="lijing")
        desk.ledger.change(pipe, by="lijing", slots={"time": "10:30"})
        desk.ledger.advance(meal, "done", by="lijing")
        assert desk.owed() == []
