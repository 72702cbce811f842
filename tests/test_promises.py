"""What is promised to whom nobody could answer, checked against a calendar, day by day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.missed import missed, opening_after
from ivr.promises import NAMES, WHEN_OPEN, on, ordinary, variables
from linli.limits import limit
from linli.phone_sounds import texts, words
from station.clock import BEIJING
from station.model import HoursSection
from station.settings import Settings

MONDAY = date(2026, 11, 23)
OFFICE = HoursSection.model_validate({"days": [1, 2, 3, 4, 5], "opens": "08:00", "closes": "17:30"})


def hours(*days: int, holidays: dict[str, str] | None = None) -> HoursSection:
    given_days = {"days": [*days], "opens": "08:00", "closes": "17:30"}
    return HoursSection.model_validate({**given_days, "holidays": holidays or {}})


@pytest.mark.parametrize(
    ("weekday", "late", "promise"),
    [
        (1, False, "promise-today"),
        (1, True, "promise-tomorrow"),
        (5, True, "promise-1"),
        (6, False, "promise-1"),
        (7, True, "promise-tomorrow"),
    ],
)
def test_an_office_week(weekday: int, late: bool, promise: str) -> None:
    assert ordinary(OFFICE, weekday, late=late) == promise


def test_a_holiday_is_skipped_and_one_far_away_is_promised_vaguely() -> None:
    week = hours(1, 2, 3, 4, 5, holidays={"2026-11-24": "春节"})
    assert on(week, MONDAY, late=True) == "promise-3"
    assert on(week, date(2026, 11, 24), late=False) == "promise-tomorrow"
    assert on(hours(1), MONDAY, late=True) == WHEN_OPEN
    assert ordinary(hours(), 1, late=False) == WHEN_OPEN


@given(
    st.sets(st.integers(1, 7)),
    st.sets(st.integers(0, 10)),
    st.integers(0, 7),
    st.booleans(),
)
def test_what_the_dialplan_looks_up_is_when_the_station_opens_next(
    days: set[int], closed: set[int], ahead: int, late: bool
) -> None:
    holidays = {str(MONDAY + timedelta(days=n)): "节" for n in closed}
    week = hours(*sorted(days), holidays=holidays)
    looked_up = dict(variables(week))
    day = MONDAY + timedelta(days=ahead)
    weekday = looked_up[f"PROMISE_{day.isoweekday()}_{int(late)}"]
    promise = looked_up.get(f"PROMISE_{day:%Y%m%d}_{int(late)}", weekday)
    assert promise in NAMES
    opens = opening_after(week, datetime.combine(day, time(20 if late else 5), BEIJING)).date()
    away = (opens - day).days
    if promise == WHEN_OPEN:
        assert not days or away > 6
    else:
        named = {0: "promise-today", 1: "promise-tomorrow"}
        assert promise == named.get(away, f"promise-{opens.isoweekday()}")


def test_every_promise_is_a_sentence_that_is_short_enough() -> None:
    said = texts(Settings.load())
    assert set(NAMES) <= set(said)
    for sentence in said.values():
        for part in sentence.split("。"):
            assert len(part) <= limit("speech.sentence_characters"), part
    assert said["promise-soon"].startswith("十五分钟")
    assert limit("console.missed_call_min") == 15
    assert said["promise-1"].startswith(words()["days"][1])


def test_an_entry_that_makes_no_sense_is_set_aside_and_a_fresh_one_is_waited_for(
    tmp_path: Path,
) -> None:
    import os

    (tmp_path / "1.2.missed").write_text("1.2 1795326289 busy promise-soon n0376 l1 .")
    (tmp_path / "1.3.missed").write_text("1.3 17953")
    (tmp_path / "1.4.missed").write_text("../../etc 1795326289 busy promise-soon n l .")
    os.utime(tmp_path / "1.4.missed", (0, 0))
    (found,) = missed(tmp_path)
    assert (found.call, found.number, found.promise) == ("1.2", "0376", "promise-soon")
    assert (tmp_path / "1.3.missed").exists()
    assert (tmp_path / "1.4.unreadable").exists()
