"""A stranger on the telephone is asked who they are once their request stands, and only once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from functools import cache

import pytest

from intents.conversation import Conversation
from intents.conversation.introduction import SLOT, Introduced
from intents.engine import Engine
from intents.types import Alert, Ask, Connect, Effect, Event, File, Heard, Pressed, Say, Silence

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))
REQUEST = ("明天上午八点叫个车去人民医院", "没问题")


@cache
def engine() -> Engine:
    return Engine.load()


def stranger(*said: str) -> tuple[Introduced, list[Effect]]:
    """A stranger's talk after these words, and what followed from the last."""
    talk = Introduced(Conversation(engine(), channel="phone", now=NOW), engine())
    effects = talk.open()
    for text in said:
        effects = talk.receive(Heard(text), NOW)
    return talk, effects


def asked(effects: Sequence[Effect]) -> list[str]:
    return [effect.slot for effect in effects if isinstance(effect, Ask)]


def prompts(effects: Sequence[Effect]) -> list[str]:
    return [effect.prompt for effect in effects if isinstance(effect, Say)]


def filed(effects: Sequence[Effect]) -> list[File]:
    return [effect for effect in effects if isinstance(effect, File)]


def test_the_request_is_filed_and_promised_before_anybody_is_asked_who_they_are() -> None:
    _, effects = stranger(*REQUEST)
    assert [file.status for file in filed(effects)] == ["new"]
    assert asked(effects) == [SLOT]
    assert prompts(effects)[-1] == "ask_who"
    assert "taxi.promise" in prompts(effects)


def test_who_they_are_is_written_into_the_request_as_it_was_said() -> None:
    talk, _ = stranger(*REQUEST)
    effects = talk.receive(Heard("我姓王，住在河口路三号"), NOW)
    (file,) = filed(effects)
    assert (file.status, file.target, file.slots[SLOT]) == ("changed", 0, "我姓王，住在河口路三号")
    assert file.slots["destination"] == "人民医院"
    assert prompts(effects) == ["who_noted", "more"]
    assert asked(effects) == ["service"]


@pytest.mark.parametrize("event", [Silence(), Pressed("1"), Heard("不用了")])
def test_whoever_does_not_say_it_is_served_all_the_same(event: Event) -> None:
    talk, _ = stranger(*REQUEST)
    effects = talk.receive(event, NOW)
    assert filed(effects) == []
    assert prompts(effects) == ["more"]
    assert asked(effects) == ["service"]


def test_a_cry_for_help_and_a_wish_for_a_person_come_before_any_name() -> None:
    talk, _ = stranger(*REQUEST)
    assert any(isinstance(e, Alert) for e in talk.receive(Heard("哎呀我摔倒了起不来"), NOW))
    talk, _ = stranger(*REQUEST)
    assert any(isinstance(e, Alert) for e in talk.receive(Pressed("9"), NOW))
    talk, _ = stranger(*REQUEST)
    assert any(isinstance(e, Connect) for e in talk.receive(Heard("给我转人工"), NOW))


def test_the_next_matter_said_instead_of_a_name_is_taken_up_and_nobody_asks_again() -> None:
    talk, _ = stranger(*REQUEST)
    effects = talk.receive(Heard("我还要订一份明天的午饭，红烧肉"), NOW)
    assert SLOT not in asked(effects)
    for text in ("送到家里", "没问题"):
        effects = talk.receive(Heard(text), NOW)
    assert SLOT not in asked(effects)


def test_an_alarm_raised_before_does_not_shift_what_the_name_is_written_to() -> None:
    talk, _ = stranger("我胸口疼得厉害", "没事了，我好了")
    for text in REQUEST:
        effects = talk.receive(Heard(text), NOW)
    assert asked(effects) == [SLOT]
    (file,) = filed(talk.receive(Heard("姓王"), NOW))
    assert file.target == 1
