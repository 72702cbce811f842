"""Second thoughts at a read-back: what is meant, not what stands in the words."""

from __future__ import annotations

import pytest
from call import EYES, TAXI, Call

from intents.engine import Engine

MEAL = {
    "intent": "meal",
    "slots": {
        "items": [{"name": "包子", "quantity": 2}],
        "meal": "breakfast",
        "date": "2026-11-24",
    },
}
BONES = {
    "intent": "appointment",
    "slots": {"department": "骨科", "date": "2026-11-24", "part": "morning"},
}


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


def test_a_cancellation_may_become_a_change(engine: Engine) -> None:
    bath = {"intent": "housekeeping", "slots": {"service": "助浴", "date": "2026-11-26"}}
    call = Call(engine, requests=[bath])("礼拜四来洗澡的不要来了", "哎，先莫取消，改到礼拜五", "对")
    (filed,) = call.filed
    assert (filed.status, filed.slots["date"]) == ("changed", "2026-11-27")


def test_only_what_is_named_beside_all_is_cancelled(engine: Engine) -> None:
    given = [BONES, TAXI, MEAL]
    call = Call(engine, requests=given)("我要在家做饭，去不成了，明天的号跟车都给我退了", "对")
    assert {(f.intent, f.status) for f in call.filed} == {
        ("appointment", "cancelled"),
        ("taxi", "cancelled"),
    }


def test_the_one_that_shall_stay_is_not_the_one_that_is_meant(engine: Engine) -> None:
    call = Call(engine, requests=[TAXI, EYES])("那个给我退了嘛", "叫的那个车，看病的号莫退", "对")
    assert [(f.intent, f.status) for f in call.filed] == [("taxi", "cancelled")]


@pytest.mark.parametrize("sooner", ["叫它早点来", "喊师傅早点儿来"])
def test_a_ride_that_is_booked_shall_come_sooner(engine: Engine, sooner: str) -> None:
    call = Call(engine, requests=[TAXI])(
        f"明天去火车站那个车，{sooner}", "六点四十吧，赶早不赶晚", "对"
    )
    (filed,) = call.filed
    assert (filed.status, filed.slots["time"]) == ("changed", "06:40")


def test_papers_that_are_at_hand_are_no_other_matter(engine: Engine) -> None:
    call = Call(engine)("我满八十了，想办高龄补贴", "户口本身份证都揣着呢", "对")
    assert [f.slots["matter"] for f in call.filed] == ["高龄补贴"]


def test_medicine_that_is_left_is_not_ordered_beside_what_is_wanted(engine: Engine) -> None:
    call = Call(engine)("给我开点二甲双胍", "不不，二甲双胍我还有半瓶，要的是阿托伐他汀", "对")
    assert [f.slots["medicine"] for f in call.filed] == ["阿托伐他汀"]


def test_a_meal_without_dishes_takes_those_that_are_listed_next(engine: Engine) -> None:
    (filed,) = Call(engine)("明早给我送份早饭", "一碗豆浆，两个包子，再来个煮鸡蛋", "对").filed
    assert [dish["name"] for dish in filed.slots["items"]] == ["豆浆", "包子", "煮鸡蛋"]


def test_what_is_said_of_a_matter_that_waits_is_kept_for_it(engine: Engine) -> None:
    call = Call(engine)(
        "我老伴的降压药吃完了，再开一瓶，还要给她挂个内分泌科",
        "药送到家，号要礼拜五上午的",
        "对",
        "对",
    )
    medicine, appointment = call.filed
    assert medicine.slots["action"] == "deliver"
    assert appointment.slots["for_whom"] == "老伴"
    assert (appointment.slots["date"], appointment.slots["part"]) == ("2026-11-27", "morning")


def test_a_day_said_once_holds_for_the_one_that_needs_it(engine: Engine) -> None:
    call = Call(engine)(
        "礼拜五要去换残疾证，给我登记一下，再叫个车送我", "对", "去政务大厅，八点半", "对"
    )
    assert call.filed[-1].slots["date"] == "2026-11-27"


def test_as_it_was_read_back_is_a_yes_whoever_it_is_not_for(engine: Engine) -> None:
    call = Call(engine)(
        "隔壁王婆婆耳朵流脓，我代她挂个号", "礼拜五上午", "是我隔壁的，不是我哈，对头"
    )
    assert [f.slots["department"] for f in call.filed] == ["耳鼻喉科"]


def test_a_yes_is_nothing_to_eat(engine: Engine) -> None:
    call = Call(engine)("订两份回锅肉，三碗豆花，中午的，送到家", "对头，两份三碗")
    (filed,) = call.filed
    assert [dish["name"] for dish in filed.slots["items"]] == ["回锅肉", "豆花"]


def test_who_only_tries_it_out_is_let_go(engine: Engine) -> None:
    call = Call(engine)("听说这机器会说话，我来看看", "啥也不办，我就试试灵不灵")
    assert call.outcome == "none"
    assert not call.filed


@pytest.mark.parametrize(
    "said", ["那你给我转个人来说吧", "票在孙子手机上，几点我说不清，还是转个人来说吧"]
)
def test_a_person_is_asked_for_in_the_middle(engine: Engine, said: str) -> None:
    assert Call(engine)("叫个车去高铁站", said).outcome == "operator"


def test_what_did_not_happen_changes_no_alarm(engine: Engine) -> None:
    call = Call(engine)("我老头子一边脸耷拉下来，话也说不清了", "没摔，就在椅子上歪着")
    kinds = {f.slots["kind"] for f in call.filed if f.intent == "emergency"}
    assert kinds == {"other"}


def test_nobody_who_fainted_is_no_alarm(engine: Engine) -> None:
    call = Call(engine)("我想学急救，人晕倒了咋按胸口", "没人晕倒，你给我报个名")
    assert call.outcome != "emergency"
    assert engine.emergency("没人，我老伴晕倒了") is not None
