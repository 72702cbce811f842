"""While nothing is being taken: what begins a matter, and what ends the talk."""

from __future__ import annotations

import pytest
from call import TAXI, Call

from intents.engine import Engine


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


@pytest.mark.parametrize("text", ["没得了，把你们麻烦了", "没有了，麻烦你们了", "没了，就这"])
def test_thanks_at_the_end_are_no_wish(engine: Engine, text: str) -> None:
    call = Call(engine, requests=[TAXI])("明天那个车不要了", "对", text)
    assert [filed.status for filed in call.filed] == ["cancelled"]
    assert call.talk.asking is None


def test_who_says_that_is_all_and_then_asks_for_more_is_heard(engine: Engine) -> None:
    call = Call(engine, requests=[TAXI])("明天那个车不要了", "对", "没了，哦，再给我挂个骨科的号")
    assert call.talk.intent == "appointment"


def test_a_fright_about_a_thing_is_no_ailment(engine: Engine) -> None:
    assert Call(engine)("灯泡炸了，吓我一跳").talk.intent is None


@pytest.mark.parametrize(
    "text",
    [
        "饭送来是凉的，还少了一个菜",
        "送来的汤洒了一半",
        "饭送错了，这不是我的",
        "今天的菜里吃出一根头发",
        "来修的那个师傅多收我二十块钱",
    ],
)
def test_who_finds_fault_is_heard_by_a_person(engine: Engine, text: str) -> None:
    assert Call(engine)(text).outcome == "operator"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("前天送来的饭是凉的，今天再给我送一份白菜炖豆腐", "meal"),
        ("给我送份凉面来", "meal"),
        ("上回师傅没修好，水龙头又漏了", "housekeeping"),
    ],
)
def test_who_orders_again_is_not_handed_on(engine: Engine, text: str, intent: str) -> None:
    assert Call(engine)(text).talk.intent == intent


def test_an_order_that_is_not_there_is_not_begun_by_calling_it_off(engine: Engine) -> None:
    call = Call(engine)("我要退了今天的晚饭")
    assert call.talk.intent is None


@pytest.mark.parametrize("text", ["好，再给我叫个车", "要得，再叫个车嘛", "好，那就叫个车"])
def test_a_yes_after_something_was_filed_swallows_no_second_wish(text: str, engine: Engine) -> None:
    assert Call(engine)("修灯", "对", text).talk.asking == "destination"


def test_a_yes_after_something_was_filed_may_take_it_back(engine: Engine) -> None:
    call = Call(engine)("修灯", "对", "对，取消吧")
    assert call.talk.asking == "confirm"


def test_who_only_agrees_once_more_asks_for_nothing(engine: Engine) -> None:
    call = Call(engine)("我要办高龄补贴", "就是高龄补贴嘛", "要得，你帮我登记起")
    assert len(call.filed) == 1
    assert call.outcome == "none"


def test_what_was_only_supposed_gives_way_to_what_is_asked_for(engine: Engine) -> None:
    call = Call(engine)("今儿个俺过生日，也没人来", "想跟俺孙女说说话，你给她打个电话")
    assert call.talk.intent == "call_family"
