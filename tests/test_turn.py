"""How long to wait: longer when more is plainly coming, sooner when all is said."""

from __future__ import annotations

import pytest

from linli.limits import limit
from voices.turn import Kind, dangling, policies, verdict

UNFINISHED = [
    "我想",
    "我想挂个。",
    "那个……",
    "嗯……",
    "嗯，就是那个",
    "明天下午还有",
    "送我去",
    "麻烦您，",
    "我的电话是",
    "我的电话是138，0067",
    "把明天的车改到",
    "我家住在",
    "我要一份，不对，等一下",
    "你好，我是",
    "我就想",
    "哎呀，叫什么来着",
    "我家门牌是300",
]
SAID = [
    "我想挂明天上午的内科号",
    "要两份红烧肉",
    "就是",
    "送到家里",
    "今天十五",
    "打电话给老二",
    "家里的灯不亮了，厨房那个",
    "公交车免费的那个",
    "我不要这个",
    "盒子上的字我看不到",
    "两个人，现在",
    "给我女儿打电话",
    "",
]


@pytest.mark.parametrize("text", UNFINISHED)
def test_a_sentence_that_stops_before_its_end_is_unfinished(text: str) -> None:
    assert verdict(text, "open", lambda _: "complete") == "unfinished"


@pytest.mark.parametrize("text", SAID)
def test_other_sentences_are_left_to_whoever_knows_what_was_asked(text: str) -> None:
    assert dangling().judge(text) == "unknown"
    assert verdict(text, "open", None) == "unknown"


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("一三八零零六", "number", "unfinished"),
        ("一三八零零六七五二九四", "number", "unknown"),
        ("两", "number", "unknown"),
        ("十八", "open", "unknown"),
        ("手机一三八", "open", "unfinished"),
        ("嗯", "open", "unfinished"),
        ("嗯", "yes_no", "unknown"),
        ("我是", "yes_no", "unknown"),
        ("那个", "choice", "unknown"),
    ],
)
def test_what_was_asked_tells_a_number_under_way_and_a_whole_answer(
    text: str, kind: Kind, expected: str
) -> None:
    assert dangling().judge(text, kind) == expected


def test_the_waits_are_those_laid_down() -> None:
    known = policies()
    assert known["open"].start == 8
    assert known["number"].start == 12
    assert known["open"].end == 1.5
    assert known["number"].end == known["address"].end == 2.5
    assert {known[kind].longest for kind in known.kinds} == {20}
    assert known.reopen == limit("turn.reopen_s") == 1.0


@pytest.mark.parametrize("kind", ["open", "yes_no", "choice", "address", "number"])
def test_complete_ends_sooner_and_unfinished_later(kind: Kind) -> None:
    policy = policies()[kind]
    said = [policy.patience(v) for v in ("complete", "enough", "unknown", "unfinished")]
    assert said == sorted(said)
    assert policy.complete < policy.end < policy.unfinished
    # A pause of 1.2 s ends no request that could go on.
    assert policy.patience("enough") >= 1.3
    # Elders pause 1–1.5 s in mid-sentence: what is unfinished waits a second longer than that.
    assert policy.patience("unfinished") >= 2.5
