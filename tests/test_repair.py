"""What was misheard is put right, and what was not is left alone."""

from __future__ import annotations

import pytest

from intents import HOME
from intents.understanding.knowledge import Knowledge
from intents.words.reading import Reader
from intents.words.repair import ordinary


@pytest.fixture(scope="module", name="reader")
def _reader() -> Reader:
    return Knowledge(HOME, "xinyang", {}).reader


@pytest.mark.parametrize(
    ("heard", "meant"),
    [("那颗号", "内科号"), ("流奶", "牛奶"), ("古科", "骨科"), ("手鸡坏了", "手机坏了")],
)
def test_what_only_sounds_like_it_is_put_right(heard: str, meant: str, reader: Reader) -> None:
    assert reader(heard).text == meant


@pytest.mark.parametrize(
    "said",
    ["九点晚了", "送到三楼", "芹菜炒肉", "橘子两斤", "腿不疼了", "开塞露五支", "一宿没合眼"],
)
def test_ordinary_words_are_what_they_are(said: str, reader: Reader) -> None:
    reading = reader(said)
    assert (reading.text, reading.repairs) == (said, ())


def test_no_ordinary_word_by_itself_is_put_right(reader: Reader) -> None:
    words = ordinary(HOME / "lists")
    assert len(words) > 7000
    wrong = {r.heard for word in words for r in reader(word).repairs if r.heard == word}
    assert not wrong
