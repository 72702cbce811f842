"""What there is already: told, cancelled, changed."""

from __future__ import annotations

import pytest
from call import EYES, TAXI, Call

from intents.engine import Engine
from intents.types import (
    HungUp,
    Pressed,
)


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


def test_several_bookings_are_named_and_one_is_chosen(engine: Engine) -> None:
    call = Call(engine, requests=[TAXI, EYES])("取消")
    assert call.talk.asking == "which"
    assert len(call.talk.choices) == 2
    call(Pressed("2"), Pressed("1"))
    assert call.outcome == "cancelled"
    assert call.filed[-1].target == 0


def test_a_change_keeps_what_was_not_changed_and_says_old_and_new(engine: Engine) -> None:
    call = Call(engine, requests=[EYES])("我的号改到后天下午")
    assert "后天" in call.said
    call("对")
    assert call.filed[-1].slots == EYES["slots"] | {"date": "2026-11-25", "part": "afternoon"}
    assert call.filed[-1].status == "changed"


def test_nothing_is_cancelled_without_a_yes(engine: Engine) -> None:
    call = Call(engine, requests=[TAXI])("把明天的车退了", "不对，不退")
    assert call.filed == []
    assert call.outcome == "none"


def test_a_status_question_in_the_middle_keeps_the_request(engine: Engine) -> None:
    call = Call(engine, requests=[TAXI])("订个午饭，面条一碗", "我叫的车咋还没来", "送")
    assert call.talk.asking == "confirm"


def test_hanging_up_leaves_a_request_for_staff_to_call_back(engine: Engine) -> None:
    call = Call(engine)("给我挂个骨科", HungUp())
    assert [(file.intent, file.unfinished) for file in call.filed] == [("appointment", True)]


LUNCH = {
    "intent": "meal",
    "slots": {
        "meal": "lunch",
        "items": [{"name": "套餐", "quantity": 1}],
        "date": "2026-11-23",
    },
}


@pytest.mark.parametrize(("words", "kind"), [("饭不要了", "cancel"), ("午饭改成晚饭", "change")])
def test_hanging_up_on_a_clear_change_leaves_it_for_staff(
    engine: Engine, words: str, kind: str
) -> None:
    call = Call(engine, requests=[LUNCH])(words, HungUp())
    assert [(file.intent, file.status, file.unfinished) for file in call.filed] == [
        (kind, "handed_over", True)
    ]
    assert call.filed[0].slots["about"] == "meal"


def test_one_more_of_the_meal_that_is_ordered(engine: Engine) -> None:
    call = Call(engine, requests=[LUNCH])("饭多加一份", "对")
    assert call.filed[0].slots["items"] == [{"name": "套餐", "quantity": 2}]


def test_a_hospital_is_a_destination_by_its_full_name(engine: Engine) -> None:
    call = Call(engine)("叫个车", "我要去中心医院复查", "几个人？两个", "对")
    assert call.filed[0].slots["destination"] == "中心医院"
    assert call.filed[0].slots["passengers"] == 2


def test_a_cry_during_an_alarm_keeps_its_kind(engine: Engine) -> None:
    call = Call(engine)("我摔倒了起不来", "救我啊快来人", Pressed("9"))
    assert {file.slots["kind"] for file in call.filed} == {"fall"}
    assert "救我啊快来人" in call.filed[-1].slots["note"]


def test_hanging_up_after_all_is_done_leaves_nothing(engine: Engine) -> None:
    call = Call(engine)("叫车去火车站", "对", HungUp())
    assert [file.status for file in call.filed] == ["new"]


def test_what_was_booked_a_moment_ago_is_cancelled_whatever_the_reason(engine: Engine) -> None:
    call = Call(engine)("给我订个今天的晚饭，一碗牛肉面，送来", "对")
    call("我孙女打电话说接我去她屋头吃，刚才那个饭莫做了", "嗯，不要了")
    assert [filed.status for filed in call.filed] == ["new", "cancelled"]


