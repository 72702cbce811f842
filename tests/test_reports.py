"""Reports count what the ledger tells: nothing twice, nothing left out, nobody named."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wall import MONDAY, Wall

from linli.limits import limits
from station import (
    callbacks,
    facts,
    forgetting,
    handling,
    merging,
    reports,
    retention,
    satisfaction,
)
from station.callbacks import MissedCall
from station.figures import Figures
from station.ledger import Ledger
from station.period import Period
from station.recordings import Recordings
from station.reports import Report
from station.requests import FiledRequest
from station.residents import Resident
from station.retention import Rules
from station.tally import Wanted
from station.utterances import Conversation, Utterance

NOVEMBER = Period.parse("2026-11")


def told(ledger: Ledger, period: Period = NOVEMBER, **wanted: Any) -> Report:
    return reports.make(
        ledger.store, Wanted(period, **wanted), limits=limits()["console"], now=ledger.now()
    )


def file(ledger: Ledger, intent: str = "meal", **fields: Any) -> str:
    return ledger.file(FiledRequest(intent, **fields)).number


def test_a_request_is_counted_from_asking_to_closing(ledger: Ledger, wall: Wall) -> None:
    number = file(ledger, "taxi", channel="phone")
    wall.time += timedelta(seconds=200)
    handling.accept(ledger, number, by="lijing")
    wall.time += timedelta(seconds=300)
    ledger.advance(number, "done", by="lijing")
    whole = told(ledger).whole
    assert (whole.filed, whole.done, whole.open, whole.in_time, whole.late) == (1, 1, 0, 1, 0)
    assert (whole.answered.median, whole.closed.median) == (200, 500)


@pytest.mark.parametrize(
    ("fields", "seconds", "in_time"),
    [
        ({"intent": "taxi"}, 300, True),
        ({"intent": "taxi"}, 301, False),
        ({"intent": "meal"}, 900, True),
        ({"intent": "meal"}, 901, False),
        ({"intent": "meal", "priority": "urgent"}, 301, False),
    ],
)
def test_the_limit_is_that_of_the_board(
    ledger: Ledger, wall: Wall, fields: dict[str, Any], seconds: int, in_time: bool
) -> None:
    number = file(ledger, **fields)
    wall.time += timedelta(seconds=seconds)
    handling.accept(ledger, number, by="lijing")
    assert (told(ledger).whole.in_time, told(ledger).whole.late) == (in_time, not in_time)


def test_who_still_waits_beyond_the_limit_is_late_and_who_withdrew_waits_for_nobody(
    ledger: Ledger, wall: Wall
) -> None:
    file(ledger)
    ledger.cancel(file(ledger), by="elder", note="不要了")
    assert told(ledger).whole.late == 0
    wall.time += timedelta(minutes=16)
    whole = told(ledger).whole
    assert (whole.late, whole.in_time, whole.answered.n, whole.cancelled) == (1, 0, 0, 1)


def test_an_answer_that_was_taken_back_was_an_answer(ledger: Ledger, wall: Wall) -> None:
    number = file(ledger)
    wall.time += timedelta(seconds=60)
    handling.accept(ledger, number, by="lijing")
    handling.undo(ledger, number, by="lijing", within=timedelta(minutes=10))
    wall.time += timedelta(seconds=600)
    handling.accept(ledger, number, by="wangfang")
    assert told(ledger).whole.answered.median == 60


def test_a_clock_that_was_set_back_makes_nobody_answer_before_they_were_asked(
    ledger: Ledger, wall: Wall
) -> None:
    number = file(ledger)
    wall.time -= timedelta(hours=1)
    handling.accept(ledger, number, by="lijing")
    ledger.advance(number, "done", by="lijing")
    whole = told(ledger).whole
    assert (whole.answered.median, whole.closed.median, whole.in_time) == (0, 0, 1)


def test_emergencies_tell_the_seconds_until_somebody_confirmed(ledger: Ledger, wall: Wall) -> None:
    filed = FiledRequest("emergency", kind="emergency", priority="emergency")
    confirmed, taken, _ = (ledger.file(filed_).number for filed_ in (
        filed, FiledRequest("emergency", kind="emergency", priority="emergency"),
        FiledRequest("emergency", kind="emergency", priority="emergency")))  # fmt: skip
    wall.time += timedelta(seconds=40)
    handling.acknowledge(ledger, confirmed, by="lijing")
    wall.time += timedelta(seconds=40)
    handling.accept(ledger, taken, by="lijing")
    whole = told(ledger).whole
    assert (whole.alarms, whole.unconfirmed, whole.urgent) == (3, 1, 3)
    assert sorted(whole.confirmed.counts) == [40, 80]


def test_only_what_staff_put_right_is_a_correction(ledger: Ledger) -> None:
    mended, by_elder, undone, noted = (file(ledger, "taxi") for _ in range(4))
    ledger.change(mended, by="lijing", slots={"destination": "医院"})
    ledger.change(mended, by="lijing", intent="meal")
    ledger.change(by_elder, by="elder", slots={"destination": "医院"})
    ledger.change(undone, by="lijing", slots={"destination": "医院"})
    handling.undo(ledger, undone, by="lijing", within=timedelta(minutes=10))
    ledger.change(noted, by="lijing", note="带伞")
    assert told(ledger).whole.corrected == 1


def test_recognition_is_told_by_what_was_heard(ledger: Ledger) -> None:
    now = ledger.now()
    ledger.keep_conversation(Conversation("talk", "phone", now))
    for n, (text, sure) in enumerate([("去医院", 0.9), ("两个人", 0.6), ("", 0.1)], 1):
        ledger.add_utterance(Utterance("talk", n, now, text=text, confidence=sure))
    file(ledger, conversation="talk", channel="phone")
    file(ledger)
    report = told(ledger)
    assert report.whole.heard.counts == {75: 1}
    assert report.whole.calls == 1


def test_missed_calls_tell_how_soon_they_were_returned(ledger: Ledger, wall: Wall) -> None:
    for uid, wait in (("a", 600), ("b", 3600), ("c", None)):
        call = MissedCall(uid, wall.time, "13800000002", "busy", wall.time)
        entry = callbacks.enter(ledger.store, call)
        if wait is not None:
            at = wall.time + timedelta(seconds=wait)
            callbacks.settle(ledger.store, entry.id, by="lijing", at=at)
    report = told(ledger)
    assert (report.whole.missed, report.whole.returned.n, report.whole.returned_in_time) == (
        3,
        2,
        1,
    )
    assert report.channels["phone"].missed == report.times["2026-11-23"].missed == 3
    assert told(ledger, intent="meal").whole.missed == 0
    assert told(ledger, channel="kiosk").whole.missed == 0
    assert told(ledger, channel="phone").whole.missed == 3


def test_elders_scores_are_counted_where_somebody_asked(ledger: Ledger, wall: Wall) -> None:
    first, second, _ = (ledger.request(file(ledger)).id for _ in range(3))
    satisfaction.keep(ledger.store, first, 3, "key", wall.time)
    assert told(ledger).whole.pleased.counts == {3: 1}
    satisfaction.keep(ledger.store, second, 1, "word", wall.time)
    satisfaction.keep(ledger.store, first, 2, "staff", wall.time)
    assert told(ledger).whole.pleased.counts == {1: 1, 2: 1}


def test_two_requests_that_became_one_are_counted_once(ledger: Ledger) -> None:
    first, second = file(ledger), file(ledger)
    merging.merge(ledger, first, second, by="lijing")
    whole = told(ledger).whole
    assert (whole.filed, whole.cancelled, whole.open) == (1, 0, 1)


def test_what_is_asked_for_is_counted_and_nothing_else(ledger: Ledger, wall: Wall) -> None:
    east = ledger.upsert_resident(Resident("王秀英", village="东村")).id
    file(ledger, "taxi", channel="phone", resident=east)
    file(ledger, "meal")
    wall.time = MONDAY.replace(month=12, day=1)
    file(ledger, "meal", channel="phone")
    assert told(ledger).whole.filed == 2
    assert told(ledger, Period.parse("2026")).whole.filed == 3
    assert told(ledger, intent="taxi").whole.filed == 1
    assert told(ledger, channel="kiosk").whole.filed == 1
    assert told(ledger, village="东村").whole.filed == 1
    assert told(ledger, village="").whole.filed == 1
    assert list(told(ledger).villages) == ["", "东村"]
    assert told(ledger, Period.parse("2026-11-23")).times["09"].filed == 2
    assert told(ledger, Period.parse("2026")).times["2026-12"].filed == 1
    assert told(ledger, Period.parse("2027")).whole == Figures()


@settings(
    deadline=None, max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    deeds=st.lists(
        st.tuples(
            st.sampled_from(["taxi", "meal", "emergency"]),
            st.sampled_from(["kiosk", "phone"]),
            st.integers(0, 40 * 86_400),
            st.sampled_from(["", "accept", "done", "cancel"]),
            st.integers(0, 7_200),
        ),
        max_size=12,
    )
)
def test_every_table_adds_up_to_the_whole(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[tuple[Any, ...]]
) -> None:
    wall = Wall()
    with Ledger.open(tmp_path_factory.mktemp("sum") / "ledger.db", clock=wall) as ledger:
        for intent, channel, after, deed, waits in deeds:
            wall.time = MONDAY.replace(day=1) + timedelta(seconds=after)
            number = file(ledger, intent, channel=channel)
            wall.time += timedelta(seconds=waits)
            if deed in {"accept", "done"}:
                handling.accept(ledger, number, by="lijing")
            if deed == "done":
                ledger.advance(number, "done", by="lijing")
            if deed == "cancel":
                ledger.cancel(number, by="elder", note="不要了")
        wall.time = MONDAY.replace(month=12, day=20)
        report = told(ledger, Period.parse("2026-11-01..2026-12-20"))
        assert report.whole.filed == len(deeds)
        for table in (report.times, report.services, report.channels, report.villages):
            assert sum(table.values(), Figures()) == report.whole
        assert report.whole.answered.n == report.whole.in_time + (
            report.whole.late - sum(deed == "" for _, _, _, deed, _ in deeds)
        )


def test_counting_again_looks_only_at_what_is_new(ledger: Ledger) -> None:
    numbers = [file(ledger) for _ in range(3)]
    assert facts.refresh(ledger.store) == 3
    assert facts.refresh(ledger.store) == 0
    ledger.cancel(numbers[1], by="lijing", note="重复")
    assert facts.refresh(ledger.store) == 1
    assert told(ledger).whole.cancelled == 1


def test_many_requests_are_counted_in_steps(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "BATCH", 7)
    ledger.file_all([FiledRequest("meal") for _ in range(50)])
    assert facts.refresh(ledger.store) == 50
    assert told(ledger).whole.filed == 50


@pytest.mark.parametrize("counted", [True, False], ids=["counted before", "never counted"])
def test_figures_stay_when_their_requests_are_erased(
    ledger: Ledger, wall: Wall, tmp_path: Path, counted: bool
) -> None:
    number = file(ledger)
    ledger.cancel(number, by="lijing", note="重复")
    before = told(ledger).whole if counted else Figures(filed=1, cancelled=1)
    wall.time += timedelta(days=400)
    recordings = Recordings(tmp_path / "recordings", reserve=0)
    assert retention.sweep(ledger.store, recordings, Rules(), wall.time).requests == 1
    file(ledger)  # life goes on
    after = told(ledger).whole
    assert (after.filed, after.cancelled) == (before.filed, before.cancelled) == (1, 1)


def test_who_is_forgotten_leaves_no_village_behind(ledger: Ledger) -> None:
    east = ledger.upsert_resident(Resident("王秀英", village="东村"))
    number = file(ledger, resident=east.id)
    ledger.cancel(number, by="lijing", note="重复")
    assert list(told(ledger).villages) == ["东村"]
    forgetting.forget(ledger.store, east.id or 0, by="wangfang", at=ledger.now())
    assert list(told(ledger).villages) == [""]
    assert "东村" not in str(ledger.store.read("SELECT * FROM facts"))
