"""Puts a sentence together from recorded pieces.

A sentence is cut into pieces the pack can say and stretches it cannot, so
that little is missing and few joins are heard. A word is not torn off the end
of something unknown: of 羊肉饺子 all four characters are missing, even where
the pack knows 饺子, because a name is said in one breath.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from .pack import MARKS, unified
from .pauses import pause_at

WORD_JOIN = 0.03
"""Seconds between two words: 明天 上午."""
SLOT_JOIN = 0.16
"""Seconds between a fragment and what fills its field."""
CLITIC_JOIN = 0.05
"""Seconds beside a fragment of one character, which leans on its neighbour: 午饭 的."""
BROUGHT = 0.06
"""Seconds of quiet that two pieces bring with them."""

_PIECE = 1.0
_ONE_CHARACTER = 0.6
_UNKNOWN = 2.0
_UNKNOWN_CHARACTER = 3.0
_TORN = 6.0
_MARK = "mark"


class Pieces(Protocol):
    """What can be said at once."""

    longest: int
    """Characters in the longest piece."""

    def kind(self, piece: str) -> str:
        """sentence, fragment or word; empty when there is no such piece."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a sentence, spoken as one."""

    text: str
    """What is said, without marks at its ends."""
    kind: str
    """sentence, fragment or word; empty for what is not recorded."""
    pause: float
    """Seconds of silence after it."""

    @property
    def known(self) -> bool:
        """Whether the pack has it."""
        return bool(self.kind)


@dataclass(frozen=True, slots=True)
class _Way:
    """The cheapest way found to have said a sentence up to somewhere."""

    cost: float
    start: int
    kind: str
    before: _Way | None

    @property
    def known(self) -> bool:
        return self.kind != ""


_Ways: TypeAlias = dict[bool, _Way]


def parts(text: str, pieces: Pieces) -> list[Part]:
    """The cheapest way to say `text`: few unknown characters, few joins."""
    text = unified(text)
    ways: list[_Ways] = [{True: _Way(0.0, 0, _MARK, None)}]
    for end in range(1, len(text) + 1):
        if text[end - 1] in MARKS:
            before = _cheapest(ways[end - 1])
            found = [_Way(before.cost, end - 1, _MARK, before)]
        else:
            found = [*_recorded(text, end, ways, pieces), *_missing(text, end, ways)]
        ways.append({})
        for way in sorted(found, key=lambda way: way.cost):
            ways[end].setdefault(way.known, way)
    return _with_pauses(text, _traced(len(text), _cheapest(ways[-1])))


def _cheapest(ways: _Ways) -> _Way:
    return min(ways.values(), key=lambda way: way.cost)


def _recorded(text: str, end: int, ways: list[_Ways], pieces: Pieces) -> Iterator[_Way]:
    for start in range(max(0, end - pieces.longest), end):
        kind = "" if text[start] in MARKS else pieces.kind(text[start:end])
        if not kind:
            continue
        own = _PIECE + (_ONE_CHARACTER if end - start == 1 else 0)
        for before in ways[start].values():
            torn = _TORN if kind == "word" and not before.known else 0.0
            yield _Way(before.cost + own + torn, start, kind, before)


def _missing(text: str, end: int, ways: list[_Ways]) -> Iterator[_Way]:
    for start in range(end - 1, -1, -1):
        if text[start] in MARKS:
            return
        before = ways[start].get(True)
        if before is not None:
            own = _UNKNOWN + _UNKNOWN_CHARACTER * (end - start)
            syllable = before.kind == "word" and start - before.start == 1
            yield _Way(before.cost + own + (_TORN if syllable else 0.0), start, "", before)


def _traced(end: int, way: _Way) -> list[tuple[int, int, str]]:
    spans: list[tuple[int, int, str]] = []
    while way.before is not None:
        spans.append((way.start, end, way.kind))
        end, way = way.start, way.before
    return spans[::-1]


def _with_pauses(text: str, spans: list[tuple[int, int, str]]) -> list[Part]:
    spoken = [span for span in spans if span[2] != _MARK]
    found: list[Part] = []
    for at, (start, end, kind) in enumerate(spoken):
        pause = 0.0 if at + 1 == len(spoken) else _between(text, (start, end, kind), spoken[at + 1])
        found.append(Part(text[start:end], kind, pause))
    return found


def _between(text: str, this: tuple[int, int, str], following: tuple[int, int, str]) -> float:
    """Seconds of silence between two spans."""
    marks = max((pause_at(text, index) for index in range(this[1], following[0])), default=0.0)
    if marks:
        return marks - BROUGHT
    if this[2] == following[2] == "word":
        return WORD_JOIN
    one = any(kind == "fragment" and end - start == 1 for start, end, kind in (this, following))
    return CLITIC_JOIN if one else SLOT_JOIN
