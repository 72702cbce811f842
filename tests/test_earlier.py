"""老样子, 跟上回一样: what is not said anew is as it was the last time."""

from __future__ import annotations

from typing import Any

import pytest
from call import Call

from intents.engine import Engine

DIALYSIS = {"destination": "透析中心", "date": "2026-11-19", "time": "07:30", "passengers": 2}
FISH = {
    "items": [{"name": "鱼香肉丝", "quantity": 1}, {"name": "花卷", "quantity": 2}],
    "meal": "lunch",
    "date": "2026-11-22",
    "delivery": True,
}
PILLS = {"medicine": "硝苯地平", "quantity": 2, "action": "deliver"}


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


def rows(status: str = "new", **given: Any) -> list[dict[str, Any]]:
    return [{"intent": name, "slots": slots, "status": status} for name, slots in given.items()]


@pytest.mark.parametrize("status", ["new", "done"])
def test_the_same_meal_as_yesterday_is_read_back_whole(status: str, engine: Engine) -> None:
    call = Call(engine, requests=rows(status, meal=FISH))("晌午饭，跟昨天一样")
    assert "鱼香肉丝" in call.said
    slots = call("对").filed[0].slots
    assert (slots["items"], slots["delivery"], slots["date"]) == (FISH["items"], True, "2026-11-23")


def test_where_to_is_as_the_last_time_and_when_is_asked(engine: Engine) -> None:
    call = Call(engine, requests=rows(taxi=DIALYSIS))("明天还要叫个车，去的地方跟上回一样")
    assert call.talk.asking == "time"
    slots = call("早上七点", "没问题").filed[0].slots
    assert (slots["destination"], slots["time"], slots["passengers"]) == ("透析中心", "07:00", 2)


def test_what_is_said_anew_is_not_as_it_was(engine: Engine) -> None:
    call = Call(engine, requests=rows(meal=FISH))("今天中午老样子，送来，只要一个花卷", "没问题")
    assert call.filed[0].slots["items"] == [{"name": "花卷", "quantity": 1}]


def test_what_the_station_has_done_before_is_the_last_time_too(engine: Engine) -> None:
    call = Call(engine, resident={"name": "王秀英", "last": {"medicine": PILLS}})
    call("我的药吃完了，照上次的开", "没问题")
    assert call.filed[0].slots["medicine"] == "硝苯地平"


def test_it_may_be_the_answer_to_a_question(engine: Engine) -> None:
    call = Call(engine, requests=rows(meal=FISH))("我要订中午饭", "老样子")
    assert "鱼香肉丝" in call.said


def test_a_cancelled_request_was_no_last_time(engine: Engine) -> None:
    call = Call(engine, requests=rows("cancelled", meal=FISH))("晌午饭，跟昨天一样")
    assert call.talk.asking == "items"


def test_who_never_asked_before_is_asked(engine: Engine) -> None:
    assert Call(engine)("叫个车，去老地方").talk.asking == "destination"


@pytest.mark.parametrize("text", ["我这腿跟昨天一样疼，挂个号", "跟上回一样难受，我要看病"])
def test_a_pain_that_is_as_it_was_books_no_earlier_doctor(text: str, engine: Engine) -> None:
    earlier = {"department": "眼科", "hospital": "中医院", "doctor": "刘主任"}
    call = Call(engine, requests=rows("done", appointment=earlier))(text)
    assert "刘主任" not in call.said


def test_that_day_is_the_day_of_what_was_just_filed(engine: Engine) -> None:
    call = Call(engine, "kiosk")("礼拜三的防诈骗讲座，我要去听", "对")
    call("那天晌午我就在食堂吃，一份回锅肉", "对")
    assert [each.slots["date"] for each in call.filed] == ["2026-11-25", "2026-11-25"]


def test_that_day_of_long_ago_is_no_day_to_come(engine: Engine) -> None:
    call = Call(engine)("那天我去医院没挂上号，给我挂个骨科")
    assert call.talk.asking == "date"


def test_the_second_of_two_wishes_is_on_the_day_of_the_first(engine: Engine) -> None:
    call = Call(engine)("后天上午喊个磨刀的来，下午再找个人陪我下两盘象棋", "对", "对")
    when = [(each.slots["date"], each.slots["part"]) for each in call.filed]
    assert when == [("2026-11-25", "morning"), ("2026-11-25", "afternoon")]


def test_that_the_rest_stays_as_it_is_speaks_of_this_order(engine: Engine) -> None:
    call = Call(engine, requests=rows("done", meal={**FISH, "diet": "少盐"}))
    call("今天中午一份红烧肉，送来", "两份，别的照旧")
    assert "少盐" not in call.said


def test_a_second_order_beside_a_change_is_not_lost(engine: Engine) -> None:
    noodles = {**FISH, "items": [{"name": "面条", "quantity": 1}], "date": "2026-11-23"}
    call = Call(engine, requests=rows(meal=noodles))
    call("把午饭改成米饭，另外再给我订个晚饭，饺子一份", "对", "送来", "对")
    assert [each.slots["meal"] for each in call.filed] == ["lunch", "dinner"]
