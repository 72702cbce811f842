"""A request's story: who changed what, which ways are open, and that nothing is rewritten."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wall import MONDAY, Wall

from station.errors import ConflictError, StatusError
from station.ledger import Ledger
from station.requests import WAYS, FiledRequest, Status


def taxi(**fields: Any) -> FiledRequest:
    return FiledRequest("taxi", fields.pop("slots", {"destination": "人民医院"}), **fields)


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
