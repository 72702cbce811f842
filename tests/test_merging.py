"""Two requests for the same thing become one: nothing is lost, and it can be taken back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wall import Wall

from intents.types import File
from linli.desk import LedgerDesk
from station import alike, handling, merging
from station.errors import ConflictError, LedgerError, StatusError
from station.handling import UndoError
from station.ledger import Ledger
from station.proof import Proofs
from station.requests import FiledRequest, Request
from station.residents import Resident

TEN = timedelta(minutes=10)


@pytest.fixture
def zhang(ledger: Ledger) -> int:
    known = ledger.upsert_resident(Resident("张桂英", phones=("0376-5550101",)))
    assert known.id is not None
    return known.id


def taxi(ledger: Ledger, destination: str = "人民医院", **fields: Any) -> Request:
    slots = {"destination": destination, "date": "2026-11-24", **fields.pop("slots", {})}
    return ledger.file(FiledRequest("taxi", slots, **fields))


def test_the_older_one_goes_on_and_the_other_names_it(ledger: Ledger, zhang: int) -> None:
    first = taxi(ledger, resident=zhang, channel="kiosk", note="带轮椅")
    second = taxi(ledger, phone="05550101", channel="phone", note="到二楼", priority="urgent",
                  slots={"time": "08:00"})  # fmt: skip
    kept = merging.merge(ledger, second.number, first.number, by="lijing")
    assert kept.number == first.number
    assert kept.slots == {"destination": "人民医院", "date": "2026-11-24", "time": "08:00"}
    assert (kept.note, kept.priority, kept.absorbed) == (
        "带轮椅；到二楼", "urgent", (second.uid,)
    )  # fmt: skip
    ended = ledger.request(second.number)
    assert (ended.status, ended.merged) == ("cancelled", first.uid)
    assert ended.slots == second.slots
    assert merging.standing(ledger.store, ended).number == first.number
    assert [each.number for each in merging.family(ledger.store, kept)] == [second.number]


def test_the_one_that_is_further_along_goes_on(ledger: Ledger, zhang: int) -> None:
    first, second = taxi(ledger, resident=zhang), taxi(ledger, resident=zhang)
    handling.assign(ledger, second.number, "光明出租", by="lijing")
    kept = merging.merge(ledger, first.number, second.number, by="lijing")
    assert (kept.number, kept.status) == (second.number, "dispatched")


def test_where_both_say_something_else_staff_choose(ledger: Ledger, zhang: int) -> None:
    first, second = (taxi(ledger, to, resident=zhang) for to in ("火车站", "汽车站"))
    kept = merging.merge(ledger, first.number, second.number, by="l", take={"destination"})
    assert kept.slots["destination"] == "汽车站"


def test_what_cannot_be_one_is_refused(ledger: Ledger, zhang: int) -> None:
    other = ledger.upsert_resident(Resident("李秀兰"))
    first, theirs = taxi(ledger, resident=zhang), taxi(ledger, resident=other.id)
    gone, way = taxi(ledger, resident=zhang), taxi(ledger, resident=zhang)
    ledger.cancel(gone.number, by="elder")
    for each in (first, way):
        handling.assign(ledger, each.number, "光明出租", by="l")
    alarms = [
        ledger.file(FiledRequest("emergency", {"kind": "fall"}, resident=zhang, kind="emergency"))
        for _ in "ab"
    ]
    refused: list[tuple[Request, Request, str]] = [
        (first, first, "one already"), (first, theirs, "two residents"),
        (first, gone, "cancelled"), (first, way, "on the way for both"),
        (first, alarms[0], "nothing but an alarm"), (alarms[0], alarms[1], "nobody has confirmed"),
    ]  # fmt: skip
    for one, two, said in refused:
        with pytest.raises(StatusError, match=said):
            merging.merge(ledger, one.number, two.number, by="l")
    for alarm in alarms:
        handling.acknowledge(ledger, alarm.number, by="l")
    merging.merge(ledger, alarms[0].number, alarms[1].number, by="l")


def test_who_merges_what_has_changed_meanwhile_sees_it_first(ledger: Ledger, zhang: int) -> None:
    first, second = taxi(ledger, resident=zhang), taxi(ledger, resident=zhang)
    ledger.change(second.number, by="elder", slots={"passengers": 2})
    with pytest.raises(ConflictError):
        merging.merge(ledger, first.number, second.number, by="l",
                      versions={first.number: 1, second.number: 1})  # fmt: skip
    assert ledger.request(first.number).version == 1


@pytest.mark.parametrize("side", [0, 1], ids=["from the one that goes on", "from the other"])
def test_a_merging_is_taken_back_from_either_side_on_both(
    ledger: Ledger, zhang: int, side: int
) -> None:
    pair = [taxi(ledger, resident=zhang, note=note, slots={note: 1}) for note in ("a", "b")]
    merging.merge(ledger, pair[0].number, pair[1].number, by="l")
    handling.undo(ledger, pair[side].number, by="w", within=TEN)
    for before in pair:
        after = ledger.request(before.number)
        told = (after.status, after.slots, after.note, after.merged, after.absorbed)
        assert told == (before.status, before.slots, before.note, "", ())
        assert ledger.history(before.number)[-1].undoes is not None
    with pytest.raises(UndoError):
        handling.undo(ledger, pair[side].number, by="w", within=TEN)


def test_what_staff_did_since_the_merging_stays_when_it_is_taken_back(
    ledger: Ledger, zhang: int
) -> None:
    first, second = taxi(ledger, resident=zhang), taxi(ledger, resident=zhang, note="x",
                                                       slots={"passengers": 2})  # fmt: skip
    merging.merge(ledger, first.number, second.number, by="l")
    ledger.change(first.number, by="l", slots={"passengers": 3})
    handling.accept(ledger, first.number, by="l")
    handling.undo(ledger, second.number, by="l", within=TEN)
    kept = ledger.request(first.number)
    assert (kept.status, kept.slots["passengers"], kept.note) == ("accepted", 3, "")
    assert ledger.request(second.number).is_open


def test_after_ten_minutes_or_a_closing_it_is_not_taken_back_half(
    ledger: Ledger, zhang: int, wall: Wall
) -> None:
    pairs = [[taxi(ledger, resident=zhang) for _ in "ab"] for _ in "ab"]
    for first, second in pairs:
        merging.merge(ledger, first.number, second.number, by="l")
    ledger.advance(pairs[0][0].number, "accepted", by="l")
    ledger.advance(pairs[0][0].number, "done", by="l")
    wall.time += TEN + timedelta(seconds=1)
    for pair in pairs:
        with pytest.raises(UndoError):
            handling.undo(ledger, pair[1].number, by="l", within=TEN)
        assert ledger.request(pair[1].number).merged


def test_what_was_another_matter_is_opened_again_with_a_reason(
    ledger: Ledger, zhang: int, wall: Wall
) -> None:
    first, second = taxi(ledger, resident=zhang), taxi(ledger, resident=zhang)
    merging.merge(ledger, first.number, second.number, by="l")
    wall.time += timedelta(days=1)
    with pytest.raises(StatusError, match="separate them"):
        ledger.advance(second.number, "accepted", by="l", note="x")
    with pytest.raises(StatusError):
        merging.separate(ledger, second.number, by="l", note="")
    opened = merging.separate(ledger, second.number, by="l", note="两趟车")
    assert (opened.status, opened.merged) == ("accepted", "")
    assert ledger.request(first.number).absorbed == ()
    with pytest.raises(StatusError, match="merged into none"):
        merging.separate(ledger, second.number, by="l", note="x")
    with pytest.raises(UndoError):
        handling.undo(ledger, first.number, by="l", within=TEN)


def test_who_asks_after_the_request_that_ended_finds_the_one_that_goes_on(
    ledger: Ledger, zhang: int
) -> None:
    first = taxi(ledger, resident=zhang, phone="13900000001")
    second, third = taxi(ledger, phone="13800000002"), taxi(ledger, phone="13700000003")
    merging.merge(ledger, second.number, third.number, by="l")
    merging.merge(ledger, first.number, second.number, by="l")
    for phone in ("13800000002", "13700000003", "13900000001"):
        found = ledger.open_requests(phone=phone)
        assert [each.number for each in found] == [first.number], phone
    assert ledger.open_requests(phone="13600000004") == []
    assert [each.number for each in ledger.open_requests(zhang)] == [first.number]


def test_an_elder_who_still_talks_of_it_changes_the_one_that_goes_on(
    ledger: Ledger, zhang: int, wall: Wall
) -> None:
    first, second = taxi(ledger, resident=zhang), taxi(ledger, phone="13800000002")
    desk = LedgerDesk(ledger, channel="phone", now=wall, phone="13800000002")
    merging.merge(ledger, first.number, second.number, by="l")
    assert desk.write(File("taxi", {"passengers": 3}, "changed", 0), second.number) == first.number
    assert desk.write(File("taxi", {}, "cancelled", 0), second.number) == first.number
    assert ledger.request(first.number).status == "cancelled"


def test_the_slip_of_a_merged_request_holds_as_long_as_the_one_that_goes_on(
    ledger: Ledger, zhang: int
) -> None:
    proofs, day = Proofs(b"k" * 32), date(2026, 11, 30)
    first, second = (ledger.file(FiledRequest("health_code", resident=zhang)) for _ in "ab")
    code = proofs.code(second, day)
    merging.merge(ledger, first.number, second.number, by="l")
    checked = proofs.check(code, ledger, day)
    assert checked.request is not None
    assert (checked.verdict, checked.request.number) == ("valid", first.number)
    ledger.cancel(first.number, by="l")
    assert proofs.check(code, ledger, day).verdict == "cancelled"


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ({}, {}, True),
        ({"date": "2026-11-24"}, {"date": "2026-11-25"}, False),
        ({"date": "2026-11-23"}, {}, True),
        ({"time": "08:00"}, {"time": "09:30"}, True),
        ({"time": "08:00"}, {"time": "09:31"}, False),
        ({"time": "08:00"}, {"part": "morning"}, True),
        ({"part": "evening"}, {"part": "morning"}, False),
        ({"service": "修灯"}, {"service": "通下水道"}, False),
        ({"service": "修灯"}, {}, True),
    ],
)
def test_only_what_may_be_the_same_is_suggested(
    ledger: Ledger, zhang: int, one: dict[str, str], two: dict[str, str], same: bool
) -> None:
    first = ledger.file(FiledRequest("housekeeping", one, resident=zhang))
    second = ledger.file(FiledRequest("housekeeping", two, phone="0376 555 0101"))
    ledger.file(FiledRequest("taxi", one, resident=zhang))
    ledger.file(FiledRequest("housekeeping", one, phone="13800000002"))
    found = [each.number for each in alike.doubles_of(ledger.store, first)]
    assert found == ([second.number] if same else [])


@given(
    deeds=st.lists(
        st.tuples(
            st.sampled_from(
                ["merge", "merge", "undo", "separate", "accept", "done", "cancel", "change",
                 "reopen", "minute"]
            ),
            st.integers(0, 3),
            st.integers(0, 3),
        ),
        max_size=14,
    )
)  # fmt: skip
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_staff_do_nothing_promised_is_lost(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[tuple[str, int, int]]
) -> None:
    wall = Wall()
    path = tmp_path_factory.mktemp("any") / "ledger.db"
    with Ledger.open(path, clock=wall) as ledger:
        numbers = [taxi(ledger, phone="13800000002", slots={f"s{n}": n}).number for n in range(4)]
        for what, one, two in deeds:
            wall.time += timedelta(minutes=4 if what == "minute" else 0)
            try:
                _do(ledger, what, numbers[one], numbers[two])
            except LedgerError:
                assert ledger.contradictions() == []
        assert ledger.contradictions() == []
        requests = [ledger.request(number) for number in numbers]
        uids = {each.uid: each for each in requests}
        for each in requests:
            assert each.slots[f"s{numbers.index(each.number)}"] is not None
            if each.merged:
                assert each.uid in uids[each.merged].absorbed
                assert not each.is_open
            for uid in each.absorbed:
                assert uids[uid].merged == each.uid
        waiting = {each.number for each in ledger.open_requests(phone="13800000002")}
        assert {merging.standing(ledger.store, each).number for each in requests
                if merging.standing(ledger.store, each).is_open} == waiting  # fmt: skip


def _do(ledger: Ledger, what: str, one: str, two: str) -> None:
    if what == "merge":
        merging.merge(ledger, one, two, by="l", take={"s0"})
    elif what == "undo":
        handling.undo(ledger, one, by="l", within=TEN)
    elif what == "separate":
        merging.separate(ledger, one, by="l", note="x")
    elif what == "accept":
        handling.accept(ledger, one, by="l")
    elif what == "change":
        ledger.change(one, by="l", slots={"passengers": 2})
    elif what in {"done", "cancel", "reopen"}:
        status = {"done": "done", "cancel": "cancelled", "reopen": "accepted"}[what]
        ledger.advance(one, status, by="l", note="x")  # type: ignore[arg-type]
