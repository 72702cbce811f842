"""Staff take, give away, confirm and take back, and the ledger tells all of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from wall import Wall

from station import handling
from station.errors import ConflictError, StatusError, UnknownRequest
from station.handling import UndoError
from station.ledger import Ledger
from station.listing import Filter
from station.requests import FiledRequest
from station.residents import Resident

TEN = timedelta(minutes=10)


@pytest.fixture
def number(ledger: Ledger) -> str:
    return ledger.file(FiledRequest("taxi", {"destination": "火车站"})).number


@pytest.fixture
def alarm(ledger: Ledger) -> str:
    filed = FiledRequest("emergency", {"kind": "fall"}, kind="emergency", priority="emergency")
    return ledger.file(filed).number


def test_who_accepts_a_request_sees_to_it(ledger: Ledger, number: str) -> None:
    taken = handling.accept(ledger, number, by="李静")
    assert (taken.status, taken.assigned) == ("accepted", "李静")
    with pytest.raises(StatusError, match="accepted → accepted"):
        handling.accept(ledger, number, by="王芳")


def test_a_new_request_is_accepted_on_its_way_to_who_fulfils_it(
    ledger: Ledger, number: str
) -> None:
    given = handling.assign(ledger, number, " 光明出租 ", by="李静")
    assert (given.status, given.assigned, given.version) == ("dispatched", "光明出租", 3)
    again = handling.assign(ledger, number, "张师傅", by="李静")
    assert (again.status, again.assigned) == ("dispatched", "张师傅")


@pytest.mark.parametrize("to", ["", "  "])
def test_nothing_is_given_to_nobody(ledger: Ledger, number: str, to: str) -> None:
    with pytest.raises(StatusError, match="name somebody"):
        handling.assign(ledger, number, to, by="李静")


def test_a_closed_request_is_given_to_nobody(ledger: Ledger, number: str) -> None:
    ledger.cancel(number, by="elder")
    with pytest.raises(StatusError, match="reopen"):
        handling.assign(ledger, number, "张师傅", by="李静")


def test_an_alarm_is_confirmed_once_and_the_seconds_are_known(
    ledger: Ledger, wall: Wall, alarm: str
) -> None:
    assert [each.number for each in handling.alarms(ledger)] == [alarm]
    wall.time += timedelta(seconds=17)
    seen = handling.acknowledge(ledger, alarm, by="李静")
    assert seen.acknowledged is not None
    assert seen.acknowledged - seen.created == timedelta(seconds=17)
    assert (seen.status, seen.assigned) == ("accepted", "李静")
    assert handling.alarms(ledger) == []
    wall.time += timedelta(seconds=5)
    assert handling.acknowledge(ledger, alarm, by="王芳") == seen


def test_what_is_no_alarm_is_not_confirmed(ledger: Ledger, number: str) -> None:
    with pytest.raises(StatusError, match="no alarm"):
        handling.acknowledge(ledger, number, by="李静")


def test_a_slip_of_the_hand_is_taken_back_with_everything_it_changed(
    ledger: Ledger, wall: Wall, number: str
) -> None:
    handling.accept(ledger, number, by="李静")
    ledger.advance(number, "done", by="李静", note="送到了")
    wall.time += timedelta(minutes=9)
    back = handling.undo(ledger, number, by="王芳", within=TEN)
    assert (back.status, back.closed, back.assigned) == ("accepted", None, "李静")
    done, undone = ledger.history(number)[-2:]
    assert (undone.undoes, undone.by) == (done.id, "王芳")


def test_a_corrected_slot_is_taken_back_and_a_new_one_removed(ledger: Ledger, number: str) -> None:
    ledger.change(number, by="李静", slots={"destination": "汽车站", "passengers": 2})
    ledger.remark(number, "打过电话", by="李静")
    back = handling.undo(ledger, number, by="李静", within=TEN)
    assert back.slots == {"destination": "火车站"}


def test_what_is_older_than_ten_minutes_stays(ledger: Ledger, wall: Wall, number: str) -> None:
    handling.accept(ledger, number, by="李静")
    wall.time += TEN + timedelta(seconds=1)
    assert handling.undoable(ledger, number, TEN) is None
    with pytest.raises(UndoError, match="within 10 minutes"):
        handling.undo(ledger, number, by="李静", within=TEN)


def test_neither_the_filing_nor_an_undoing_is_taken_back(ledger: Ledger, number: str) -> None:
    with pytest.raises(UndoError):
        handling.undo(ledger, number, by="李静", within=TEN)
    handling.accept(ledger, number, by="李静")
    handling.undo(ledger, number, by="李静", within=TEN)
    with pytest.raises(UndoError):
        handling.undo(ledger, number, by="李静", within=TEN)


def test_a_clock_that_jumped_back_keeps_nobody_from_undoing(
    ledger: Ledger, wall: Wall, number: str
) -> None:
    handling.accept(ledger, number, by="李静")
    wall.time -= timedelta(hours=3)
    assert handling.undo(ledger, number, by="李静", within=TEN).status == "new"


def test_who_looked_at_an_older_version_is_told(ledger: Ledger, number: str) -> None:
    seen = ledger.request(number).version
    handling.accept(ledger, number, by="王芳", version=seen)
    for deed in (
        lambda: handling.assign(ledger, number, "张师傅", by="李静", version=seen),
        lambda: handling.undo(ledger, number, by="李静", within=TEN, version=seen),
    ):
        with pytest.raises(ConflictError, match="changed meanwhile"):
            deed()


def test_a_number_that_is_not_there_is_told(ledger: Ledger) -> None:
    with pytest.raises(UnknownRequest):
        handling.accept(ledger, "0101-001", by="李静")


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("1123-00", ["1123-002", "1123-001"]),
        ("1123-002", ["1123-002"]),
        ("桂英", ["1123-001"]),
        ("张奶奶", ["1123-001"]),
        ("0101", ["1123-001"]),
        ("138-0000-0002", ["1123-002"]),
        ("%", []),
        ("_桂_", []),
        ("\\", []),
        ("\ud800", []),
        ("没有这个人", []),
    ],
)
def test_a_request_is_found_by_number_name_or_telephone(
    ledger: Ledger, search: str, found: list[str]
) -> None:
    zhang = ledger.upsert_resident(Resident("张桂英", called="张奶奶", phones=("0376-5550101",)))
    ledger.file(FiledRequest("taxi", resident=zhang.id))
    ledger.file(FiledRequest("meal", phone="13800000002", unfinished=True, priority="urgent"))
    wanted = Filter(search=search, newest_first=True)
    assert [each.number for each in ledger.requests(wanted)] == found


def test_the_list_is_narrowed_and_read_on_from_where_it_ended(ledger: Ledger) -> None:
    ledger.file_all(FiledRequest("taxi") for _ in range(3))
    urgent = ledger.file(FiledRequest("meal", priority="urgent", unfinished=True))
    assert [r.number for r in ledger.requests(Filter(priority="urgent"))] == [urgent.number]
    assert [r.number for r in ledger.requests(Filter(unfinished=True))] == [urgent.number]
    first = list(ledger.requests(Filter(newest_first=True, limit=2)))
    rest = list(ledger.requests(Filter(newest_first=True, after=first[-1].id)))
    assert [r.number for r in first + rest] == ["1123-004", "1123-003", "1123-002", "1123-001"]
