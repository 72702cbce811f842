"""Sounds: what elders' accents merge is one, what answers hang on is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voices.sounds import UNITS, places_of, sounds_of, syllable_sounds


@pytest.mark.parametrize(
    ("text", "sounds"),
    [
        ("对", ("d", "ui")),
        ("不对", ("b", "u", "d", "ui")),
        ("嗯", ("en",)),
        ("要得", ("iao", "d", "e")),
        ("不得行", ("b", "u", "d", "e", "x", "in")),
        ("女儿", ("n", "v", "er")),
        ("3份", ("s", "an", "f", "en")),
        ("OK，好。", ("h", "ao")),
        ("…", ()),
    ],
)
def test_words_are_told_in_initials_and_finals(text: str, sounds: tuple[str, ...]) -> None:
    assert sounds_of(text) == sounds


@pytest.mark.parametrize(("one", "other"), [("是", "四"), ("中", "宗"), ("行", "新"), ("成", "岑")])
def test_accents_do_not_matter(one: str, other: str) -> None:
    assert sounds_of(one) == sounds_of(other)


@pytest.mark.parametrize(("one", "other"), [("对", "不对"), ("要", "莫要"), ("上午", "下午")])
def test_meaning_does(one: str, other: str) -> None:
    assert sounds_of(one) != sounds_of(other)


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=6))
def test_every_chinese_text_has_sounds_the_map_knows(text: str) -> None:
    assert all(0 < place < len(UNITS) for place in places_of(text))


def test_a_syllable_that_is_none_has_no_sounds() -> None:
    assert syllable_sounds("") == ()
    assert syllable_sounds("?") == ()
