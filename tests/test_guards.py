"""Texts that nobody said are withheld; what elders do say is not."""

from __future__ import annotations

import pytest

from voices.guards import Guards, collapse, runaway


@pytest.mark.parametrize(
    ("text", "logprob", "no_speech", "reason"),
    [
        ("我想挂号", -0.3, 0.05, ""),
        ("救命救命", -0.3, 0.05, ""),
        ("救命!救命!", -0.89, 0.3, "logprob"),
        ("谢谢观看", -0.6, 0.8, "no_speech"),
        ("我想挂号", -0.2, 0.8, ""),
        ("嗯嗯嗯嗯嗯嗯嗯嗯嗯嗯", -0.2, 0.0, "repetition"),
        ("。", -0.1, 0.0, "empty"),
        ("", -0.1, 0.0, "empty"),
    ],
)
def test_three_signs_together_decide(
    text: str, logprob: float, no_speech: float, reason: str
) -> None:
    assert Guards().reason(text, logprob=logprob, no_speech=no_speech) == reason


@pytest.mark.parametrize(
    "text", ["对对对对", "好好好好好", "快点快点快点", "慢慢来，慢慢来，慢慢来"]
)
def test_what_people_repeat_is_no_runaway(text: str) -> None:
    assert not runaway(text)


@pytest.mark.parametrize("text", ["在那里," + "我们在那里," * 6, "诶" * 12])
def test_what_a_lost_decoder_repeats_is(text: str) -> None:
    assert runaway(text)


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("我要去医院，我要去医院。", "我要去医院"),
        ("我要去医院我要去医院我要去医院", "我要去医院"),
        ("对对", "对对"),
        ("救命救命", "救命救命"),
        ("我要去医院，我要回家", "我要去医院，我要回家"),
    ],
)
def test_a_sentence_said_twice_is_kept_once(text: str, once: str) -> None:
    assert collapse(text) == once
