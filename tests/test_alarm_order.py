"""Whose turn it is to be rung of an alarm."""

from __future__ import annotations

from datetime import datetime, timedelta

from ivr.alarm_order import whom
from station.alarm_model import AlarmPerson
from station.clock import BEIJING
from station.settings import Settings

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING)


def test_a_night_belongs_to_the_day_it_begins_and_the_same_hour_means_always() -> None:
    friday = {"name": "夜班", "phone": "801", "days": [5], "begins": "20:00", "ends": "06:00"}
    night = AlarmPerson.model_validate(friday)
    fridays = datetime(2026, 11, 27, 21, tzinfo=BEIJING)
    assert night.there(fridays)
    assert night.there(fridays + timedelta(hours=8))
    assert not night.there(fridays + timedelta(hours=10))
    assert not night.there(fridays + timedelta(days=1))
    always = AlarmPerson.model_validate({"name": "站长", "phone": "801"})
    assert always.there(NINE.replace(hour=3))


def test_without_people_named_the_operators_are_rung_one_after_the_other() -> None:
    shipped = Settings.load()
    alarm = shipped.alarm.model_copy(update={"people": []})
    settings = shipped.model_copy(update={"alarm": alarm})
    assert [each.phone for each in whom(settings, 0, NINE)] == ["801", "0376-5550101"]
    assert [each.phone for each in whom(settings, 1, NINE)] == ["0376-5550102"]
