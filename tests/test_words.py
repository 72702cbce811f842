"""Common words are found by how they sound."""

from pathlib import Path

import pytest

from voices import words
from voices.sounds import places_of
from voices.words import WordsUnusable, near, words_of


def _words(text: str) -> set[str]:
    return {word for sounds in near(places_of(text)) for word in words_of(sounds)}


@pytest.mark.parametrize(
    ("said", "alike"), [("一份", "一本"), ("明天", "明年"), ("眼科", "严格"), ("可以", "可爱")]
)
def test_a_word_one_sound_away_is_near(said: str, alike: str) -> None:
    assert alike in _words(said)


@pytest.mark.parametrize(("said", "unlike"), [("一份", "医院"), ("明天", "公园"), ("对", "不对头")])
def test_a_word_two_sounds_away_is_not(said: str, unlike: str) -> None:
    assert unlike not in _words(said)


def test_the_commonest_word_of_a_sound_comes_first() -> None:
    assert words_of(places_of("明年"))[0] == "明年"
    assert words_of([]) == ()


def test_a_damaged_list_is_named_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "words.tsv"
    broken.write_text("b u x\tone\nnonsense\tword\n", "utf-8")
    monkeypatch.setattr(words, "FILE", broken)
    words._words.cache_clear()
    try:
        with pytest.raises(WordsUnusable, match=r"words\.tsv.*linli\.answer_words"):
            near(places_of("对"))
    finally:
        words._words.cache_clear()
