"""A value that is named only to be denied never wins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.conversation.acts import load_acts
from intents.conversation.denial import left

ACTS = load_acts()


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("不是一点，七点，拐七的七", "七点，拐七的七"),
        ("哪个说四点嘛，十点，上午十点", "十点，上午十点"),
        ("哪有三百，三十，三张十块的", "三十，三张十块的"),
        ("下午……哎等等，不是周三是周四，周三我值日", "下午，哎等等，周四"),
        ("上午我要打针，不在，下午来", "下午来"),
        ("等哈，莫打老大了，他在开会，打给幺儿", "等哈，他在开会，打给幺儿"),
        ("谁说汽车站了，我说火车站", "我说火车站"),
        ("莫说三点，我说的两点", "我说的两点"),
        ("礼拜五我儿子不在家，礼拜六吧", "礼拜六吧"),
        ("五十太少了，充一百吧", "充一百吧"),
        ("三闺女，我没得三儿子", "三闺女"),
        ("是礼拜五不是礼拜四啊", "是礼拜五"),
        ("上午不行就下午", "下午"),
        ("不是后天", ""),
        ("从我家到东站……哦不是东站，是西站", "从我家到，西站"),
        ("不是后天，是大后天，下午没错", "大后天，下午没错"),
        ("是俺小闺女，可别打给大的", "是俺小闺女"),
    ],
)
def test_what_is_denied_is_taken_out(text: str, rest: str) -> None:
    found = left(ACTS, text)
    assert found.text == rest
    assert found.denied


@pytest.mark.parametrize(
    "text",
    [
        "明天上午",
        "去火车站",
        "不对，是后天",
        "莫太早",
        "不用送，我来吃",
        "莫放辣椒",
        "不订了",
        "送嘛",
    ],
)
def test_where_nothing_is_denied_nothing_is_taken_out(text: str) -> None:
    assert left(ACTS, text).denied == ()


@given(st.text(max_size=80))
def test_any_text_keeps_no_more_than_it_had(text: str) -> None:
    assert len(left(ACTS, text).text) <= len(text)
