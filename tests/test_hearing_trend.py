"""A microphone that dies slowly is a slope on the status page, each channel for itself."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from wall import MONDAY

from linli.hearing_trend import WEEKS, weeks, worse
from linli.status import Seen, hearing
from station.ledger import Ledger
from station.settings import Settings
from station.utterances import Utterance

WEEK = timedelta(weeks=1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(None, base=tmp_path)


def talked(settings: Settings, sure: list[float], channel: str = "kiosk") -> None:
    """Some turns a week, so sure at first, so sure at last; 0: nothing was heard."""
    with Ledger.open(settings.data.ledger) as ledger:
        for number, confidence in enumerate(sure):
            at = MONDAY - (len(sure) - number) * WEEK + timedelta(days=2)
            heard = {"text": "我要叫车", "confidence": confidence}
            for turn in range(3):
                name = f"{channel}-{number}-{turn}"
                told = heard if confidence else {"kind": "silence"}
                answer = {"answer": 900 + 100 * number}
                ledger.add_utterance(Utterance(name, 1, at, timing=answer, **told), channel=channel)


def test_the_last_five_weeks_are_told_each_by_its_median(settings: Settings) -> None:
    talked(settings, [0.9, 0.88, 0.9, 0.0, 0.61])
    talked(settings, [0.8, 0.8], channel="phone")
    with sqlite3.connect(settings.data.ledger) as shell:
        found = weeks(shell, "kiosk", MONDAY)
        phone = weeks(shell, "phone", MONDAY)
    shell.close()
    assert [week.sure for week in found] == [0.9, 0.88, 0.9, None, 0.61]
    assert [week.silent for week in found] == [0, 0, 0, 3, 0]
    assert found[-1].answer_s == 1.3
    assert [week.turns for week in phone] == [0] * (WEEKS - 2) + [3, 3]
    assert worse(found, 0.15)
    assert not worse(phone, 0.15)


def test_the_status_page_shows_the_slope_and_what_to_do(settings: Settings) -> None:
    talked(settings, [0.9, 0.88, 0.9, 0.8, 0.61])
    talked(settings, [0.8, 0.79], channel="phone")
    kiosk, phone = hearing(Seen(settings, now=MONDAY))
    assert (kiosk.level, phone.level) == ("bad", "ok")
    assert "90% → 88% → 90% → 80% → 61%" in kiosk.what
    assert "话筒" in kiosk.fix
    assert "电话，最近五周的把握：没有 → 没有 → 没有 → 80% → 79%" in phone.what
    assert "1.0 秒" in phone.what


def test_a_station_nobody_has_talked_to_shows_none(settings: Settings) -> None:
    assert list(hearing(Seen(settings, now=MONDAY))) == []
    Ledger.open(settings.data.ledger).close()
    assert list(hearing(Seen(settings, now=MONDAY))) == []
