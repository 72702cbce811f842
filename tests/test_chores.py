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


def test_talk_of_no_work_is_none() -> None:
    assert CHORES.find("今天天气真好") is None
    assert CHORES.open("你好") is None


def test_alternatives_are_cut_at_the_outermost_bars_only() -> None:
    assert list(alternatives("a(?:b|c)|d")) == ["a(?:b|c)", "d"]
