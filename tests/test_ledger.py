"""The ledger keeps every request, numbers it, and refuses nonsense."""

from __future__ import annotations

import threading
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from wall import MONDAY, Wall

from station.errors import LedgerError, UnknownRequest
from station.ledger import Ledger
from station.listing import Filter
from station.requests import FiledRequest


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


def test_an_unknown_number_is_named(ledger: Ledger) -> None:
    with pytest.raises(UnknownRequest, match="'1123-999' is not in the ledger"):
        ledger.cancel("1123-999", by="elder")


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
