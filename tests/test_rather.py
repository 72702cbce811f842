"""Second thoughts at a read-back: what is meant, not what stands in the words."""

from __future__ import annotations

import pytest
from call import EYES, TAXI, Call

from intents.engine import Engine
from intents.types import HungUp

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


@pytest.mark.parametrize(
    ("slot", "value", "turns"),
    [
        # papers that are at hand are no other matter
        ("matter", "高龄补贴", ("我满八十了，想办高龄补贴", "户口本身份证都揣着呢", "对")),
        # medicine that is left is not ordered beside what is wanted
        ("medicine", "阿托伐他汀",
         ("给我开点二甲双胍", "不不，二甲双胍我还有半瓶，要的是阿托伐他汀", "对")),
        # as it was read back is a yes whoever it is not for
        ("department", "耳鼻喉科",
         ("隔壁王婆婆耳朵流脓，我代她挂个号", "礼拜五上午", "是我隔壁的，不是我哈，对头")),
        # half past three is not denied with three
        ("time", "15:30",
         ("找个人来陪我下棋，明儿下午三点", "哎不是三点，三点我还没睡醒，三点半", "中")),
        # the part of day that somebody sleeps gives way
        ("part", "morning", ("给老伴挂个心内科", "明天下午……下午她要睡觉，还是明天上午吧", "对")),
        # the day on which one is busy is not the day
        ("date", "2026-11-27",
         ("我报个合唱团", "礼拜三的，不对，礼拜三我要上银行，礼拜五那场", "对")),
        # the question said again is no part of the answer
        ("date", "2026-11-25", ("给我挂个眼科", "哦哦，你问哪天，后天上午", "对")),
    ],
)  # fmt: skip
def test_what_is_meant_is_filed(
    slot: str, value: str, turns: tuple[str, ...], engine: Engine
) -> None:
    assert [f.slots[slot] for f in Call(engine)(*turns).filed] == [value]


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


def test_what_else_is_kept_beside_a_yes_is_not_cancelled_too(engine: Engine) -> None:
    call = Call(engine, requests=[MEAL, TAXI])("明天的早饭莫送了", "对，光退饭，车子还是要的")
    if not call.filed:
        call("对")
    assert [(f.intent, f.status) for f in call.filed] == [("meal", "cancelled")]


@pytest.mark.parametrize("said", ["不要轮椅车", "我不坐轮椅", "莫要轮椅"])
def test_a_wheelchair_that_is_declined_is_not_ordered(engine: Engine, said: str) -> None:
    call = Call(engine)(f"叫个车去火车站，明天九点，{said}", "对")
    assert "wheelchair" not in call.filed[0].slots


def test_where_it_is_tells_no_other_kind_of_emergency(engine: Engine) -> None:
    call = Call(engine)("老头子晕过去了，咋喊都不应", "就在屋里阳台上，你们快点")
    assert {f.slots["kind"] for f in call.filed} == {"unconscious"}
    call("着火了，屋里起火了")
    assert call.filed[-1].slots["kind"] == "fire"


def test_who_has_never_done_it_and_asks_to_have_it_done_agrees(engine: Engine) -> None:
    call = Call(engine)("我要去外地住，想办异地备案", "没办过，你们帮我办嘛")
    assert [f.intent for f in call.filed] == ["social_security"]


def test_each_of_two_dishes_has_its_amount(engine: Engine) -> None:
    call = Call(engine)("订两份回锅肉，三碗豆花，中午的，送到家", "改成三份四碗", "对")
    assert [dish["quantity"] for dish in call.filed[0].slots["items"]] == [3, 4]
    call = Call(engine)("订两份回锅肉，三碗豆花，中午的，送到家", "不是三碗，是两碗", "对")
    assert [dish["quantity"] for dish in call.filed[0].slots["items"]] == [2, 2]


def test_what_waits_is_written_down_when_the_caller_is_gone(engine: Engine) -> None:
    call = Call(engine, requests=[TAXI, EYES])("看眼睛的号挪到礼拜五，车不要了", HungUp())
    assert [(f.intent, f.slots["about"], f.status) for f in call.filed] == [
        ("change", "appointment", "handed_over"),
        ("cancel", "taxi", "handed_over"),
    ]
    assert call.filed[1].slots["destination"] == "火车站"


def test_a_yes_and_then_something_else_are_both_heard(engine: Engine) -> None:
    call = Call(engine, requests=[TAXI])("给我挂个眼科，后天上午", "对。还有，那个车给我退了", "对")
    assert [(f.intent, f.status) for f in call.filed] == [
        ("appointment", "new"),
        ("taxi", "cancelled"),
    ]
