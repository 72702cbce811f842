"""What is named by its very name is never taken for something else, whatever the list."""

from __future__ import annotations

import pytest
from call import NOW

from intents.engine import Engine

FRAMES = {
    ("appointment", "department", "departments"): [
        "挂个{}", "我要挂人民医院{}，今天下午", "帮我约明天上午{}的号", "给我挂中医院的{}",
        "想看{}，后天上午", "给老伴挂个{}的号，大后天", "{}还有号没有，给我挂一个",
    ],
    ("taxi", "destination", "places"): [
        "叫个车去{}", "送我到{}", "明天上午八点，我要去{}，给我派个车", "我要坐车去{}，两个人",
    ],
    ("meal", "items", "dishes"): ["中午给我送一份{}", "订一份{}，送到家", "明天中午要两份{}"],
    ("medicine", "medicine", "drugs"): ["我的{}没了，再给我开两盒", "帮我配点{}", "{}快吃完了"],
    ("housekeeping", "service", "housekeeping"): ["找个师傅来{}，明天上午", "我要找人{}"],
    ("activity", "activity", "activities"): ["我想报名{}", "{}给我报个名", "我想参加{}"],
    ("social_security", "matter", "matters"): ["我要办{}", "{}怎么办"],
}  # fmt: skip
"""Intent, slot and list → ways of asking for a value of the list."""

ANSWERS = {
    "department": ["{}", "看{}", "{}吧", "就挂{}"],
    "destination": ["{}", "去{}", "就是{}", "送我到{}就行"],
    "items": ["{}", "一份{}", "想吃{}"],
    "medicine": ["{}", "是{}", "{}两盒"],
    "service": ["{}", "就是{}", "{}就行"],
    "activity": ["{}", "报{}", "我想学{}"],
    "matter": ["{}", "办{}"],
}
"""Slot → ways of answering the question for it."""

ELSEWHERE = {"护工", "陪诊", "代取药"}
"""Work that other services do as well: who asks for it by this word alone may mean those."""


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


@pytest.mark.parametrize(("intent", "slot", "words"), FRAMES)
def test_a_value_is_what_it_is_called(intent: str, slot: str, words: str, engine: Engine) -> None:
    wrong = []
    for value in engine.vocabulary(words):
        for frame in FRAMES[intent, slot, words]:
            first = engine.understand(frame.format(value), NOW).first
            got = first.slots.get(slot)
            got = got[0]["name"] if isinstance(got, list) and len(got) == 1 else got
            named = (value, engine.standard(words, value))
            if value not in ELSEWHERE and (first.name != intent or got not in named):
                wrong.append((frame.format(value), first.name, got))
    assert wrong == []


@pytest.mark.parametrize(("intent", "slot", "words"), FRAMES)
def test_an_answer_is_what_it_is_called(intent: str, slot: str, words: str, engine: Engine) -> None:
    wrong = []
    for value in engine.vocabulary(words):
        for frame in ANSWERS[slot]:
            got = engine.extract(frame.format(value), NOW, intent, slot).get(slot)
            got = got[0]["name"] if isinstance(got, list) and len(got) == 1 else got
            if got not in (value, engine.standard(words, value)):
                wrong.append((frame.format(value), got))
    assert wrong == []
