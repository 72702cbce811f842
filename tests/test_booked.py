"""A request that is a change of what is booked, and a change of nothing that is a request."""

from __future__ import annotations

from typing import Any

import pytest

from intents.engine import Engine
from linli.bench.dialogues import play

CAR = {
    "intent": "taxi",
    "slots": {"destination": "火车站", "date": "2026-11-24", "time": "08:00", "passengers": 1},
}
CLEANING = {
    "intent": "housekeeping",
    "slots": {"service": "保洁", "date": "2026-11-26", "part": "morning"},
}
EYES = {"intent": "appointment", "slots": {"department": "眼科", "date": "2026-11-25"}}
BONES = {"intent": "appointment", "slots": {"department": "骨科", "date": "2026-11-27"}}


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


def _end(
    engine: Engine, *turns: str, booked: tuple[dict[str, Any], ...] = ()
) -> list[dict[str, Any]]:
    answers = play({"channel": "phone", "turns": turns, "setup": list(booked)}, engine)
    rows: list[dict[str, Any]] = answers[-1]["requests"]
    return rows


@pytest.mark.parametrize(
    ("turns", "booked", "slots"),
    [
        (("车明天几点来接我", "太早了，九点", "对"), CAR, {"time": "09:00"}),
        (("我那个车定的几点", "早一个钟头吧", "对"), CAR, {"time": "07:00"}),
        (("明天那个车，多一个人坐", "对"), CAR, {"passengers": 2}),
        (
            ("打扫卫生那个阿姨能不能礼拜五来", "下午", "要得"),
            CLEANING,
            {"date": "2026-11-27", "part": "afternoon"},
        ),
        (
            ("我挂的是哪个科来着", "骨科不对，我要挂的是康复科", "对"),
            BONES,
            {"department": "康复科"},
        ),
    ],
)
def test_words_about_what_is_booked_change_it(
    turns: tuple[str, ...], booked: dict[str, Any], slots: dict[str, Any], engine: Engine
) -> None:
    rows = _end(engine, *turns, booked=(booked,))
    assert [row["status"] for row in rows] == ["changed"]
    assert rows[0]["slots"].items() >= slots.items()


def test_of_two_the_one_that_is_named_to_stay_stays(engine: Engine) -> None:
    rows = _end(engine, "两个号留一个，骨科留着，眼科退了", "对", booked=(EYES, BONES))
    assert [row["status"] for row in rows] == ["cancelled", "new"]


def test_what_sounds_like_a_change_is_a_request_where_nothing_is_booked(engine: Engine) -> None:
    rows = _end(engine, "保洁，礼拜五或者礼拜六都可以", "对")
    assert [(row["intent"], row["slots"]["date"]) for row in rows] == [
        ("housekeeping", "2026-11-27")
    ]


def test_a_change_that_is_taken_back_leaves_all_as_it_was(engine: Engine) -> None:
    rows = _end(engine, "明天的车改后天", "不不，还是明天", booked=(CAR,))
    assert rows == [{**CAR, "status": "new"}]


def test_words_right_after_a_request_are_about_it(engine: Engine) -> None:
    rows = _end(engine, "保洁，礼拜五上午", "对", "下午", "对")
    assert [(row["status"], row["slots"]["part"]) for row in rows] == [("changed", "afternoon")]


def test_a_day_and_hour_right_after_a_request_are_its_new_ones(engine: Engine) -> None:
    rows = _end(engine, "油烟机洗一下", "对", "礼拜五上午九点", "对")
    assert [(row["status"], row["slots"]["time"]) for row in rows] == [("changed", "09:00")]


def test_what_was_filed_is_said_once_more_and_stays(engine: Engine) -> None:
    turns = ["保洁，礼拜五上午", "对", "上午"]
    answers = play({"channel": "phone", "turns": turns}, engine)
    assert [row["status"] for row in answers[-1]["requests"]] == ["new"]
    assert any("记上" in sentence or "写上" in sentence for sentence in answers[-1]["say"])


def test_another_request_right_after_one_is_another(engine: Engine) -> None:
    rows = _end(engine, "保洁，礼拜五上午", "对", "明天八点叫车去公园", "对")
    assert [row["intent"] for row in rows] == ["housekeeping", "taxi"]


def test_what_was_filed_a_moment_ago_is_not_over_yet(engine: Engine) -> None:
    rows = _end(engine, "今天晚饭，面条一碗，送到家里来", "对", "哎，等一下，面条要两碗", "对")
    assert [(row["status"], row["slots"]["items"][0]["quantity"]) for row in rows] == [
        ("changed", 2)
    ]
    rows = _end(engine, "保洁，礼拜三上午", "对", "等哈儿，礼拜三不得行，礼拜五上午嘛", "对头")
    assert [(row["status"], row["slots"]["date"]) for row in rows] == [("changed", "2026-11-27")]


LUNCH = {
    "intent": "meal",
    "slots": {
        "items": [{"name": "红烧肉", "quantity": 1}, {"name": "米饭", "quantity": 2}],
        "meal": "lunch",
        "date": "2026-11-24",
        "delivery": True,
    },
}


@pytest.mark.parametrize(
    ("text", "status", "names"),
    [
        ("我订的饭，米饭不要了", "changed", ["红烧肉"]),
        ("昨天订的饭，肉不要了", "changed", ["米饭"]),
        ("我订的饭不要了", "cancelled", ["红烧肉", "米饭"]),
        ("肉不要了，饭也不要了", "cancelled", ["红烧肉", "米饭"]),
    ],
)
def test_a_dish_may_be_given_up_and_the_meal_stays(
    text: str, status: str, names: list[str], engine: Engine
) -> None:
    rows = _end(engine, text, "对", booked=(LUNCH,))
    assert [(row["status"], [d["name"] for d in row["slots"]["items"]]) for row in rows] == [
        (status, names)
    ]
