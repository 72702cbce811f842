"""What else an elder has to do is the reason for an answer, not the answer."""

from __future__ import annotations

import pytest
from call import Call

from intents.engine import Engine


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


@pytest.mark.parametrize(
    ("answer", "want"),
    [
        ("后晌去，上午我要在家等人", ("2026-11-24", "afternoon")),
        ("上午我要带孙子，下午去", ("2026-11-24", "afternoon")),
        ("礼拜五去，礼拜四我要吃酒席", ("2026-11-27", "morning")),
        ("前晌，后晌外孙放学没人接", ("2026-11-24", "morning")),
        ("上午我在家，下午要去打牌", ("2026-11-24", "morning")),
    ],
)
def test_the_part_of_day_that_is_taken_never_wins(
    engine: Engine, answer: str, want: tuple[str, str]
) -> None:
    (filed,) = Call(engine)("挂个眼科", "明天", answer, "对").filed
    assert (filed.slots["date"], filed.slots["part"]) == want


def test_the_reason_is_no_second_request(engine: Engine) -> None:
    call = Call(engine)("挂个眼科", "明天", "后晌去，上午我要在家等送煤气的", "对")
    assert [filed.intent for filed in call.filed] == ["appointment"]


def test_plans_that_agree_with_the_time_are_the_answer(engine: Engine) -> None:
    (filed,) = Call(engine)("叫个车", "去火车站", "明天上午我要去接人，九点", "对").filed
    assert (filed.slots["date"], filed.slots["time"]) == ("2026-11-24", "09:00")


def test_putting_off_another_day_leaves_this_one(engine: Engine) -> None:
    call = Call(engine)("订今天的午饭，一碗面条，送来", "明天的先不订")
    assert call.talk.asking == "confirm"
    (filed,) = call("对").filed
    assert filed.slots["date"] == "2026-11-23"


def test_where_one_sleeps_tonight_is_no_time_of_a_ride(engine: Engine) -> None:
    call = Call(engine)("喊个车到公园，明天上午八点半", "我今晚在妹妹家歇，从望江小区走", "对")
    slots = call.filed[0].slots
    assert (slots["origin"], slots["date"], slots["time"]) == ("望江小区", "2026-11-24", "08:30")
