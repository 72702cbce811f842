"""Chinese text to the phonemes Kokoro was trained on, and which character each belongs to.

Words come from jieba, readings from pypinyin, sounds from misaki; words that
these read wrongly are put right in `pronounce.yaml`.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PRONOUNCE = Path(__file__).with_name("pronounce.yaml")
"""Words with the reading they must have."""

_HANZI = re.compile(r"[\u3400-\u9fff]+")
_MARKS = {
    "，": ", ",
    "、": ", ",
    "；": "; ",
    "：": ": ",
    "。": ". ",
    "？": "? ",
    "！": "! ",
    ",": ", ",
    ".": ". ",
    "?": "? ",
    "!": "! ",
    "“": " “",
    "”": "” ",
    "《": " “",
    "》": "” ",
    "「": " “",
    "」": "” ",
    "…": ", ",
    " ": " ",
}


@dataclass(frozen=True, slots=True)
class Phonemes:
    """What the model is given, and where it comes from."""

    text: str
    """The text as read: digits written out."""
    sounds: str
    """One phoneme or mark a character."""
    owners: tuple[int, ...]
    """For each of `sounds`, the index of the character of `text` it belongs to."""


def written_out(text: str) -> str:
    """The same text with digits as words: 12 → 十二, 五位以上的号码逐个念."""
    if not re.search(r"\d", text):
        return text
    import cn2an

    digits = str.maketrans("0123456789", "零幺二三四五六七八九")
    text = re.sub(r"\d{5,}", lambda m: m[0].translate(digits), text)
    return str(cn2an.transform(text, "an2cn"))


@cache
def _readings() -> dict[str, tuple[str, ...]]:
    table = yaml.safe_load(PRONOUNCE.read_text(encoding="utf-8"))
    return {str(word): tuple(str(said).split()) for word, said in table.items()}


@cache
def _known_words() -> re.Pattern[str]:
    longest_first = sorted(_readings(), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)))


@cache
def _sound(syllable: str) -> str:
    _segmenter()
    from misaki.zh import ZHG2P

    return str(ZHG2P.py2ipa(syllable)).replace(chr(815), "")


@cache
def _segmenter() -> Any:
    """jieba, without its chatter and its warning about setuptools."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel(logging.WARNING)
    return jieba


def _words(text: str) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Words of a text without marks: start, characters, a reading a character."""
    at = 0
    for known in _known_words().finditer(text):
        yield from _plain_words(text[at : known.start()], at)
        yield known.start(), known[0], _readings()[known[0]]
        at = known.end()
    yield from _plain_words(text[at:], at)


def _plain_words(text: str, offset: int) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    from pypinyin import Style, lazy_pinyin

    jieba = _segmenter()
    for run in _HANZI.finditer(text):
        at = offset + run.start()
        for word in jieba.lcut(run[0]):
            said = lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True)
            yield at, word, tuple(said)
            at += len(word)


def phonemes(text: str) -> Phonemes:
    """Read a text aloud, on paper; characters nobody can read are left out."""
    text = written_out(text)
    sounds: list[str] = []
    owners: list[int] = []

    def add(sound: str, owner: int) -> None:
        sounds.extend(sound)
        owners.extend([owner] * len(sound))

    at = 0
    for start, word, said in _words(text):
        _add_marks(text, at, start, add)
        if sounds and sounds[-1] not in " “":
            add(" ", start)
        one_each = len(said) == len(word)
        for index, syllable in enumerate(said):
            add(_sound(syllable), start + (index if one_each else 0))
        at = start + len(word)
    _add_marks(text, at, len(text), add)
    while sounds and sounds[-1] == " ":
        sounds.pop()
        owners.pop()
    return Phonemes(text, "".join(sounds), tuple(owners))


def _add_marks(text: str, start: int, end: int, add: object) -> None:
    for index in range(start, end):
        mark = _MARKS.get(text[index])
        if mark and callable(add):
            add(mark, index)
