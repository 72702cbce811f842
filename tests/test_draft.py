"""A request in the making keeps what was said and works defaults out afresh."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from intents.conversation.defaults import RULES, Surroundings
from intents.conversation.dialogue import load_dialogues
from intents.conversation.draft import Draft, notices, usable
from intents.conversation.facts import StationFacts
from intents.types import Channel

NOW = datetime.fromisoformat("2026-11-23T09:00:00+08:00")


def around(channel: Channel = "phone", now: datetime = NOW, **resident: Any) -> Surroundings:
    return Surroundings(channel, now, resident, StationFacts())


def draft(intent: str, **said: Any) -> Draft:
    made = Draft(load_dialogues()[intent])
    made.merge(said)
    return made


def test_a_new_day_keeps_the_part_of_the_day() -> None:
    made = draft("housekeeping", service="理发", date="2026-11-25", part="afternoon")
    assert made.merge({"date": "2026-11-26"}) == {"date"}
    assert made.said["part"] == "afternoon"


def test_a_clock_time_replaces_the_part_and_a_part_that_does_not_fit_drops_it() -> None:
    made = draft("taxi", destination="火车站", part="morning")
    made.merge({"time": "09:00"})
    assert "part" not in made.said
    made.merge({"part": "morning"})
    assert made.said["time"] == "09:00"
    made.merge({"part": "afternoon"})
    assert "time" not in made.said


@pytest.mark.parametrize(
    ("part", "clock", "kept"),
    [
        ("evening", "08:00", "20:00"),
        ("afternoon", "03:00", "15:00"),
        ("afternoon", "09:00", "09:00"),
        ("morning", "09:30", "09:30"),
        (None, "08:00", "08:00"),
    ],
)
def test_an_hour_belongs_to_the_part_that_was_said(part: str, clock: str, kept: str) -> None:
    made = draft("taxi", destination="火车站", part=part)
    made.merge({"time": clock})
    assert made.said["time"] == kept


def test_a_changed_day_takes_no_old_default_along() -> None:
    made = draft("housekeeping", service="理发")
    assert made.full(around())["part"] == "afternoon"
    made.merge({"date": "2026-11-25"})
    assert made.full(around())["part"] == "morning"


def test_notes_pile_up_and_say_nothing_twice() -> None:
    made = draft("taxi", note="车要等我")
    made.merge({"note": "车要等我"})
    made.merge({"note": "带轮椅"})
    assert made.said["note"] == "车要等我；带轮椅"


def test_a_meal_that_is_too_late_moves_and_says_so() -> None:
    late = around(now=NOW.replace(hour=18))
    made = draft("meal", items=[{"name": "面条"}], meal="dinner", date="2026-11-23")
    assert made.full(late)["date"] == "2026-11-24"
    assert notices(made, late) == [("meal_closed", date(2026, 11, 23))]
    assert notices(made, around()) == []


def test_what_can_be_looked_up_is_not_asked() -> None:
    made = draft("meal", items=[{"name": "面条"}], meal="lunch")
    asked = made.missing(around())
    assert asked is not None
    assert asked.name == "delivery"
    assert made.missing(around(delivery=False)) is None


def test_a_question_that_stays_unanswered_takes_its_fallback() -> None:
    made = draft("health_code", place="医院")
    asked = made.missing(around("kiosk"))
    assert asked is not None
    made.give_up(asked, around("kiosk"))
    assert made.said["method"] == "paper"
    assert made.missing(around("kiosk")) is None


@pytest.mark.parametrize(
    ("channel", "slots", "origin"),
    [
        ("kiosk", {"destination": "火车站"}, "社区站"),
        ("phone", {"destination": "火车站"}, "家里"),
        ("phone", {"destination": "家"}, None),
    ],
)
def test_a_car_comes_to_where_the_elder_is(
    channel: Channel, slots: dict[str, str], origin: str | None
) -> None:
    assert RULES["origin"](slots, around(channel)) == origin


def test_a_time_that_has_passed_means_tomorrow() -> None:
    assert RULES["today"]({"time": "08:00"}, around()) == "2026-11-24"
    assert RULES["today"]({"time": "09:00"}, around()) == "2026-11-23"


def test_every_rule_a_dialogue_names_exists() -> None:
    for dialogue in load_dialogues().values():
        for slot in dialogue.slots.values():
            assert not slot.default or slot.default in RULES
            assert not slot.default_when_any or slot.default_when_any in RULES


@pytest.mark.parametrize(
    ("slot", "good", "bad"),
    [
        ("date", "2026-11-25", "明天"),
        ("time", "08:30", "25:00"),
        ("part", "morning", "soon"),
        ("items", [{"name": "面条", "quantity": 1}], ["面条"]),
        ("passengers", 2, "two"),
        ("delivery", False, "no"),
        ("meal", "lunch", "snack"),
        ("destination", "火车站", " "),
    ],
)
def test_a_chosen_value_is_taken_only_when_it_can_be_one(slot: str, good: Any, bad: Any) -> None:
    assert usable(slot, good)
    assert not usable(slot, bad)
