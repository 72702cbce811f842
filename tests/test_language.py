"""What people say is likelier than what merely sounds like it."""

from __future__ import annotations

import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voices.language import Language

SAID = ["我想挂个明天的号", "挂内科的号", "内科还有号没", "水管漏了", "中午送份饭", "给我送份饭来"]


@pytest.fixture(scope="module", name="language")
def fixture_language() -> Language:
    return Language(SAID)


def test_what_was_said_is_likelier_than_what_sounds_like_it(language: Language) -> None:
    assert language.score("内科的号") > language.score("那颗的号")
    assert language.score("送份饭") > language.score("送分犯")


def test_order_counts(language: Language) -> None:
    assert language.score("水管漏了") > language.score("了漏管水")


def test_where_a_text_ends_counts(language: Language) -> None:
    assert language.score("水管漏了") > language.score("水管漏") + math.log(2)


def test_punctuation_spaces_and_case_do_not(language: Language) -> None:
    assert language.score("水管，漏了。") == language.score(" 水管 漏了\n")
    assert Language(["打开TV"]).score("打开tv") == Language(["打开tv！"]).score("打开TV")


def test_likelihoods_of_different_texts_add_up_to_less_than_one() -> None:
    language = Language(["甲乙", "甲丙", "甲乙丙"])
    texts = ["".join(text) for size in range(5) for text in product("甲乙丙", repeat=size)]
    assert 0.5 < sum(math.exp(language.score(text)) for text in texts) < 1


def test_without_a_line_every_text_of_a_length_is_as_likely() -> None:
    nothing = Language([])
    assert nothing.score("水管") == nothing.score("管水")
    assert nothing.score("水管漏了") < nothing.score("水管")


@given(st.text())
def test_any_text_has_a_likelihood(text: str) -> None:
    score = Language(SAID).score(text)
    assert math.isfinite(score)
    assert score < 0


@given(st.lists(st.text(), max_size=5))
def test_any_lines_can_be_counted(lines: list[str]) -> None:
    assert math.isfinite(Language(lines).score("水管漏了"))


def test_it_is_the_same_whatever_the_order_of_the_lines() -> None:
    one, other = Language(SAID), Language(SAID[::-1])
    assert [one.score(text) for text in SAID] == [other.score(text) for text in SAID]
