"""Thinking aloud: what is settled on holds, whatever was thought of before."""

from __future__ import annotations

from typing import Any

import pytest
from call import NOW, Call

from intents.engine import Engine


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


@pytest.mark.parametrize(
    ("said", "slot", "value"),
    [
        ("给手机充五十……五十块两个月就没了，充一百吧", "amount", 100),
        ("挂眼科，二十七号……那天楼里停电，我得守着冰柜，二十八号吧", "date", "2026-11-28"),
        ("找个人来陪我，就明天晚上……不，夜里路黑，明天下午吧", "part", "afternoon"),
        ("报个合唱团，礼拜三，礼拜三我要值日，礼拜五吧", "date", "2026-11-27"),
        ("来三个花卷，三个吃不完，俩吧", "items", [{"name": "花卷", "quantity": 2}]),
        ("挂个牙科，后天，后天太赶了，大后天吧", "date", "2026-11-26"),
    ],
)
def test_the_value_that_is_settled_on_holds(
    said: str, slot: str, value: Any, engine: Engine
) -> None:
    assert engine.understand(said, NOW).first.slots[slot] == value


def test_in_a_conversation_too(engine: Engine) -> None:
    call = Call(engine)("给我挂个口腔科", "后儿个，后儿个学校喊我去，大后儿吧", "上午", "对")
    (filed,) = call.filed
    assert (filed.slots["date"], filed.slots["part"]) == ("2026-11-26", "morning")


@pytest.mark.parametrize(
    "said",
    [
        "一份红烧肉，两碗米饭，三个馒头吧",
        "明天上午看牙，下午叫个车，晚上送饭吧",
        "就后天吧",
        "",
        "……",
    ],
)
def test_nothing_is_left_out_where_nothing_is_doubted(said: str, engine: Engine) -> None:
    assert engine.settled(said) == said
