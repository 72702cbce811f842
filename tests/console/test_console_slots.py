"""Slots can be filled in, and come back as the engine would have filled them."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intents import HOME
from station.console.slots import PREFIX, WrongValue, fields, filled
from station.console.words import told
from station.words import words

MEAL = {"items": [{"name": "红烧肉", "quantity": 2}, {"name": "米饭"}], "delivery": True}


def form(**slots: str) -> dict[str, str]:
    return {PREFIX + name: value for name, value in slots.items()}


def test_every_service_offers_the_slots_that_the_engine_fills() -> None:
    for path in sorted((HOME / "services").glob("*.yaml")):
        service = yaml.safe_load(path.read_text("utf-8"))
        if service.get("slots") and not service.get("meta"):
            assert told()["services"][service["intent"]] == list(service["slots"]), path.name


def test_every_choice_has_words() -> None:
    for name, keys in told()["choices"].items():
        assert name in words()["slots"]
        assert set(keys) <= set(words()["values"]), name


def test_what_stands_in_the_form_changes_nothing() -> None:
    for intent, slots in (("meal", MEAL), ("taxi", {"passengers": 2, "time": "08:30"})):
        same = {each.name: each.value for each in fields(intent, slots, hidden=False)}
        assert filled(intent, slots, same, hidden=False) == {}


@pytest.mark.parametrize(
    ("intent", "given_", "slots"),
    [
        ("meal", form(items="红烧肉×1、米饭*2，青菜"), {"items": [
            {"name": "红烧肉", "quantity": 1}, {"name": "米饭", "quantity": 2}, {"name": "青菜"}]}),
        ("meal", form(delivery="false", meal="lunch"), {"delivery": False, "meal": "lunch"}),
        ("taxi", form(passengers="3", date="2026-11-24", time="08:05"),
         {"passengers": 3, "date": "2026-11-24", "time": "08:05"}),
        ("taxi", form(destination=" 火车站 "), {"destination": "火车站"}),
        ("taxi", form(unknown="x"), {}),
    ],
)  # fmt: skip
def test_what_is_filled_in_has_the_type_of_its_slot(
    intent: str, given_: dict[str, str], slots: dict[str, Any]
) -> None:
    assert filled(intent, {}, given_, hidden=False) == slots


def test_an_emptied_field_removes_the_slot() -> None:
    assert filled("taxi", {"destination": "火车站"}, form(destination=""), hidden=False) == {
        "destination": None
    }


@pytest.mark.parametrize(
    "given_",
    [form(date="31.12."), form(time="25:00"), form(passengers="0"), form(passengers="²"),
     form(wheelchair="vielleicht"), form(part="midnight"), form(destination="长" * 400)],
)  # fmt: skip
def test_nonsense_is_told_with_the_field(given_: dict[str, str]) -> None:
    with pytest.raises(WrongValue, match="填得不对"):
        filled("taxi", {}, given_, hidden=False)


def test_a_hidden_number_is_shown_and_not_changed() -> None:
    slots = {"destination": "打13800000002问路"}
    field = next(each for each in fields("taxi", slots, hidden=True) if each.kind == "shown")
    assert field.value == "打138****0002问路"
    assert filled("taxi", slots, form(destination="家"), hidden=True) == {}
    assert filled("taxi", slots, form(destination="家"), hidden=False) == {"destination": "家"}


def test_what_no_field_can_hold_is_left_alone() -> None:
    slots = {"items": [{"name": "汤", "hot": True}], "odd": {"a": 1}}
    assert filled("meal", slots, form(items="x", odd="y"), hidden=False) == {}


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(sorted(told()["services"])),
    st.dictionaries(st.sampled_from(sorted(words()["slots"])), st.text(max_size=20), max_size=5),
)
def test_any_form_is_taken_or_refused_in_words(intent: str, given_: dict[str, str]) -> None:
    try:
        changed = filled(intent, {}, form(**given_), hidden=False)
    except WrongValue:
        return
    assert set(changed) <= set(given_)
