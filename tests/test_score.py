"""Scores count what differs in sound, not in writing."""

from __future__ import annotations

import pytest

from linli.score import character_errors, rate, share, spoken_numbers, syllable_errors


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
