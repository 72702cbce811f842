"""The ledger keeps every request, tells its story and refuses nonsense."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wall import MONDAY, Wall

from station.errors import ConflictError, LedgerError, StatusError, UnknownRequest
from station.ledger import Ledger
from station.listing import Filter
from station.requests import WAYS, FiledRequest, Status


@pytest.fixture
def ledger(tmp_path: Path, wall: Wall) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db", clock=wall) as opened:
        yield opened


def taxi(**fields: Any) -> FiledRequest:
    return FiledRequest("taxi", fields.pop("slots", {"destination": "人民医院"}), **fields)


def test_a_filed_request_is_read_back_as_it_was_filed(ledger: Ledger) -> None:
    filed = taxi(slots={"destination": "人民医院", "passengers": 2}, summary="到人民医院，两个人。")
    request = ledger.file(filed)
    assert request == ledger.request("1123-001")
    assert request.slots == {"destination": "人民医院", "passengers": 2}
    assert (request.status, request.created, request.summary) == ("new", MONDAY, filed.summary)


def test_numbers_are_short_and_start_anew_each_day(ledger: Ledger, wall: Wall) -> None:
    first_day = [ledger.file(taxi()).number for _ in range(3)]
    wall.time += timedelta(days=1)
    assert [*first_day, ledger.file(taxi()).number] == [
        "1123-001",
        "1123-002",
        "1123-003",
        "1124-001",
    ]


def test_a_clock_that_jumps_back_gives_no_number_twice(ledger: Ledger, wall: Wall) -> None:
    numbers = [ledger.file(taxi()).number]
    wall.time += timedelta(days=1)
    numbers.append(ledger.file(taxi()).number)
    wall.time -= timedelta(days=1, hours=3)
    numbers.append(ledger.file(taxi()).number)
    assert numbers == ["1123-001", "1124-001", "1123-002"]


def test_a_number_that_comes_again_after_a_year_means_the_newest(
    ledger: Ledger, wall: Wall
) -> None:
    old = ledger.file(taxi())
    wall.time = MONDAY.replace(year=2027)
    new = ledger.file(taxi(slots={"destination": "火车站"}))
    assert old.number == new.number
    assert ledger.request(new.number).uid == new.uid


def test_filing_the_same_identity_again_changes_nothing(ledger: Ledger) -> None:
    filed = taxi()
    assert ledger.file(filed) == ledger.file(filed)
    assert len(list(ledger.requests())) == 1


def test_what_has_no_slot_is_kept_as_a_note(ledger: Ledger) -> None:
    request = ledger.file(taxi(slots={"destination": "医院", "note": "车要等我"}, note="急"))
    assert request.note == "急；车要等我"
    assert "note" not in request.slots


def test_a_request_of_an_unknown_resident_is_filed_all_the_same(ledger: Ledger) -> None:
    request = ledger.file(taxi(resident=77))
    assert request.resident is None
    assert ledger.history(request.number)[0].note == "resident 77 unknown"


def test_half_a_character_does_not_lose_a_request(ledger: Ledger) -> None:
    request = ledger.file(
        taxi(slots={"destination": "医\ud83d院"}, note="\ude00", summary="\ud800")
    )
    assert (request.slots["destination"], request.note, request.summary) == ("医?院", "?", "?")


def test_the_history_tells_who_changed_what_when_and_why(ledger: Ledger, wall: Wall) -> None:
    number = ledger.file(taxi(slots={"destination": "火车站", "passengers": 1})).number
    wall.time += timedelta(minutes=5)
    ledger.change(number, by="elder", slots={"destination": "汽车站", "passengers": None})
    ledger.advance(number, "accepted", by="李静")
    ledger.remark(number, "没人接电话", by="李静")
    ledger.cancel(number, by="elder", note="不去了")
    story = ledger.history(number)
    assert [(c.by, c.what, c.note) for c in story] == [
        ("elder", "filed", ""),
        ("elder", "changed", ""),
        ("李静", "status", ""),
        ("李静", "noted", "没人接电话"),
        ("elder", "status", "不去了"),
    ]
    assert story[1].old == {"slots": {"destination": "火车站", "passengers": 1}}
    assert story[1].new == {"slots": {"destination": "汽车站", "passengers": None}}
    assert (story[4].old, story[4].new) == ({"status": "accepted"}, {"status": "cancelled"})
    assert story[1].at == MONDAY + timedelta(minutes=5)
    request = ledger.request(number)
    assert request.slots == {"destination": "汽车站"}
    assert request.closed == wall.time


def test_a_change_that_changes_nothing_leaves_no_trace(ledger: Ledger) -> None:
    request = ledger.file(taxi())
    same = ledger.change(request.number, by="elder", slots={"destination": "人民医院"})
    assert same == request
    assert len(ledger.history(request.number)) == 1


@pytest.mark.parametrize("old", WAYS)
@pytest.mark.parametrize("new", WAYS)
def test_only_sensible_ways_are_open(ledger: Ledger, old: Status, new: Status) -> None:
    number = ledger.file(taxi()).number
    route: dict[Status, list[Status]]
    route = {"new": [], "accepted": ["accepted"], "dispatched": ["accepted", "dispatched"]}
    for step in route.get(old, ["accepted", old]):
        ledger.advance(number, step, by="李静", note="因为")
    if new in WAYS[old]:
        assert ledger.advance(number, new, by="李静", note="因为").status == new
    else:
        with pytest.raises(StatusError, match=f"request {number}: {old} → {new} is not possible"):
            ledger.advance(number, new, by="李静", note="因为")
        assert ledger.request(number).status == old


def test_failing_and_reopening_need_a_reason(ledger: Ledger) -> None:
    number = ledger.file(taxi()).number
    with pytest.raises(StatusError, match="needs a reason"):
        ledger.advance(number, "failed", by="李静", note=" ")
    ledger.advance(number, "failed", by="李静", note="没有车")
    with pytest.raises(StatusError, match="needs a reason"):
        ledger.advance(number, "accepted", by="李静")


def test_a_status_nobody_knows_is_refused_with_the_known_ones(ledger: Ledger) -> None:
    number = ledger.file(taxi()).number
    with pytest.raises(StatusError, match="'lost' is no status: use one of new, accepted"):
        ledger.advance(number, "lost", by="李静")  # type: ignore[arg-type]


def test_a_closed_request_is_reopened_before_it_is_changed(ledger: Ledger) -> None:
    number = ledger.file(taxi()).number
    ledger.cancel(number, by="elder")
    with pytest.raises(StatusError, match="reopen it first"):
        ledger.change(number, by="elder", slots={"destination": "家"})
    ledger.advance(number, "accepted", by="李静", note="又要去了")
    assert ledger.change(number, by="elder", slots={"destination": "家"}).closed is None


def test_a_remark_made_meanwhile_is_in_nobodys_way(ledger: Ledger) -> None:
    request = ledger.file(FiledRequest("taxi"))
    ledger.remark(request.number, "打了电话，没人接。", by="王强")
    changed = ledger.change(request.number, by="李静", note="轮椅", version=request.version)
    assert (changed.note, changed.version) == ("轮椅", 3)
    with pytest.raises(ConflictError):
        ledger.change(request.number, by="王强", note="两人", version=4)


def test_two_people_who_saw_the_same_version_do_not_overwrite_each_other(ledger: Ledger) -> None:
    request = ledger.file(taxi())
    ledger.change(request.number, by="李静", note="轮椅", version=request.version)
    with pytest.raises(ConflictError, match="you saw version 1, it is 2"):
        ledger.change(request.number, by="王强", note="两人", version=request.version)
    assert ledger.request(request.number).note == "轮椅"


def test_an_unknown_number_is_named(ledger: Ledger) -> None:
    with pytest.raises(UnknownRequest, match="'1123-999' is not in the ledger"):
        ledger.cancel("1123-999", by="elder")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE events SET by = 'nobody'",
        "DELETE FROM events",
        "UPDATE requests SET status = 'accepted'",
        "UPDATE requests SET status = 'accepted', version = version + 1",
        "UPDATE requests SET note = 'x', version = 1",
        "DELETE FROM requests",
        "INSERT OR REPLACE INTO events SELECT * FROM events",
        "INSERT INTO events (request_id, version, at, by, what) VALUES (1, 7, '', 'x', 'noted')",
        "INSERT INTO conversations (id, started, channel, consent) VALUES ('c', '', 'phone', 7)",
    ],
)
def test_even_a_database_shell_cannot_rewrite_history(ledger: Ledger, sql: str) -> None:
    number = ledger.file(taxi()).number
    before = (ledger.request(number), ledger.history(number))
    shell = sqlite3.connect(ledger.store.path)
    shell.execute("PRAGMA recursive_triggers = ON")
    with pytest.raises(sqlite3.IntegrityError):
        shell.execute(sql)
    shell.close()
    assert (ledger.request(number), ledger.history(number)) == before


def test_a_row_that_its_events_do_not_explain_is_found(ledger: Ledger) -> None:
    number = ledger.file(taxi()).number
    assert ledger.contradictions() == []
    shell = sqlite3.connect(ledger.store.path)
    shell.execute("DROP TRIGGER requests_change_with_an_event")
    shell.execute("UPDATE requests SET note = 'x'")
    shell.commit()
    shell.close()
    assert ledger.contradictions() == [f"{number}: its events tell something else than its row"]


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("advance"), st.sampled_from(sorted(WAYS))),
        st.tuples(
            st.just("change"),
            st.dictionaries(
                st.sampled_from(["date", "items", "note", "x"]),
                st.one_of(st.none(), st.text(max_size=5), st.lists(st.integers(0, 3), max_size=2)),
                max_size=3,
            ),
        ),
        st.tuples(st.just("remark"), st.text(max_size=5)),
    ),
    max_size=12,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=_STEPS)
def test_the_events_alone_rebuild_every_request(ledger: Ledger, steps: list[Any]) -> None:
    number = ledger.file(taxi()).number
    for deed, what in steps:
        try:
            if deed == "advance":
                ledger.advance(number, what, by="李静", note="因为")
            elif deed == "change":
                ledger.change(number, by="elder", slots=what)
            else:
                ledger.remark(number, what, by="李静")
        except StatusError:
            pass
    assert ledger.contradictions() == []


def test_lists_are_filtered_ordered_and_paged(
    ledger: Ledger, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("station.listing.PAGE", 2)
    for intent in ["taxi", "meal", "taxi", "meal", "taxi"]:
        ledger.file(FiledRequest(intent, channel="phone" if intent == "meal" else "kiosk"))
        wall.time += timedelta(hours=8)
    ledger.cancel("1123-001", by="elder")

    def numbers(wanted: Filter) -> list[str]:
        return [request.number for request in ledger.requests(wanted)]

    assert numbers(Filter()) == ["1123-001", "1123-002", "1124-001", "1124-002", "1124-003"]
    assert numbers(Filter(newest_first=True, limit=3)) == ["1124-003", "1124-002", "1124-001"]
    assert numbers(Filter(intent="taxi")) == ["1123-001", "1124-001", "1124-003"]
    assert numbers(Filter(status=("cancelled", "done"))) == ["1123-001"]
    assert numbers(Filter(channel="phone", day=date(2026, 11, 24))) == ["1124-002"]
    assert numbers(Filter(since=MONDAY + timedelta(hours=8), until=wall.time, limit=2)) == [
        "1123-002",
        "1124-001",
    ]


def test_a_stranger_is_not_told_the_neighbours_requests(ledger: Ledger) -> None:
    ledger.file(taxi(phone="0376-6222333"))
    assert ledger.open_requests(None) == []
    assert [r.phone for r in ledger.open_requests(phone="03766222333")] == ["0376-6222333"]


def test_another_program_sees_a_new_request_within_a_second(ledger: Ledger) -> None:
    seen: list[tuple[str, float]] = []
    ready, stop = threading.Event(), threading.Event()

    def console() -> None:
        with Ledger.open(ledger.store.path) as own:
            since = own.newest_change()
            ready.set()
            for change in own.watch(since, stop=stop):
                seen.append((change.number, time.monotonic()))
                stop.set()

    watcher = threading.Thread(target=console)
    watcher.start()
    assert ready.wait(20)
    ledger.file(taxi())
    watcher.join(20)
    assert [number for number, _ in seen] == ["1123-001"]


def test_threads_share_one_ledger(ledger: Ledger) -> None:
    def work() -> None:
        for _ in range(20):
            ledger.file(taxi())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({request.number for request in ledger.requests()}) == 80
    assert ledger.contradictions() == []


def test_several_requests_are_filed_together_or_not_at_all(ledger: Ledger) -> None:
    with pytest.raises(LedgerError) as caught:
        ledger.file_all([taxi(), taxi(channel="pigeon")])
    assert caught.value.code == "refused"
    assert list(ledger.requests()) == []


def test_what_is_promised_is_synchronised_to_the_disk(ledger: Ledger) -> None:
    with ledger.store.writing("look") as db:
        assert db.execute("PRAGMA synchronous").fetchone()[0] == 2
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert db.execute("PRAGMA foreign_keys").fetchone()[0] == 1


def test_a_closed_ledger_says_so(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger.db")
    ledger.close()
    with pytest.raises(LedgerError, match="the ledger has been closed"):
        ledger.file(taxi())
