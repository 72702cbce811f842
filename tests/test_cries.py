"""Short cries for help, with nothing before and nothing after them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents import HOME
from intents.engine import Engine
from intents.understanding.cries import Cries

CRIES = Cries(HOME / "rules" / "cries.yaml")
ENGINE = Engine.load()
HEARD = Path(__file__).parent / "data" / "cries.jsonl"
"""`{text, emergency, kind}`: cries of 2 to 10 characters, and what only shares their words."""


def heard() -> list[dict[str, Any]]:
    """All of them."""
    return [json.loads(line) for line in HEARD.read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    "cry",
    [
        "来人啊", "快来人", "救人，救人啊", "救…救命", "哪个来救下我", "喊救护车", "给我喊个救护车",
        "赶紧喊救护车来", "打120", "快送俺上医院", "快叫大夫来", "出人命了", "报警", "打110",
        "叫消防队", "俺不中了", "我快不行了", "老伴不行了", "叫不醒了", "没气了", "他没心跳了",
        "喘不上气", "噎着了", "心口疼", "血止不住", "吐血了", "着火了", "救火", "家里冒烟",
        "煤气漏了", "有贼", "抢劫", "杀人了", "他打我", "有人撬门", "摔倒了", "起不来了",
        "老汉跶倒了", "触电了", "落水了", "房子塌了", "被车撞了", "遭狗咬了", "中毒了", "吃错药了",
        "喝农药了", "中风了", "嘴歪了", "抽起来了", "我迷路了", "孙子不见了", "不想活了",
        "活不下去了",
    ],
)  # fmt: skip
def test_help_is_called_however_short_the_cry(cry: str) -> None:
    assert ENGINE.emergency(cry) is not None


@pytest.mark.parametrize(
    ("cry", "kind"),
    [
        ("着火了", "fire"), ("抓贼", "crime"), ("煤气漏了", "gas"), ("摔倒了", "fall"),
        ("孙子不见了", "lost"), ("喘不上气", "breathing"), ("心口疼", "chest_pain"),
        ("血止不住", "bleeding"), ("老伴叫不醒了", "unconscious"), ("救命", "other"),
    ],
)  # fmt: skip
def test_a_cry_tells_its_kind(cry: str, kind: str) -> None:
    found = ENGINE.emergency(cry)
    assert found is not None
    assert found[0] == kind


@pytest.mark.parametrize(
    "talk",
    [
        "没着火", "没摔着", "不疼了", "救护车过去了", "打120多少钱", "120斤", "笑死我了", "饿死了",
        "快来吃饭", "来人没有", "救命恩人", "火车晚点了", "马桶堵死了", "晕车", "丢了两块钱",
        "杯子摔了", "老伴睡了", "他走了三年了", "上火了", "抢红包", "安眠药快吃完了",
        "甭叫救护车了",
    ],
)  # fmt: skip
def test_what_only_shares_its_words_is_none(talk: str) -> None:
    assert ENGINE.emergency(talk) is None


def test_of_all_cries_that_were_written_hardly_one_is_missed() -> None:
    cries = [row["text"] for row in heard() if row["emergency"]]
    assert len([cry for cry in cries if ENGINE.emergency(cry) is None]) <= 0.03 * len(cries)


def test_of_all_that_only_sounds_like_one_hardly_any_alarms() -> None:
    talk = [row["text"] for row in heard() if not row["emergency"]]
    assert len([text for text in talk if ENGINE.emergency(text)]) <= 0.01 * len(talk)


def test_more_than_a_cry_is_left_to_those_who_weigh() -> None:
    assert CRIES("着火了") == "fire"
    assert CRIES("前年隔壁着火了，烧了两间房") is None


@given(
    st.lists(st.sampled_from([*"快来人我他摔倒了啊的着火不气血到", "救命", "赶紧"]), max_size=14)
)
def test_any_stammering_is_a_cry_or_none(words: list[str]) -> None:
    assert CRIES("".join(words)[:14]) in {None, *CRIES.kinds}
