"""Whatever fails on the line, the caller reaches a person or hears when one calls: real calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from likeness import likeness
from little_linli import LittleLinli, Manner
from patience import until
from telephone import Line, spoken, telephone_line

from ivr.missed import missed
from linli.limits import limit
from linli.missed_calls import take
from linli.paths import ASSETS
from linli.wiring import station_facts
from station import callbacks
from station.clock import now
from station.ledger import Ledger

CLIPS = ASSETS / "samples" / "clips"
ELDER = CLIPS / "04-taxi-destination-0-0.ogg"
STAFF = CLIPS / "03-housekeeping-service_name-0-0.ogg"
CLEAR = 0.9
"""Likeness of a sound that was heard; another voice comes to about 0.6."""


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    with telephone_line() as running:
        yield running


def linli(line: Line, manner: Manner = "talks", sound: Path | None = None) -> LittleLinli:
    return LittleLinli(line.settings.phone.media_port, line.passwords.media, manner, sound)


def assert_both_hear_each_other(line: Line, folder: Path) -> float:
    """101 calls, the desk answers; gives the seconds until a person was there."""
    desk_hears, elder_hears = folder / "desk.wav", folder / "elder.wav"
    with line.desk("801", record=desk_hears, play=STAFF, hangup_after=4) as desk:
        desk.wait_for("registered")
        with line.phone("101", "1", record=elder_hears, play=ELDER) as elder:
            elder.wait_for("ready")
            told = elder.finish()
            desk.finish()
    assert told["code"] == 200
    assert likeness(desk_hears, ELDER) > CLEAR
    assert likeness(elder_hears, STAFF) > CLEAR
    return float(told["answered"])


def test_a_dead_linli_means_a_person_and_both_hear_each_other(line: Line, tmp_path: Path) -> None:
    assert_both_hear_each_other(line, tmp_path)


@pytest.mark.parametrize("manner", ["mute", "deaf", "refuses"])
def test_a_linli_that_does_not_take_the_call_means_a_person(
    line: Line, tmp_path: Path, manner: Manner
) -> None:
    with linli(line, manner):
        assert_both_hear_each_other(line, tmp_path)


def test_a_linli_that_dies_in_the_middle_means_a_person(line: Line) -> None:
    with linli(line) as media, line.desk("801", hangup_after=1) as desk:
        desk.wait_for("registered")
        with line.phone("101", "1") as elder:
            elder.wait_for("answered")
            media.wait_for_call()
            media.die()
            assert "03765550601" in desk.wait_for("incoming")["caller"]
            assert elder.finish()["code"] == 200


def test_linli_is_told_who_calls_on_which_line_and_in_which_quality(line: Line) -> None:
    with linli(line) as media, line.phone("101", "88", codec="G722/16000/1") as elder:
        call = media.wait_for_call()
        elder.wait_for("answered")
        assert (call["number"], call["line"], call["why"]) == ("03765550601", "88", "call")
        media.wait_for_sound()
        elder.order("hangup")
        assert elder.finish()["rtp"]["codec"] == "G722"
    assert {len(block) for block in media.heard} == {640}


def test_nobody_at_the_desks_means_a_promise_and_a_message_that_are_kept(
    line: Line, tmp_path: Path
) -> None:
    heard = tmp_path / "heard.wav"
    for entry in missed(line.folders.missed):
        entry.done()  # of the tests before
    with line.phone("101", "1", record=heard, longest=40) as elder:
        elder.wait_for("answered")
        (early,) = missed(line.folders.missed)  # written down before anything is promised
        assert early.number == "03765550601"
        until(early.message.exists)  # all that is said before has been heard
        elder.order(f"play {ELDER}")
        elder.finish(40)
    for sound in ("busy", "promise-soon", "urgent", "leave", "tone", "kept"):
        assert likeness(heard, line.folders.sounds / f"{sound}.wav") > CLEAR, sound
    (entry,) = missed(line.folders.missed)
    assert (entry.why, entry.promise) == ("busy", "promise-soon")
    assert entry.due(line.settings.hours, timedelta(minutes=15)) - entry.at == timedelta(minutes=15)
    assert likeness(entry.message, ELDER) > CLEAR
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        assert take(line.settings, ledger, line.folders) == 1
        assert take(line.settings, ledger, line.folders) == 0
        (waiting,) = callbacks.waiting(ledger.store)
        assert (waiting.phone, waiting.message) == ("03765550601", entry.message.name)


def test_where_nothing_can_be_written_down_nothing_is_promised(line: Line, tmp_path: Path) -> None:
    heard = tmp_path / "heard.wav"
    line.folders.missed.chmod(0o500)  # as good as a full disk
    try:
        with line.phone("101", "1", record=heard) as elder:
            elder.wait_for("answered")
            elder.finish(40)
    finally:
        line.folders.missed.chmod(0o700)
    for sound in ("unkept", "urgent"):
        assert likeness(heard, line.folders.sounds / f"{sound}.wav") > CLEAR, sound
    for sound in ("promise-soon", "kept"):
        assert likeness(heard, line.folders.sounds / f"{sound}.wav") < CLEAR, sound


def test_out_of_hours_the_caller_hears_when_somebody_will_call(tmp_path: Path) -> None:
    heard = tmp_path / "heard.wav"
    tomorrow = now().isoweekday() % 7 + 1
    with telephone_line(days=[tomorrow]) as line, line.phone("101", "1", record=heard) as elder:
        elder.wait_for("answered")
        (entry,) = missed(line.folders.missed)
        until(entry.message.exists)
        elder.order("hangup")
        elder.finish()
    assert (entry.why, entry.promise) == ("closed", "promise-tomorrow")
    for sound in ("closed", "promise-tomorrow"):
        assert likeness(heard, line_sound(sound)) > CLEAR, sound
    assert likeness(heard, line_sound("busy")) < CLEAR


def test_a_station_that_never_closes_is_open_in_the_last_minute_of_the_day(line: Line) -> None:
    assert "${CLOCK} >= 2400]" in (line.folders.etc / "extensions.conf").read_text("utf-8")
    facts = station_facts(line.settings)
    assert all(facts.operator_now(datetime(2026, 11, 23, 23, 59, s)) for s in (0, 30, 59))


def test_key_nine_in_the_message_rings_people_at_any_hour() -> None:
    tomorrow = now().isoweekday() % 7 + 1
    with telephone_line(days=[tomorrow]) as line, line.desk("802", hangup_after=0.5) as desk:
        desk.wait_for("registered")
        with line.phone("101", "1", keys="9") as elder:
            assert "03765550601" in desk.wait_for("incoming")["caller"]
            assert elder.finish()["code"] == 200


def line_sound(name: str) -> Path:
    """One of Asterisk's own sounds; they are the same on every line."""
    return spoken() / f"{name}.wav"


def test_more_calls_of_one_number_than_bind_go_to_a_person(line: Line) -> None:
    with linli(line) as media, line.desk("801", hangup_after=0.5) as desk:
        desk.wait_for("registered")
        with ExitStack() as opened:
            for _ in range(limit("line.talks_of_a_number")):
                caller = opened.enter_context(line.carrier("13900001111"))
                media.wait_for_call()
                caller.wait_for("answered")
            with line.carrier("13900001111") as one_more:
                assert "13900001111" in desk.wait_for("incoming")["caller"]
                assert one_more.finish()["code"] == 200
            assert len(media.calls) == limit("line.talks_of_a_number")
