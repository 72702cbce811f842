"""Characters that merely sound right become those that people say; nothing else is touched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.idiom import idiom
from voices.homophones import Homophones
from voices.language import Language

SAID = ["下周日有没有活动", "给我送份鱼来", "他姓于", "水管漏了"] * 5


@pytest.fixture(scope="module", name="right")
def fixture_right() -> Homophones:
    return Homophones(Language(SAID), 4.0)


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("夏周日有梅有活动", "下周日有没有活动"),
        ("夏周日，有梅有活动？", "下周日，有没有活动？"),
        ("水管漏乐", "水管漏了"),
        ("水管漏了", "水管漏了"),
        ("水罐漏了", "水管漏了"),
    ],
)
def test_what_sounds_alike_is_put_right(heard: str, meant: str, right: Homophones) -> None:
    assert right.put_right(heard) == meant


def test_another_syllable_is_never_put_in_its_place(right: Homophones) -> None:
    assert right.put_right("水果漏了") == "水果漏了"


def test_what_would_be_little_likelier_stays() -> None:
    assert Homophones(Language(SAID), 40.0).put_right("夏周日有梅有活动") == "夏周日有梅有活动"


def test_what_is_dear_is_exchanged_less_readily() -> None:
    said = ["送份鱼来"] * 9
    assert Homophones(Language(said), 12.0).put_right("送份于来") == "送份鱼来"
    assert Homophones(Language(said, dear="于"), 12.0).put_right("送份于来") == "送份于来"


def test_elders_words_are_put_right_by_what_elders_say() -> None:
    right = Homophones(idiom(), 4.0)
    assert right.put_right("夏周日有梅德啥子") == "下周日有没得啥子"
    assert right.put_right("今天还有号莓得") == "今天还有号没得"
    assert right.put_right("我姓余，叫于大爷就行") == "我姓余，叫于大爷就行"


@pytest.mark.parametrize(
    "cry", ["头发绞进机器里了，救我", "家里遭火了", "谁来救我一下", "他昏过去了", "有人踹门"]
)
def test_a_cry_for_help_is_not_put_right(cry: str) -> None:
    assert Homophones(idiom(), 4.0).put_right(cry) == cry


@given(st.text())
def test_whatever_is_no_letter_stays_where_it_is(text: str) -> None:
    found = Homophones(Language(SAID), 4.0).put_right(text)
    assert len(found) == len(text)
    assert all(a == b for a, b in zip(found, text, strict=True) if not b.isalnum())
    assert found.isascii() == text.isascii()
