"""Text broken into lines, without a font: widths in ems, never below what a font needs.

A Chinese character is one em wide. Digits and Latin letters are taken a little
wider than Noto Sans SC draws them, so what fits here fits on the screen.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Final

from .words import words

_NEVER_FIRST: Final = set("，。？！：；、”’）》…·,.?!:;)")
_NEVER_LAST: Final = set("“‘（《(")
_PAUSES: Final = set("，。？！：；、")
_DIGIT, _UPPER, _MARK = 0.62, 0.92, 0.42


def width(text: str) -> float:
    """Ems a line of text takes at most."""
    return sum(map(_advance, text))


def _advance(character: str) -> float:
    if ord(character) > 0x7E:
        return 1.0
    if character.isdigit() or character.islower():
        return _DIGIT
    return _UPPER if character.isupper() or character in "@%&" else _MARK


def wrap(text: str, ems: float) -> list[str]:
    """Lines of at most `ems`: as few as can be, broken after marks rather than inside a phrase.

    Words in `together` of the screen's words are never broken, nor are numbers;
    a mark stays with what it follows.
    """
    tokens = [part for token in _tokens(text.strip()) for part in _fitting(token, ems)]
    if not tokens:
        return []
    widths = list(map(width, tokens))
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)]
    for end in range(1, len(tokens) + 1):
        found = (len(tokens), math.inf, end - 1)
        used = 0.0
        for start in range(end - 1, -1, -1):
            used += widths[start]
            if used > ems + 1e-6 and start < end - 1:
                break
            cost = best[start][1] + _cost(tokens[end - 1], used, ems, last=end == len(tokens))
            found = min(found, (best[start][0] + 1, cost, start))
        best.append(found)
    lines, end = [], len(tokens)
    while end:
        start = best[end][2]
        lines.append("".join(tokens[start:end]).strip())
        end = start
    return [line for line in reversed(lines) if line]


def _fitting(token: str, ems: float) -> list[str]:
    """A token as it is, or letter by letter where it is wider than a line."""
    if width(token) <= ems + 1e-6:
        return [token]
    parts: list[str] = []
    for letter in token:
        if parts and (letter in _NEVER_FIRST or parts[-1][-1] in _NEVER_LAST):
            parts[-1] += letter
        else:
            parts.append(letter)
    return parts


def _cost(token: str, used: float, ems: float, *, last: bool) -> float:
    """How bad it is to end a line here: inside a phrase, or far from full."""
    slack = ((ems - used) / ems) ** 2
    return slack * 0.5 + (0.0 if last or token[-1] in _PAUSES else 1.0)


def _tokens(text: str) -> list[str]:
    """What must stay together: numbers, set words, a character with its marks."""
    tokens: list[str] = []
    for piece in _pattern().findall(text):
        follows = tokens and (piece[0] in _NEVER_FIRST or tokens[-1][-1] in _NEVER_LAST)
        if follows:
            tokens[-1] += piece
        else:
            tokens.append(piece)
    return tokens


@cache
def _pattern() -> re.Pattern[str]:
    together = "|".join(map(re.escape, sorted(words()["together"], key=len, reverse=True)))
    return re.compile(rf"[!-~]+|\s+|“[^”]{{1,6}}”|{together}|.", re.DOTALL)
