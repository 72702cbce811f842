"""Senses: which fields of meaning a text touches."""

from __future__ import annotations

from pathlib import Path

import pytest

from intents.engine import HOME
from intents.errors import DataError
from intents.senses import Senses

FILE = HOME / "rules" / "senses.yaml"


def plain(text: str) -> str:
    return text


def test_the_shipped_senses_can_be_read_and_each_has_words() -> None:
    senses = Senses(FILE, plain)
    assert len(senses.names) > 50
    assert len(set(senses.names)) == len(senses.names)


def test_a_text_holds_each_sense_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "senses.yaml"
    path.write_text(
        "fall:\n  words: 摔 栽\nself:\n  words: 我\nend:\n  patterns: ['了$']\n", "utf-8"
    )
    senses = Senses(path, plain)
    assert senses("我栽了一跤，摔了") == ("fall", "self", "end")
    assert senses("") == ()


def test_words_are_known_in_the_spelling_the_texts_are_folded_to(tmp_path: Path) -> None:
    path = tmp_path / "senses.yaml"
    path.write_text("self:\n  words: 俺\n", "utf-8")
    assert Senses(path, lambda word: word.replace("俺", "我"))("我来") == ("self",)


@pytest.mark.parametrize(
    "text", ["fall: [摔]\n", "fall:\n  patterns: ['(']\n", "fall:\n  more: 摔\n"]
)
def test_an_unusable_sense_is_named_with_its_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "senses.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(DataError, match=r"senses\.yaml"):
        Senses(path, plain)
