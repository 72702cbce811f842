"""Work about the house, said in any words."""

from __future__ import annotations

import pytest

from intents import HOME
from intents.values.chores import Chores, alternatives

CHORES = Chores(HOME / "rules" / "chores.yaml")


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("抽屉卡死了，存折拿不出来", "修家具"),
        ("灯绳拽断了", "修灯"),
        ("蜂窝煤烧完了，送两百个", "送煤"),
        ("门口三级台阶，给砌个坡", "适老化改造"),
        ("鞋底掉了", "修鞋"),
        ("水池子下水慢得很", "通下水道"),
    ],
)
def test_a_thing_and_its_fault_make_a_service(text: str, service: str) -> None:
    found = CHORES.find(text)
    assert found is not None
    assert found[0] == service


@pytest.mark.parametrize(
    ("text", "service"), [("烟囱该掏了，掏烟囱", "掏烟囱"), ("帮忙编篮子", "编篮子")]
)
def test_other_work_is_taken_as_it_was_said(text: str, service: str) -> None:
    assert CHORES.find(text) is None
    assert CHORES.open(text) == service


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("修冰箱，哦不是，冰箱是好的，是洗衣机不转了", "，是洗衣机不转了"),
        ("修水管，说错了，是通下水道", "是通下水道"),
        ("修水管，厨房里漏水", ""),
    ],
)
def test_what_is_put_right_in_a_breath_is_the_work(text: str, rest: str) -> None:
    assert CHORES.put_right(text) == rest


def test_a_deed_far_from_its_thing_is_looked_for_where_nothing_else_is_known() -> None:
    told = "铺盖盖了一冬了，沉得很，我一个人抱都抱不起，哪个来拿去帮我洗一下"
    assert CHORES.find(told) is None
    assert CHORES.find(told, far=True) == ("洗被褥", True)


def test_talk_of_no_work_is_none() -> None:
    assert CHORES.find("今天天气真好") is None
    assert CHORES.open("你好") is None


def test_alternatives_are_cut_at_the_outermost_bars_only() -> None:
    assert list(alternatives("a(?:b|c)|d")) == ["a(?:b|c)", "d"]
