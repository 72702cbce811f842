"""Silence, noise, and words nobody understands: three steps, then a person."""

from __future__ import annotations

import pytest
from call import Call

from intents.engine import Engine
from intents.types import (
    Connect,
    Noise,
    Pressed,
    Silence,
)
from linli.limits import limit


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


def test_the_phone_asks_gently_offers_a_person_then_fetches_one(engine: Engine) -> None:
    call, said = Call(engine), [""]
    for _ in range(limit("phone.silences_to_connect")):
        assert Connect("silence") not in call.turn
        call(Silence())
        said.append(call.said)
    assert "还在吗" in said[1] or "我在听" in said[1]
    assert "人工" in said[limit("phone.silences_to_offer_person")]
    assert Connect("silence") in call.turn


def test_the_kiosk_waits_and_never_calls_a_person_by_itself(engine: Engine) -> None:
    call = Call(engine, "kiosk")(Silence(), Silence(), Silence())
    assert call.outcome == "none"
    assert not [effect for effect in call.all if isinstance(effect, Connect)]


def test_a_word_starts_the_ladder_of_silence_anew(engine: Engine) -> None:
    call = Call(engine)(Silence(), Silence(), "我要叫个车", Silence())
    assert call.talk.asking == "destination"


def test_noise_is_answered_otherwise_than_silence(engine: Engine) -> None:
    assert Call(engine)(Noise()).said != Call(engine)(Silence()).said


def test_three_failures_lead_to_a_person_in_ever_other_words(engine: Engine) -> None:
    call = Call(engine)("叫车")
    said = [call.said]
    for _ in range(limit("phone.failures_to_connect")):
        assert Connect("failures") not in call.turn
        call("嗯……那个……")
        said.append(call.said)
    assert len(set(said)) == len(said)
    assert Connect("failures") in call.turn


def test_the_second_failure_offers_something_to_choose(engine: Engine) -> None:
    call = Call(engine)("嗯……那个……", "就是那个嘛……你晓得的")
    assert call.talk.choices
    assert call.said.endswith("？")


def test_on_a_noisy_line_the_keys_are_told_with_the_choices_and_count(engine: Engine) -> None:
    call = Call(engine)("给我挂个骨科", Noise(), Noise())
    assert "第二样按二" in call.said or "下一样按二" in call.said
    assert call(Pressed("2")).talk.taken["date"] == "2026-11-25"
    assert "按二" not in Call(engine, "kiosk")("给我挂个骨科", Noise(), Noise()).said


def test_whoever_asks_for_time_gets_it(engine: Engine) -> None:
    call = Call(engine)("我要叫个车")
    for _ in range(4):
        call("等一下，我想想")
    assert call.talk.asking == "destination"


@pytest.mark.parametrize("words", ["喂", "你好", "听得到不", "你是哪个"])
def test_a_courtesy_is_answered_and_is_no_failure(words: str, engine: Engine) -> None:
    call = Call(engine)(words, words, words, words)
    assert call.talk.asking == "service"
    assert "比如" not in call.said


def test_on_the_phone_further_choices_are_named(engine: Engine) -> None:
    call = Call(engine)("别的")
    assert all(choice.label in call.said for choice in call.talk.choices[:3])
