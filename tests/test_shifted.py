"""What was read back is put right in plain words, and nothing else of it changes."""

from __future__ import annotations

from typing import Any

import pytest

from intents.engine import Engine
from linli.bench.dialogues import play

RIDE = "明天上午九点叫个车去人民医院，一个人"
MEAL = "明天中午要一份红烧肉两碗米饭，送到家里"
VISIT = "帮我挂明天上午人民医院眼科的号"
PILLS = "降压药吃完了，帮我拿两盒"
BILL = "帮我交五十块钱电费"


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


def filed(engine: Engine, *turns: str) -> dict[str, Any]:
    rows = play({"channel": "phone", "turns": turns}, engine)[-1]["requests"]
    assert len(rows) == 1
    slots: dict[str, Any] = rows[0]["slots"]
    return slots


@pytest.mark.parametrize(
    ("order", "text", "changed"),
    [
        (RIDE, "晚一个钟头", {"time": "10:00"}),
        (RIDE, "早半个钟头", {"time": "08:30"}),
        (RIDE, "推后一天", {"date": "2026-11-25"}),
        (RIDE, "晚一个钟头，不，十点半", {"time": "10:30"}),
        (RIDE, "再加一个人", {"passengers": 2}),
        (RIDE, "我老伴也去", {"passengers": 2}),
        (RIDE, "一个人不对，是两个", {"passengers": 2}),
        (RIDE, "时间不对，是八点", {"time": "08:00"}),
        (RIDE, "地方不对，去中医院", {"destination": "中医院"}),
        (VISIT, "去中医院", {"hospital": "中医院"}),
        (VISIT, "换中医院吧", {"hospital": "中医院"}),
        (VISIT, "不去人民医院，去中医院", {"hospital": "中医院"}),
        (VISIT, "不是给我，给我孙子", {"for_whom": "孙子"}),
        (VISIT, "推后一天", {"date": "2026-11-25"}),
        (PILLS, "再加一盒", {"quantity": "三盒"}),
        (PILLS, "一盒就行", {"quantity": "一盒"}),
        (BILL, "三十就够了", {"amount": 30}),
        (BILL, "五十太少了，一百", {"amount": 100}),
    ],
)
def test_only_what_is_put_right_changes(
    engine: Engine, order: str, text: str, changed: dict[str, Any]
) -> None:
    plain = filed(engine, order, "对")
    assert filed(engine, order, text, "对") == {**plain, **changed}


def test_more_packs_of_another_kind_are_not_added_up(engine: Engine) -> None:
    assert filed(engine, PILLS, "再加一瓶", "对")["quantity"] in ("一瓶", "两盒")
