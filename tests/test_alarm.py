"""Alarms, persons, and what must come before a word is spoken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

import pytest
from call import NOW, TAXI, Call, kinds

from intents.conversation.facts import StationFacts
from intents.engine import Engine
from intents.types import (
    Alert,
    Channel,
    Chose,
    Connect,
    End,
    Event,
    File,
    Pressed,
    Say,
    Silence,
)


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


def test_a_request_is_filed_before_its_promise_is_spoken(engine: Engine) -> None:
    call = Call(engine, "kiosk")(Chose("service", "taxi"), Chose("destination", "火车站"))
    call(Chose("confirm", "yes"))
    assert kinds(call.turn)[:3] == [File, Say, End]


def test_an_emergency_alerts_and_connects_before_a_word_is_spoken(engine: Engine) -> None:
    call = Call(engine)("我摔倒了，起不来")
    assert kinds(call.turn)[:4] == [Alert, Connect, File, Say]
    assert call.filed[0].priority == "emergency"
    assert call.outcome == "emergency"


@pytest.mark.parametrize("channel", ["kiosk", "phone"])
@pytest.mark.parametrize("before", [(), ("订个午饭",), ("叫个车去火车站",), ("把明天的车退了",)])
def test_an_emergency_is_heard_in_every_state(
    channel: Channel, before: Sequence[str], engine: Engine
) -> None:
    call = Call(engine, channel, requests=[TAXI])(*before, "我胸口疼，疼得很")
    assert [e.kind for e in call.turn if isinstance(e, Alert)] == ["chest_pain"]
    assert [file.intent for file in call.filed] == ["emergency"]


def test_the_nine_key_is_an_emergency(engine: Engine) -> None:
    call = Call(engine)("订个午饭", Pressed("9"))
    assert Alert("other", "") in call.turn


def test_silence_after_an_alarm_makes_it_more_urgent(engine: Engine) -> None:
    call = Call(engine)("快来人啊", Silence())
    assert [e.silent for e in call.turn if isinstance(e, Alert)] == [True]


def test_what_is_said_after_an_alarm_is_written_down_for_those_who_come(engine: Engine) -> None:
    call = Call(engine)("着火了！", "厨房，油锅，火好大")
    last = call.filed[-1]
    assert last.target == 0
    assert "油锅" in last.slots["note"]


def test_when_all_is_well_the_alarm_stays_and_the_talk_goes_on(engine: Engine) -> None:
    call = Call(engine)("快来人啊", "没事了没事了，我说着玩的")
    assert call.talk.asking == "service"
    assert call.filed[-1].status == "emergency"


@pytest.mark.parametrize("how", ["转人工", Pressed("0"), Chose("operator", True)])
@pytest.mark.parametrize(
    "before",
    [(), ("订个午饭",), ("叫个车去火车站",), ("把车退了",), ("叫车去火车站", Pressed("2"))],
)
def test_a_person_is_one_turn_away_from_every_state(
    before: Sequence[str | Event], how: str | Event, engine: Engine
) -> None:
    call = Call(engine, requests=[TAXI])(*before, how)
    assert Connect("asked") in call.turn
    assert call.outcome == "operator"


def test_what_was_begun_goes_along_to_the_person(engine: Engine) -> None:
    call = Call(engine)("给我挂个骨科", "转人工")
    assert [(file.intent, file.status) for file in call.filed] == [("appointment", "handed_over")]


def test_out_of_hours_a_message_is_taken_and_a_time_is_promised(engine: Engine) -> None:
    facts = StationFacts(operator_from=time(8), operator_until=time(18))
    call = Call(engine, facts=facts, now=NOW.replace(hour=20))("转人工")
    assert "明天上午八点" in call.said
    assert call.outcome == "operator"
