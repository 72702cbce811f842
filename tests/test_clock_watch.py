"""A clock that was lost is told at once; one that leaps ahead deletes nothing before staff know."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from patience import until
from wall import MONDAY, Wall

from linli import clock_watch
from linli.nightly import Nightly
from station import checks
from station.clock import BEIJING
from station.ledger import Ledger
from station.requests import FiledRequest
from station.settings import Settings
from station.utterances import Utterance

DAY = timedelta(days=1)
DEAD = datetime(2000, 1, 1, 0, 5, tzinfo=BEIJING)
"""What a PC's clock begins with when its battery is dead."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(None, base=tmp_path)


def filed(settings: Settings, wall: Wall) -> None:
    with Ledger.open(settings.data.ledger, clock=wall) as ledger:
        ledger.file(FiledRequest("taxi"))


def board(settings: Settings) -> list[str]:
    with Ledger.open(settings.data.ledger) as ledger:
        return sorted(checks.waiting(ledger))


def test_after_a_power_cut_a_lost_clock_stands_on_the_board_until_it_is_right(
    settings: Settings, wall: Wall
) -> None:
    filed(settings, wall)
    wall.time = DEAD
    with Ledger.open(settings.data.ledger, clock=wall) as ledger:
        assert "2026-11-23" in clock_watch.look(ledger, wall.time).what
        filed(settings, wall)  # whoever asks meanwhile is served
        assert clock_watch.look(ledger, wall.time).state == "bad"
        assert board(settings) == ["clock"]
        wall.time = MONDAY + timedelta(hours=2)
        assert clock_watch.look(ledger, wall.time).state == "ok"
        assert (board(settings), ledger.contradictions()) == ([], [])


def test_a_clock_that_was_set_back_a_little_is_no_alarm(settings: Settings, wall: Wall) -> None:
    filed(settings, wall)
    with Ledger.open(settings.data.ledger, clock=wall) as ledger:
        assert clock_watch.check(ledger, MONDAY - timedelta(minutes=50)).state == "ok"
        assert clock_watch.check(ledger, MONDAY - timedelta(minutes=70)).state == "bad"


def test_every_program_looks_as_soon_as_it_has_started(settings: Settings, wall: Wall) -> None:
    filed(settings, wall)
    wall.time = DEAD
    with Nightly(settings, clock=wall, first_s=0.01, every_s=0.05):
        until(lambda: board(settings))
    assert board(settings) == ["clock"]


def test_a_leap_ahead_deletes_nothing_before_staff_had_a_day_to_read_of_it(
    settings: Settings, wall: Wall
) -> None:
    with Ledger.open(settings.data.ledger, clock=wall) as ledger:
        ledger.add_utterance(Utterance("talk", 1, MONDAY, text="我要叫车"))
    night = Nightly(settings, clock=wall)
    assert night.look() is not None
    wall.time = MONDAY + 5000 * DAY
    assert night.look() is None
    wall.time += DAY / 2
    assert night.look() is None
    assert board(settings) == ["clock"]
    with Ledger.open(settings.data.ledger) as ledger:
        assert ledger.utterances("talk")

    # Staff set it right: nothing is lost, the board is clear.
    wall.time = MONDAY + DAY
    done = night.look()
    assert done is not None
    with Ledger.open(settings.data.ledger) as ledger:
        assert ledger.utterances("talk")

    # A station that really was closed for so long deletes a day later.
    wall.time = MONDAY + 500 * DAY
    assert night.look() is None
    wall.time += DAY + timedelta(minutes=10)
    assert night.look() is not None
    with Ledger.open(settings.data.ledger) as ledger:
        assert not ledger.utterances("talk")


def test_for_a_day_no_self_test_and_no_start_takes_a_leap_off_the_board(
    settings: Settings, wall: Wall
) -> None:
    Nightly(settings, clock=wall).look()
    with Ledger.open(settings.data.ledger, clock=wall) as ledger:
        wall.time = MONDAY + 500 * DAY
        assert clock_watch.leapt(ledger, wall.time)
        wall.time += DAY / 2
        assert "2026-11-23" in clock_watch.look(ledger, wall.time).what
        assert board(settings) == ["clock"]
        wall.time += DAY / 2
        assert not clock_watch.leapt(ledger, wall.time)
        assert clock_watch.look(ledger, wall.time).state == "ok"
    assert board(settings) == []
