"""What a change, a cancellation or a status question is about, and what becomes new."""

from __future__ import annotations

from datetime import datetime

import pytest

from intents import HOME
from intents.understanding.decide import Act
from intents.understanding.fill import fill
from intents.understanding.knowledge import Knowledge

NOW = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
KNOWN = Knowledge(HOME, "xinyang", {})


@pytest.mark.parametrize(
    ("intent", "text", "slots"),
    [
        ("change", "面条换成饺子", {"about": "meal", "items": [{"name": "饺子", "quantity": 1}]}),
        ("change", "去火车站的车改到机场", {"about": "taxi", "destination": "机场"}),
        ("change", "刘大夫的号换成李大夫", {"about": "appointment", "doctor": "李大夫"}),
        ("change", "早先要的俩馒头，改成四个", {"items": [{"name": "馒头", "quantity": 4}]}),
        ("change", "中午那顿挪到晚上", {"about": "meal", "meal": "dinner"}),
        ("change", "饭不用送，我下去吃", {"about": "meal", "delivery": False}),
        ("cancel", "磨刀的甭来了，刀让我扔了", {"about": "housekeeping"}),
        ("cancel", "二十九号的车不坐了", {"about": "taxi", "date": "2026-11-29"}),
        ("cancel", "药莫配了，医生给换了新的", {"about": "medicine"}),
        ("status", "门球队收没收我", {"about": "activity"}),
        ("status", "交了两百块燃气费，到账没有", {"about": "payment_help"}),
    ],
)
def test_it_is_known(intent: str, text: str, slots: dict[str, object]) -> None:
    reading = KNOWN.reader(text)
    (found,) = fill(KNOWN, reading, [Act(intent, 0, len(reading.text), 3)], NOW)
    assert {name: found.slots.get(name) for name in slots} == slots
