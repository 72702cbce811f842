"""Has somebody finished? What a text ends with, and what is still missing, tell."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import intents
from intents.engine import Engine
from intents.errors import DataError
from intents.words.finished import Endings

RULES = Path(intents.__file__).parent / "rules" / "turn.yaml"
ENGINE = Engine.load()


@pytest.mark.parametrize(
    "text",
    ["我想挂个号，那个", "给我叫个车去", "我要订", "麻烦你替我", "我要订晚饭，不是", "孙女说",
     "这个礼拜", "想请", "我要三", "把车改到", "嗯，这个这个", "好，那个"],
)  # fmt: skip
def test_more_is_coming(text: str) -> None:
    assert ENGINE.completeness(text) == "unfinished"


@pytest.mark.parametrize(
    "text",
    ["后天下午去", "找个人来修一下", "你从头说", "人咋还没到", "下周一", "你是哪个", "算我一个",
     "礼拜六有义诊是不是", "就这个", "我要这个", "低保怎么申请",
     "能不能来个人陪陪我", "从这儿走，两个人，现在"],
)  # fmt: skip
def test_what_only_looks_as_if_more_were_coming_is_not_waited_for(text: str) -> None:
    assert ENGINE.completeness(text) != "unfinished"


@pytest.mark.parametrize(
    "text",
    ["对", "说大声点", "电费多少钱", "后天师傅来不来", "降压药是饭前吃还是饭后吃",
     "能不能给我女儿打个电话", "帮我交一下电费谢谢"],
)  # fmt: skip
def test_what_waits_for_an_answer_is_complete(text: str) -> None:
    assert ENGINE.completeness(text) == "complete"


@pytest.mark.parametrize(
    "text",
    ["明天我要去看病，叫个车去火车站吧", "我腿脚不好，给我女儿打个电话嘛",
     "我要剃头，给我约个师傅，明天下午",
     "帮我交一下电费，一百块钱，户头是我儿子的", "今天中午我要一个西红柿炒鸡蛋两个馒头送到家里来"],
)  # fmt: skip
def test_a_request_of_several_clauses_or_more_than_one_breath_is_complete(text: str) -> None:
    assert ENGINE.completeness(text) == "complete"


@pytest.mark.parametrize(
    "text",
    ["叫车去火车站", "我要去中医院", "晚上要两个馒头", "我要交电话费", "叫车去火车站吧",
     "给我女儿打个电话嘛", "明天早上六点叫个车去火车站"],
)  # fmt: skip
def test_a_request_said_in_one_breath_would_do_and_may_go_on(text: str) -> None:
    assert ENGINE.completeness(text) == "enough"


@pytest.mark.parametrize("text", ["救命", "我摔了起不来", "老头子叫不醒了", "屋里一股煤气味"])
def test_a_cry_for_help_is_pressing(text: str) -> None:
    assert ENGINE.completeness(text) == "pressing"


@pytest.mark.parametrize("text", ["昨天下午凉快了", "等下午凉快了"])
def test_cool_weather_does_not_ask_for_slower_speech(text: str) -> None:
    assert ENGINE.completeness(text) == "unknown"


@pytest.mark.parametrize("text", ["红烧肉", "明天上午", "给我老伴", "昨天送来的饭", ""])
def test_there_is_no_telling_where_something_needed_is_missing(text: str) -> None:
    assert ENGINE.completeness(text) == "unknown"


def test_a_mark_at_the_end_changes_nothing() -> None:
    for text in ("我要订", "叫车去火车站", "叫车去火车站吧"):
        assert ENGINE.completeness(f"{text}。") == ENGINE.completeness(text)


def test_an_ending_that_is_no_pattern_is_named_with_its_line(tmp_path: Path) -> None:
    file = Path(shutil.copy(RULES, tmp_path))
    file.write_text(
        "thinking: [这个]\ntrailing: [嗯]\nsettled: [就是]\nfinal: [吗]\nclosing:\n  - '(吧'\n",
        "utf-8",
    )
    with pytest.raises(DataError, match=r"turn\.yaml:6: "):
        Endings.read(file)
