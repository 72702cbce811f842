"""Characters that sound alike, put right by what people say: 夏周日有梅德 is 下周日有没得.

A small recogniser hears the syllables and guesses at the characters. A character is exchanged only
for one of the same syllable, tones aside, and only where that makes the whole text so much likelier
(`cost`) that nobody would have said it otherwise. Other spellings than those heard are no new
sounds: what was misheard stays misheard.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from .language import EDGE, Language

_SEEN: Final = 3
"""How often a character must have been seen to stand for another."""
_WAYS: Final = 16
"""Readings kept while a text is gone through."""
_DEAR: Final = 1.75
"""So much more it costs to exchange what is seldom said and means much: a name, a cry for help."""


class Homophones:
    """Puts characters right by `language`; may be shared between threads."""

    def __init__(self, language: Language, cost: float) -> None:
        self._language, self._cost = language, cost
        self._alike = _alike(language.characters(_SEEN))

    def put_right(self, text: str) -> str:
        """The text with the characters that are meant; punctuation stays where it is."""
        places = [at for at, character in enumerate(text) if character.isalnum()]
        if not places:
            return text
        right = list(text)
        for at, character in zip(places, self._likeliest(self._choices(text, places)), strict=True):
            right[at] = character
        return "".join(right)

    def _choices(self, text: str, places: Sequence[int]) -> list[list[str]]:
        """Of each character itself, first, and those that sound alike."""
        said = [text[at] for at in places]
        choices = []
        for character, syllable in zip(said, _syllables("".join(said)), strict=True):
            others = () if character.isascii() else self._alike.get(syllable, ())
            choices.append([character, *(other for other in others if other != character)])
        return choices

    def _likeliest(self, choices: Sequence[Sequence[str]]) -> str:
        """One of each, together the likeliest; what was written costs nothing."""
        ways = [(0.0, EDGE, EDGE, "")]
        for options in choices:
            codes = np.array([ord(option.lower()[0]) for option in options], np.int64)
            dear = _DEAR if options[0] in self._language.dear else 1.0
            cost = np.where(np.arange(len(codes)), self._cost * dear, 0.0)
            first = np.repeat([way[1] for way in ways], len(codes))
            second = np.repeat([way[2] for way in ways], len(codes))
            third, so_far = (
                np.tile(codes, len(ways)),
                np.repeat([way[0] for way in ways], len(codes)),
            )
            likely = so_far + self._language.following(first, second, third)
            likely -= np.tile(cost, len(ways))
            best: dict[tuple[int, int], tuple[float, int, int, str]] = {}
            for at in np.argsort(-likely, kind="stable").tolist():
                ends = int(second[at]), int(third[at])
                text = ways[at // len(codes)][3] + options[at % len(codes)]
                best.setdefault(ends, (float(likely[at]), *ends, text))
                if len(best) == _WAYS:
                    break
            ways = list(best.values())
        last = np.array([way[1:3] for way in ways], np.int64)
        ended = self._language.following(last[:, 0], last[:, 1], np.full(len(ways), EDGE))
        return ways[int(np.argmax(ended + [way[0] for way in ways]))][3]


def _alike(characters: Iterable[str]) -> Mapping[str, list[str]]:
    """Characters by their syllable: the common one; a rare one (王: yu) brings in nonsense."""
    chinese = [character for character in characters if not character.isascii()]
    found: defaultdict[str, list[str]] = defaultdict(list)
    for character in chinese:
        found[_syllables(character)[0]].append(character)
    return found


def _syllables(text: str) -> list[str]:
    """A syllable for each character; what is not Chinese stays."""
    from pypinyin import Style, lazy_pinyin

    return lazy_pinyin(text, style=Style.NORMAL, errors=list)  # type: ignore[arg-type]
