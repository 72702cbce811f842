"""Answers to a question, corrections, yes and no, finished or not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from intents.engine import Engine

NOW = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
ENGINE = Engine.load()
DUMPLINGS = {"items": [{"name": "饺子", "quantity": 2}], "meal": "lunch"}


@pytest.mark.parametrize(
    ("text", "intent", "asked", "want"),
    [
        ("明天上午", "appointment", "date", {"date": "2026-11-24", "part": "morning"}),
        ("腿疼", "appointment", "department", {"department": "骨科"}),
        ("王主任", "appointment", "department", {"doctor": "王主任"}),
        ("二十五", "appointment", "date", {"date": "2026-11-25"}),
        ("八点", "taxi", "time", {"time": "08:00"}),
        ("三", "taxi", "time", {"time": "15:00"}),
        ("三个人", "taxi", "passengers", {"passengers": 3}),
        ("火车站", "taxi", "destination", {"destination": "火车站"}),
        ("不要", "taxi", "wheelchair", {"wheelchair": False}),
        ("送", "meal", "delivery", {"delivery": True}),
        ("我自己来吃", "meal", "delivery", {"delivery": False}),
        ("酱油鸡", "meal", "items", {"items": [{"name": "酱油鸡", "quantity": 1}]}),
        ("两份", "meal", "quantity", {"quantity": 2, "items": [{"name": "套餐", "quantity": 2}]}),
        ("灯", "housekeeping", "service", {"service": "修灯"}),
        ("水", "payment_help", "bill", {"bill": "water"}),
        ("王秀英", "call_family", "contact", {"contact": "王秀英"}),
        ("不知道", "taxi", "destination", {}),
    ],
)
def test_a_bare_answer_fills_its_slot(
    text: str, intent: str, asked: str, want: dict[str, Any]
) -> None:
    assert ENGINE.extract(text, NOW, intent, asked) == want


@pytest.mark.parametrize(
    ("text", "intent", "current", "want"),
    [
        ("不是两份，是三份", "meal", DUMPLINGS, {"items": [{"name": "饺子", "quantity": 3}]}),
        ("是三份，不是两份", "meal", DUMPLINGS, {"items": [{"name": "饺子", "quantity": 3}]}),
        ("改成鸡蛋面", "meal", DUMPLINGS, {"items": [{"name": "鸡蛋面", "quantity": 1}]}),
        ("不对，是晚饭", "meal", DUMPLINGS, {"meal": "dinner"}),
        ("不对，是大后天", "taxi", {"date": "2026-11-25", "time": "08:00"}, {"date": "2026-11-26"}),
        ("不是八点，是九点", "taxi", {"time": "08:00"}, {"time": "09:00"}),
        ("说错了，去汽车站", "taxi", {"destination": "火车站"}, {"destination": "汽车站"}),
        ("不是骨科，是眼科", "appointment", {"department": "骨科"}, {"department": "眼科"}),
        (
            "不要饺子了，换成鱼",
            "meal",
            {"items": [{"name": "饺子", "quantity": 1}]},
            {"items": [{"name": "鱼", "quantity": 1}]},
        ),
        (
            "两碗烩面，不对，三碗",
            "meal",
            {"items": [{"name": "套餐", "quantity": 2}]},
            {"items": [{"name": "烩面", "quantity": 3}]},
        ),
        ("对", "meal", DUMPLINGS, None),
        ("不对", "meal", DUMPLINGS, None),
    ],
)
def test_a_correction_gives_only_what_changes(
    text: str, intent: str, current: dict[str, Any], want: dict[str, Any] | None
) -> None:
    assert ENGINE.correction(text, NOW, intent, current) == want


def test_a_dish_more_and_a_dish_less() -> None:
    more = ENGINE.correction("再加一碗米饭", NOW, "meal", DUMPLINGS)
    assert more == {"items": [{"name": "饺子", "quantity": 2}, {"name": "米饭", "quantity": 1}]}
    assert ENGINE.correction("米饭不要了", NOW, "meal", more) == {"items": DUMPLINGS["items"]}


@pytest.mark.parametrize(
    "text", ["对", "要得", "中", "得行", "是嘞", "嗯", "好嘛", "没得问题，就按你说的办"]
)
def test_yes_in_every_dialect(text: str) -> None:
    assert ENGINE.polarity(text) == "yes"


@pytest.mark.parametrize(
    "text", ["不对", "不中", "要不得", "莫得，不是那个意思", "算了", "不中，后天"]
)
def test_no_in_every_dialect(text: str) -> None:
    assert ENGINE.polarity(text) == "no"


@pytest.mark.parametrize("text", ["要得不", "中不中", "行不行", "可以不", "我要挂号", "明天"])
def test_questions_and_requests_are_no_answers(text: str) -> None:
    assert ENGINE.polarity(text) is None


@pytest.mark.parametrize("text", ["你好", "您好", "你好，我要叫车", "哎呀", "哎哟，我要挂号"])
def test_a_greeting_or_a_sigh_is_no_yes(text: str) -> None:
    assert ENGINE.polarity(text) is None


@pytest.mark.parametrize(
    ("text", "want"), [("您好，可以", "yes"), ("哎呀，对对对", "yes"), ("你好，不对", "no")]
)
def test_an_answer_after_a_greeting_counts(text: str, want: str) -> None:
    assert ENGINE.polarity(text) == want
