"""Has somebody finished? What a text ends with, and what is still missing, tell."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import intents
from intents.engine import Engine
from intents.errors import DataError
from intents.finished import Endings

RULES = Path(intents.__file__).parent / "rules" / "turn.yaml"
ENGINE = Engine.load()


@pytest.mark.parametrize(
    "text",
    ["我想挂个号，那个", "给我叫个车去", "我要订", "麻烦你替我", "我要订晚饭，不是", "孙女说",
     "这个礼拜", "想请", "我要三", "把车改到"],
)  # fmt: skip
def test_more_is_coming(text: str) -> None:
    assert ENGINE.completeness(text) == "unfinished"


@pytest.mark.parametrize(
    "text",
    ["后天下午去", "找个人来修一下", "你从头说", "人咋还没到", "下周一", "你是哪个", "算我一个",
     "礼拜六有义诊是不是", "低保怎么申请", "能不能来个人陪陪我", "从这儿走，两个人，现在"],
)  # fmt: skip
def test_what_only_looks_as_if_more_were_coming_is_not_waited_for(text: str) -> None:
    assert ENGINE.completeness(text) != "unfinished"


@pytest.mark.parametrize(
    "text",
    ["救命", "对", "说大声点", "叫车去火车站吧", "给我女儿打个电话嘛", "电费多少钱",
     "明天早上六点叫个车去火车站", "帮我交一下电费，一百块钱，户头是我儿子的"],
)  # fmt: skip
def test_it_is_complete_with_a_closing_word_or_when_much_was_said(text: str) -> None:
    assert ENGINE.completeness(text) == "complete"


@pytest.mark.parametrize("text", ["叫车去火车站", "我要去中医院", "晚上要两个馒头", "我要交电话费"])
def test_a_short_request_would_do_and_may_go_on(text: str) -> None:
    assert ENGINE.completeness(text) == "enough"


@pytest.mark.parametrize("text", ["红烧肉", "明天上午", "给我老伴", "昨天送来的饭", ""])
def test_there_is_no_telling_where_something_needed_is_missing(text: str) -> None:
    assert ENGINE.completeness(text) == "unknown"


def test_a_mark_at_the_end_changes_nothing() -> None:
    for text in ("我要订", "叫车去火车站", "叫车去火车站吧"):
        assert ENGINE.completeness(f"{text}。") == ENGINE.completeness(text)


def test_an_ending_that_is_no_pattern_is_named_with_its_line(tmp_path: Path) -> None:
    file = Path(shutil.copy(RULES, tmp_path))
    file.write_text("trailing: [嗯]\nsettled: [就是]\nclosing:\n  - '(吧'\n", "utf-8")
    with pytest.raises(DataError, match=r"turn\.yaml:4: "):
        Endings.read(file)
