"""Hands instead of words: what can be touched leads to the same end."""

from __future__ import annotations

from typing import Any

import pytest
from call import Call

from intents.conversation.dialogue import load_dialogues
from intents.engine import Engine
from intents.types import (
    Chose,
)


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


@pytest.mark.parametrize("intent", list(load_dialogues()))
def test_every_service_can_be_had_by_touch_alone(intent: str, engine: Engine) -> None:
    call = Call(engine, "kiosk")(Chose("service", intent))
    for _ in range(8):
        if call.talk.asking == "confirm":
            break
        assert call.talk.choices, f"nothing to touch for {call.talk.asking}"
        assert len(call.talk.choices) <= 4
        call(Chose(str(call.talk.asking), call.talk.choices[0].value))
    call(Chose("confirm", "yes"))
    assert call.outcome == "created"
    assert [file.intent for file in call.filed] == [intent]


def test_more_choices_are_behind_the_last_tile_and_come_round_again(engine: Engine) -> None:
    call = Call(engine, "kiosk")
    seen: list[Any] = []
    for _ in range(4):
        seen += [choice.value for choice in call.talk.choices if choice.value != "more"]
        call(Chose("service", "more"))
    assert set(seen) == set(load_dialogues())
    assert call.talk.choices[0].value == seen[0]


def test_a_label_that_is_touched_stands_for_its_value(engine: Engine) -> None:
    call = Call(engine, "kiosk")(Chose("service", "交费"), Chose("bill", "水费"))
    assert dict(call.talk.summary)["bill"] == "水费"
    assert call.talk.asking == "confirm"


def test_after_no_the_wrong_part_is_touched_and_asked_anew(engine: Engine) -> None:
    call = Call(engine, "kiosk")(
        Chose("service", "taxi"),
        Chose("destination", "火车站"),
        Chose("confirm", "no"),
        Chose("which", "destination"),
        Chose("destination", "汽车站"),
        Chose("confirm", "yes"),
    )
    assert call.filed[0].slots["destination"] == "汽车站"
