"""Senses: which fields of meaning a text touches."""

from __future__ import annotations

from pathlib import Path

import pytest

from intents import HOME
from intents.errors import DataError
from intents.understanding.knowledge import Knowledge
from intents.words.senses import Senses

FILE = HOME / "rules" / "senses.yaml"


def test_the_shipped_senses_can_be_read_and_each_has_words() -> None:
    senses = Senses(FILE)
    assert len(senses.names) > 50
    assert len(set(senses.names)) == len(senses.names)


def test_a_text_holds_each_sense_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "senses.yaml"
    path.write_text(
        "fall:\n  words: 摔 栽\nself:\n  words: 我\nend:\n  patterns: ['了$']\n", "utf-8"
    )
    senses = Senses(path)
    assert senses("我栽了一跤，摔了") == ("fall", "self", "end")
    assert senses("") == ()


def test_every_word_is_also_there_in_the_spelling_texts_are_folded_to() -> None:
    known = Knowledge(HOME, "xinyang", {})
    words = set(known.senses.words)
    folded = {word: known.reader.fold(word) for word in words}
    assert {w: f for w, f in folded.items() if f and "，" not in f and f not in words} == {}


@pytest.mark.parametrize(
    "text", ["fall: [摔]\n", "fall:\n  patterns: ['(']\n", "fall:\n  more: 摔\n"]
)
def test_an_unusable_sense_is_named_with_its_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "senses.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(DataError, match=r"senses\.yaml"):
        Senses(path)
