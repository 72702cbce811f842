"""A word and nothing else asks for what has to do with it."""

from __future__ import annotations

import pytest
from call import Call

from intents.engine import Engine
from linli.bench.intents import NOW


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


@pytest.mark.parametrize(
    ("said", "intent", "slots"),
    [
        ("牙疼", "appointment", {"department": "口腔科"}),
        ("咳嗽得很", "appointment", {"department": "呼吸内科"}),
        ("老是睡不着", "appointment", {"department": "神经内科"}),
        ("透析室", "appointment", {"department": "透析室"}),
        ("反酸", "appointment", {"department": "消化内科"}),
        ("磨刀", "housekeeping", {"service": "磨刀"}),
        ("嗯，那个，洗头", "housekeeping", {"service": "洗头"}),
        ("来份烙饼", "meal", {"items": [{"name": "烙饼", "quantity": 1}]}),
        ("馒头两个", "meal", {"items": [{"name": "馒头", "quantity": 2}]}),
        ("钓鱼", "activity", {"activity": "钓鱼"}),
    ],
)
def test_a_word_of_a_list_is_enough(
    engine: Engine, said: str, intent: str, slots: dict[str, object]
) -> None:
    meant = engine.understand(said, NOW)
    assert (meant.first.name, meant.first.slots) == (intent, slots)
    assert meant.confidence >= 0.6


@pytest.mark.parametrize(
    "said", ["我年轻时候天天钓鱼", "咸菜萝卜干，那些年就吃这个", "她也咳嗽", "水", "昨儿牙疼"]
)
def test_a_word_in_a_tale_is_not(engine: Engine, said: str) -> None:
    assert engine.understand(said, NOW).first.name == "out_of_scope"


def test_a_word_is_no_alarm_s_rival(engine: Engine) -> None:
    assert engine.understand("胸口疼", NOW).first.name == "emergency"


def test_who_names_only_what_hurts_is_asked_when(engine: Engine) -> None:
    call = Call(engine)("腰疼")
    assert call.talk.asking == "date"


def test_a_word_still_answers_what_was_asked(engine: Engine) -> None:
    (filed,) = Call(engine)("我要拿药", "高血压的", "没问题").filed
    assert filed.intent == "medicine"
