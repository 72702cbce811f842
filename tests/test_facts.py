"""Facts of the station that shape what can be had, and when."""

from __future__ import annotations

from datetime import date, datetime, time

from intents.conversation.facts import Session, StationFacts, first_day

NOW = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
MONDAY, TUESDAY, SATURDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 28)
WEEKDAYS = frozenset(range(5))


def test_a_meal_is_cooked_today_until_its_cutoff_then_tomorrow() -> None:
    facts = StationFacts()
    assert facts.meal_day("lunch", NOW) == MONDAY
    assert facts.meal_day("breakfast", NOW) == TUESDAY
    assert facts.meal_day("lunch", NOW.replace(hour=10, minute=31)) == TUESDAY


def test_a_canteen_that_rests_cooks_on_its_next_day() -> None:
    facts = StationFacts(canteen_days=WEEKDAYS)
    assert facts.meal_day("lunch", NOW, SATURDAY) == date(2026, 11, 30)


def test_an_activity_takes_place_on_its_next_weekday_not_one_that_has_begun() -> None:
    session = Session("太极拳", frozenset({0, 3}), time(8, 0), "广场")
    facts = StationFacts(sessions=(session,))
    assert facts.next_session("太极拳", NOW) == (date(2026, 11, 26), session)
    assert facts.next_session("太极拳", NOW.replace(hour=7)) == (MONDAY, session)
    assert facts.next_session("书法班", NOW) is None


def test_a_person_answers_in_their_hours_and_is_back_at_the_next_opening() -> None:
    facts = StationFacts(operator_from=time(8), operator_until=time(18), operator_days=WEEKDAYS)
    assert facts.operator_now(NOW)
    friday_night = NOW.replace(day=27, hour=20)
    assert not facts.operator_now(friday_night)
    assert facts.operator_next(friday_night) == NOW.replace(day=30, hour=8)
    assert facts.operator_next(NOW) == NOW


def test_the_first_day_of_some_weekdays() -> None:
    assert first_day(WEEKDAYS, SATURDAY) == date(2026, 11, 30)
    assert first_day(WEEKDAYS, MONDAY) == MONDAY
    assert first_day(frozenset(), MONDAY) == MONDAY