def test_a_change_after_a_question_is_of_what_was_asked_about(engine: Engine) -> None:
    call = Call(engine, requests=[EYES, TAXI])("我明天的车几点来", "改成七点半", "对")
    assert call.filed[-1].intent == "taxi"
    assert call.filed[-1].status == "changed"
    assert call.filed[-1].slots["time"] == "07:30"


def test_one_of_two_meals_given_back_leaves_one(engine: Engine) -> None:
    lunch = {"items": [{"name": "套餐", "quantity": 2}], "meal": "lunch", "date": "2026-11-24"}
    call = Call(engine, requests=[{"intent": "meal", "slots": lunch}])("我的饭退一份", "对")
    assert call.filed[-1].status == "changed"
    assert call.filed[-1].slots["items"] == [{"name": "套餐", "quantity": 1}]


@pytest.mark.parametrize("text", ["是嘞，眼科的莫动", "对，退车，看眼睛那个留着", "对，别的不动"])
def test_what_else_is_booked_may_stay_beside_a_yes(text: str, engine: Engine) -> None:
    call = Call(engine, requests=[TAXI, EYES])("明天的车退了", text)
    assert call.outcome == "cancelled"
    assert [each.target for each in call.filed] == [0]


@pytest.mark.parametrize("text", ["对，别退了", "不，留着", "莫退"])
def test_who_keeps_what_is_read_back_cancels_nothing(text: str, engine: Engine) -> None:
    assert Call(engine, requests=[TAXI, EYES])("明天的车退了", text).filed == []


def test_a_bare_no_to_a_change_asks_for_the_new_value_again(engine: Engine) -> None:
    call = Call(engine, requests=[EYES])("看眼睛那个号推到礼拜五", "不是")
    assert call.talk.asking == "date"
    assert call("下礼拜五", "对").filed[-1].slots["date"] == "2026-12-04"


def test_asking_how_it_was_is_no_wish_that_it_stays(engine: Engine) -> None:
    call = Call(engine, requests=[TAXI])("明天的车改到一点半", "我记得原来是八点，对不？")
    assert call.talk.asking == "confirm"
    assert call("对，改嘛").filed[-1].slots["time"] == "13:30"


def test_a_booking_is_known_by_what_is_in_it(engine: Engine) -> None:
    pills = {"intent": "medicine", "slots": {"medicine": "阿卡波糖", "quantity": 1}}
    call = Call(engine, requests=[TAXI, pills])("我要的那个拜糖平改成三盒", "对")
    assert (call.filed[-1].target, call.filed[-1].slots["quantity"]) == (1, "三盒")


def test_one_is_chosen_by_what_is_done_there(engine: Engine) -> None:
    choir = {"intent": "activity", "slots": {"activity": "合唱团", "date": "2026-11-25"}}
    call = Call(engine, requests=[EYES, TAXI, choir])("约的那个我去不成了", "唱歌那个", "对")
    assert [each.target for each in call.filed] == [2]


def test_a_ride_that_is_put_off_is_not_given_up(engine: Engine) -> None:
    call = Call(engine, requests=[TAXI])("明天那个车，往后推一个钟头，孩子起不来", "对")
    assert (call.outcome, call.filed[-1].slots["time"]) == ("changed", "09:00")


def test_the_very_one_that_was_read_back_is_asked_for_once_more(engine: Engine) -> None:
    windows = {"intent": "housekeeping", "slots": {"service": "擦窗", "date": "2026-11-24"}}
    call = Call(engine, requests=[TAXI, windows])("擦玻璃的那个取消吧", "不是车，是擦玻璃的")
    assert call.talk.asking == "confirm"
    assert [each.target for each in call("对，车还要，擦玻璃的不要了").filed] == [1]


def test_why_it_is_cancelled_is_no_wish_to_keep_it(engine: Engine) -> None:
    lunch = {"intent": "meal", "slots": {"meal": "lunch", "date": "2026-11-23"}}
    call = Call(engine, requests=[lunch])("我订的那个饭不要了", "对，今天中午我不在家吃")
    assert call.outcome == "cancelled"
