"""Scores count what differs in sound, not in writing."""

from __future__ import annotations

import pytest

from linli.score import (
    Errors,
    beyond,
    character_errors,
    rate,
    share,
    spoken_numbers,
    syllable_errors,
)


@pytest.mark.parametrize(
    ("reference", "heard", "characters", "syllables"),
    [
        ("我要挂号。", "我要挂号", 0, 0),
        ("五十块钱", "50块钱", 0, 0),
        ("十八号三单元五零二", "18号三单元502", 0, 0),
        ("内科号", "內科號", 0, 0),
        ("内科号", "那颗号", 2, 1),
        ("她摔了", "他摔了", 1, 0),
        ("我要两份", "", 4, 4),
    ],
)
def test_errors(reference: str, heard: str, characters: int, syllables: int) -> None:
    assert character_errors(reference, heard).wrong == characters
    assert syllable_errors(reference, heard).wrong == syllables


def test_numbers_are_spoken_as_people_say_them() -> None:
    assert spoken_numbers("10 12 20 35 5 502 2026") == "十 十二 二十 三十五 五 五零二 二零二六"


def test_an_interval_holds_its_rate_and_narrows_with_more_utterances() -> None:
    one = [syllable_errors("我要挂号", "我要挂号"), syllable_errors("我要挂号", "我要瓜好好")]
    few, many = rate(one * 5), rate(one * 200)
    assert few.low <= few.percent <= few.high
    assert many.high - many.low < few.high - few.low
    assert many.percent == pytest.approx(few.percent)


def test_one_utterance_without_an_error_is_no_certainty() -> None:
    perfect = rate([syllable_errors("我要挂号", "我要挂号")])
    assert perfect.percent == 0
    assert perfect.high > 40


def test_no_errors_in_few_tries_is_no_certainty() -> None:
    assert share(0, 60).percent == 0
    assert share(0, 60).high == pytest.approx(6.0, abs=0.1)


def test_what_is_worse_on_the_same_utterances_is_told_in_points() -> None:
    theirs = [Errors(1, 10), Errors(0, 10), Errors(0, 10), Errors(2, 10)] * 5
    mine = [Errors(2, 10), Errors(0, 10), Errors(0, 10), Errors(2, 10)] * 5
    found = beyond(mine, theirs, [str(place) for place in range(20)])
    assert found.percent == pytest.approx(2.5)
    assert found.low < 2.5 < found.high
    assert beyond(theirs, theirs, ["a"] * 20).percent == 0


def test_one_sentence_in_many_voices_is_no_more_certain_than_one_sentence() -> None:
    mine = [Errors(1, 10)] * 10 + [Errors(0, 10)] * 10
    theirs = [Errors(0, 10)] * 20
    apart = beyond(mine, theirs, [str(place) for place in range(20)])
    together = beyond(mine, theirs, ["a"] * 10 + ["b"] * 10)
    assert together.high - together.low > apart.high - apart.low
