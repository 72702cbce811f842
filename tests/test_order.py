"""Taking a request: what is read back, what changes it, and when it is filed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pytest
from call import NOW, TAXI, Call

from intents.engine import Engine
from intents.types import Alert, Chose, Guess, Heard, Intent, Silence, Understanding


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


class Doubting:
    """The engine, with one understanding put in its mouth."""

    def __init__(self, engine: Engine, text: str, meant: Understanding) -> None:
        self._engine, self._text, self._meant = engine, text, meant

    def understand(self, text: str, now: datetime) -> Understanding:
        return self._meant if text == self._text else self._engine.understand(text, now)

    def extract(
        self, text: str, now: datetime, intent: str, asked: str | None = None
    ) -> Mapping[str, Any]:
        return self._engine.extract(text, now, intent, asked)

    def correction(
        self, text: str, now: datetime, intent: str, current: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        return self._engine.correction(text, now, intent, current)

    def settled(self, text: str) -> str:
        return self._engine.settled(text)

    def polarity(self, text: str) -> str | None:
        return self._engine.polarity(text)

    def vocabulary(self, list_name: str) -> Sequence[str]:
        return self._engine.vocabulary(list_name)

    def standard(self, list_name: str, text: str) -> str:
        return self._engine.standard(list_name, text)

    def emergency(self, text: str) -> tuple[str, str] | None:
        return self._engine.emergency(text)


# --- heard badly, or found by sound -------------------------------------------------


def test_a_value_found_by_sound_is_asked_after_by_its_name(engine: Engine) -> None:
    meant = Understanding((Intent("taxi", {"destination": "火车站"}, fuzzy=("destination",)),), 0.9)
    call = Call(Doubting(engine, "叫车去货车站", meant))("叫车去货车站")
    assert "是火车站" in call.said
    assert call("对").filed[0].slots["destination"] == "火车站"


def test_what_was_heard_badly_is_asked_after_by_its_name(engine: Engine) -> None:
    call = Call(engine)(Heard("明天八点叫车去火车站", confidence=0.3))
    assert call.talk.asking == "confirm"
    assert call.said.count("火车站") == 2


def test_what_only_another_reading_answers_is_taken_and_asked_after(engine: Engine) -> None:
    call = Call(engine)("我要挂个骨科的号", Heard("侯儿个倒是", ("猴歌倒是", "后儿个早上")))
    assert "是后天二十五号星期三上午，对吗" in call.said
    assert call("对").filed[0].slots["date"] == "2026-11-25"


def test_an_answer_that_was_understood_is_not_read_otherwise(engine: Engine) -> None:
    call = Call(engine)("我要挂个骨科的号", Heard("明儿个下午", ("后儿个早上",)), "对")
    assert call.filed[0].slots["date"] == "2026-11-24"


def test_a_read_back_is_never_agreed_to_in_another_reading(engine: Engine) -> None:
    call = Call(engine)("明天八点叫车去火车站", Heard("那个啥", ("对", "就是这样", "后天")))
    assert call.filed == []
    assert "后天" not in call.said


def test_who_asks_something_back_is_answered_whatever_else_was_read(engine: Engine) -> None:
    call = Call(engine)("我要挂个骨科的号", Heard("等一下，我想想", ("等一下，后天",)))
    assert call.filed == []
    assert "后天" not in call.said


def test_a_badly_heard_yes_is_made_sure_of_once(engine: Engine) -> None:
    call = Call(engine)("明天八点叫车去火车站", Heard("对", confidence=0.2))
    assert call.filed == []
    assert call.talk.asking == "confirm"
    assert len(call(Heard("对", confidence=0.2)).filed) == 1


def test_two_close_readings_give_one_question_with_both(engine: Engine) -> None:
    text = "那个看一下"
    unsure = Understanding(
        (Intent("appointment"),), 0.5, (Guess("housekeeping", 0.5),), unsure=True
    )
    call = Call(Doubting(engine, text, unsure))(text)
    assert [choice.value for choice in call.talk.choices] == ["appointment", "housekeeping"]
    assert call.said.count("？") == 1
    assert call(text).talk.asking == "department"


# --- what changes a request ---------------------------------------------------------


@pytest.mark.parametrize(
    ("asked_for", "said", "slot", "value"),
    [
        ("去长途汽车站，明天早上七点", "不是一点，七点，拐七的七", "time", "07:00"),
        ("修灯，明天上午", "上午我要打针，不在，下午来", "part", "afternoon"),
        ("挂个骨科，后天上午", "不对不对，后天我要去学校，大后天", "date", "2026-11-26"),
        ("给我大儿子打电话", "莫打老大了，他在开会，打给幺儿", "contact", "小儿子"),
        ("叫车去汽车站，明天七点", "谁说汽车站了，我说火车站", "destination", "火车站"),
        ("叫车去公园，两个人", "一个人就行，我老伴不去了", "passengers", 1),
    ],
)
def test_the_last_value_that_is_not_denied_holds(
    asked_for: str, said: str, slot: str, value: Any, engine: Engine
) -> None:
    assert Call(engine)(asked_for, said, "对").filed[0].slots[slot] == value


def test_a_dish_named_at_another_question_is_added(engine: Engine) -> None:
    call = Call(engine)("一份红烧肉，今天中午的", "米饭两碗，葱蒜都莫放，送屋头来", "对嘞")
    slots = call.filed[0].slots
    assert [(dish["name"], dish["quantity"]) for dish in slots["items"]] == [
        ("红烧肉", 1),
        ("米饭", 2),
    ]
    assert "葱蒜" in slots["diet"]


def test_a_new_part_of_the_day_and_a_yes_in_one_breath_settle_it(engine: Engine) -> None:
    call = Call(engine)("挂个骨科，明天", "下午，就这样")
    assert "下午" in call.said
    assert call.filed[0].slots["part"] == "afternoon"


def test_more_of_the_same_kind_waits_for_its_turn(engine: Engine) -> None:
    call = Call(engine)("挂个骨科的号", "再给我老伴挂个眼科，都是明天上午", "对", "对")
    assert [file.slots["department"] for file in call.filed] == ["骨科", "眼科"]
    assert {file.slots["date"] for file in call.filed} == {"2026-11-24"}


# --- answers nobody knows -----------------------------------------------------------


def test_a_complaint_nobody_knows_is_noted_for_general_practice(engine: Engine) -> None:
    call = Call(engine)("挂号", "说话老打颤", "明天上午", "对")
    slots = call.filed[0].slots
    assert slots["department"] == "全科"
    assert "打颤" in slots["note"]


def test_no_question_is_asked_for_ever(engine: Engine) -> None:
    call = Call(engine)("挂号")
    for turn in ("明天", "上午", "我一个人去", "走着去"):
        call(turn)
    assert call.talk.asking == "confirm" or call.talk.ended


def test_whatever_there_is_means_a_set_meal(engine: Engine) -> None:
    call = Call(engine)("订午饭", "吃啥都行，你看着办，就我一个人，一份够了", "送来", "要得")
    assert call.filed[0].slots["items"] == [{"name": "套餐", "quantity": 1}]


# --- giving it up -------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "不换了，我再凑合凑合",
        "先不叫吧，我问问娃儿再说",
        "今天闺女来，不叫了",
        "门口有人，不说了，挂了啊",
        "得，甭叫了，闺女说她开车带我去",
        "莫叫了莫叫了，隔壁老李送我去",
        "不叫了，儿媳妇端着饭回来了",
    ],
)
def test_a_request_that_is_given_up_is_not_filed(words: str, engine: Engine) -> None:
    call = Call(engine)("叫车去火车站", words)
    assert call.filed == []
    assert call.outcome == "none"


@pytest.mark.parametrize(
    "words",
    ["我不好意思跟机器讲，喊个女同志来", "叫你们站上的人过来", "你咋个老是听不懂哦", "换个活人来"],
)
def test_a_person_is_fetched_in_whatever_words(words: str, engine: Engine) -> None:
    assert Call(engine)("叫车", words).outcome == "operator"


def test_somebody_who_is_to_do_something_is_no_operator(engine: Engine) -> None:
    assert Call(engine)("叫个人来修灯").talk.intent == "housekeeping"
    assert Call(engine)("找个人来陪我说说话").talk.intent == "companionship"


# --- silence after a bad word -------------------------------------------------------


@pytest.mark.parametrize("words", ["我难受……", "哎……不得劲……", "头晕得厉害", "胸口有点不舒服"])
def test_silence_after_a_bad_word_is_an_alarm(words: str, engine: Engine) -> None:
    call = Call(engine)(words, Silence())
    assert any(isinstance(effect, Alert) for effect in call.all)


def test_a_complaint_told_to_the_doctors_question_is_no_alarm(engine: Engine) -> None:
    assert Call(engine)("挂个号", "头晕", Silence()).outcome is None


def test_a_taxi_and_lunch_are_cancelled_in_one_breath(engine: Engine) -> None:
    lunch = {"intent": "meal", "slots": {"meal": "lunch", "date": "2026-11-24"}}
    call = Call(engine, requests=[TAXI, lunch], now=NOW)("车啊饭啊统统退了", "对")
    assert {file.target for file in call.filed} == {0, 1}
    assert {file.status for file in call.filed} == {"cancelled"}


def test_another_request_while_something_is_to_be_changed_agrees_to_nothing(engine: Engine) -> None:
    call = Call(engine, "kiosk")("报个活动", "太极拳")
    call(Chose("confirm", "no"))
    assert call.talk.asking == "which"
    call("你们送")
    assert call.filed == []
    assert call.talk.asking in ("which", "confirm")


# --- another request, or the same put right -----------------------------------------


@pytest.mark.parametrize("text", ["你们送来", "给我送到屋里来嘛"])
def test_what_is_put_right_without_a_name_is_the_request_at_hand(engine: Engine, text: str) -> None:
    call = Call(engine)("我那个治糖尿病的针没了", text)
    assert call.talk.asking == "confirm"
    assert not call.filed
    assert [filed.slots["action"] for filed in call("对").filed] == ["deliver"]


def test_a_named_request_beside_it_is_another(engine: Engine) -> None:
    call = Call(engine)("我那个治糖尿病的针没了", "再给我送份饭来")
    assert "订饭" in call.said or call.talk.intent == "meal"
    call("对", "红烧肉一份，今天中午", "对")
    assert [filed.intent for filed in call.filed] == ["medicine", "meal"]


@pytest.mark.parametrize("text", ["那算了", "算了算了", "哪个科都挂不上，算了吧", "唉，拉倒吧"])
def test_who_gives_up_is_not_asked_on(engine: Engine, text: str) -> None:
    call = Call(engine)("挂个号", text)
    assert call.talk.intent is None
    assert call.outcome == "none"
    assert not call.filed


def test_what_is_left_out_of_an_order_gives_up_no_more_than_that(engine: Engine) -> None:
    call = Call(engine)("中午送一份红烧肉、一份米饭", "米饭就算了")
    assert call.talk.intent == "meal"


@pytest.mark.parametrize("text", ["快点哦", "好，快点", "麻烦快点来", "搞快点嘛", "那就赶紧嘛"])
def test_who_only_hurries_a_read_back_agrees_to_it(text: str, engine: Engine) -> None:
    assert Call(engine)("叫车去火车站", text).filed


@pytest.mark.parametrize("text", ["快点说", "下午快点来", "快点，不是火车站", "能不能快点"])
def test_who_hurries_and_says_more_does_not_yet_agree(text: str, engine: Engine) -> None:
    assert Call(engine)("叫车去火车站", text).filed == []


@pytest.mark.parametrize(
    "text", ["莫得问题", "莫得错", "要得，劳慰你", "要得嘛，莫得问题", "可不就是嘛"]
)
def test_agreement_in_sichuan_and_henan_files_it_as_it_was_read_back(
    text: str, engine: Engine
) -> None:
    call = Call(engine)("降压药没得了", "一盒，送到屋头嘛", text)
    assert [each.slots["action"] for each in call.filed] == ["deliver"]
    assert Call(engine)("叫车去火车站", text).filed
