"""Anonymous words: what somebody said, without who and where.

Blanked are everybody's name in the register and among the staff, also where it is written as it
sounds, numbers, homes, and whatever the patterns of `assets/lessons.yaml` find.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from pypinyin import Style, lazy_pinyin

from .store import Store

BLANK: Final = "＊＊"
"""Stands where a name was."""
RULES: Final = Path(__file__).resolve().parent.parent / "assets" / "lessons.yaml"
_TWO: Final = 2


@cache
def rules() -> Mapping[str, Any]:
    """What may be taught, and what is blanked."""
    loaded: Mapping[str, Any] = yaml.safe_load(RULES.read_text("utf-8"))
    return loaded


class Anonymous:
    """Blanks names, numbers and homes."""

    def __init__(self, names: Iterable[str]) -> None:
        """`names`: of people and their homes; those of one character are left alone."""
        self._names = frozenset(filter(_long, (re.sub(r"\s", "", name) for name in names)))
        given = {name[1:] for name in self._names if len(name) == _TWO + 1}
        self._written = _either({*self._names, *given})
        self._heard = {_sounds(name, len(name)): len(name) for name in self._names}
        self._lengths = sorted({*self._heard.values()}, reverse=True)
        self._patterns = re.compile("|".join(map(str, rules()["blanked"])))

    @classmethod
    def of(cls, store: Store) -> Anonymous:
        """With everybody whom a station knows. Raises LedgerError."""
        sql = (
            "SELECT name AS told FROM residents UNION SELECT called FROM residents"
            " UNION SELECT address FROM residents UNION SELECT name FROM contacts"
            " UNION SELECT nick FROM contacts UNION SELECT name FROM staff"
        )
        return cls(row["told"] for row in store.read(sql, what="read who is known"))

    def __call__(self, text: str, also: Iterable[str] = ()) -> str:
        """The text with everything blanked; `also`: what else names somebody in it."""
        text = re.sub(r"\s", "", text)
        own = _either(filter(_long, also))
        for pattern in (own, self._written):
            text = pattern.sub(BLANK, text)
        text = self._patterns.sub(BLANK, self._unheard(text))
        return re.sub(r"[＊*]+", BLANK, text)

    def _unheard(self, text: str) -> str:
        """Without names that are written as they sound (张贵英 for 张桂英)."""
        at, kept = 0, []
        while at < len(text):
            length = next((n for n in self._lengths if self._is_name(text[at : at + n], n)), 0)
            kept.append(BLANK if length else text[at])
            at += length or 1
        return "".join(kept)

    def _is_name(self, piece: str, length: int) -> bool:
        return len(piece) == length and _sounds(piece, length) in self._heard


def _long(name: str) -> bool:
    return len(name) >= _TWO


def _either(words: Iterable[str]) -> re.Pattern[str]:
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, ordered)) or r"(?!)")


def _sounds(text: str, length: int) -> tuple[str, ...]:
    """How it sounds; of a name of two syllables the tones count, too much sounds like it."""
    style = Style.TONE3 if length <= _TWO else Style.NORMAL
    return tuple(_syllable(char, style) for char in text)


@cache
def _syllable(char: str, style: Style) -> str:
    return lazy_pinyin(char, style=style)[0]
