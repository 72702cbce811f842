"""Where each key stands in a TOML file: line numbers for error messages.

The file has been accepted by `tomllib`, which forgets where things stood; this
reads only as much of the grammar as is needed to find keys and list elements.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from typing import Final, TypeAlias

Place: TypeAlias = tuple[str | int, ...]
"""Keys and list indices from the top, e.g. ("operators", 0, "phone")."""

_GAP: Final = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_KEY: Final = re.compile(r"""[ \t]*(?:([A-Za-z0-9_-]+)|("(?:[^"\\\n]|\\.)*"|'[^'\n]*'))[ \t]*""")
_TEXT: Final = re.compile(
    r"""
    \"{3}(?:[^\\]|\\.)*?\"{3,5}   # several lines, with escapes
    | '{3}.*?'{3,5}               # several lines, literally
    | "(?:[^"\\\n]|\\.)*"
    | '[^'\n]*'
    """,
    re.DOTALL | re.VERBOSE,
)
_BARE: Final = re.compile(r"[^,\]}#\n]*")


def positions(text: str) -> dict[Place, int]:
    """The line, from 1, of every table, key and list element of a valid TOML text."""
    scan = _Scan(text)
    scan.document()
    return scan.lines


def line_of(lines: dict[Place, int], place: Place) -> int:
    """The line of a place, or of the nearest thing around it that stands in the file."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


class _Scan:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Place, int] = {}
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._counts: dict[Place, int] = {}

    def document(self) -> None:
        table: Place = ()
        self._skip()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip()

    def _skip(self) -> None:
        match = _GAP.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _mark(self, place: Place) -> None:
        self.lines.setdefault(place, bisect_right(self._starts, self.at))

    def _header(self) -> Place:
        many = self.text.startswith("[[", self.at)
        start = self.at
        self.at += 2 if many else 1
        *outer, last = self._keys()
        self.at = self.text.index("]", self.at) + (2 if many else 1)
        end, self.at = self.at, start
        table: Place = ()
        for key in outer:
            table = self._inside((*table, key))
        table = (*table, last)
        self._mark(table)
        if many:
            index = self._counts[table] = self._counts.get(table, -1) + 1
            table = (*table, index)
            self._mark(table)
        self.at = end
        return table

    def _inside(self, place: Place) -> Place:
        """`[a.b]` after `[[a]]` speaks of the newest element of a."""
        return (*place, self._counts[place]) if place in self._counts else place

    def _keys(self) -> list[str]:
        keys = []
        while match := _KEY.match(self.text, self.at):
            bare, quoted = match.groups()
            keys.append(bare or str(tomllib.loads(f"k = {quoted}")["k"]))
            self.at = match.end()
            if self.text[self.at] != ".":
                break
            self.at += 1
        return keys

    def _pair(self, table: Place) -> None:
        start = self.at
        place = (*table, *self._keys())
        end, self.at = self.at, start
        for length in range(len(table) + 1, len(place) + 1):
            self._mark(place[:length])
        self.at = self.text.index("=", end) + 1
        self._skip()
        self._value(place)

    def _value(self, place: Place) -> None:
        self._mark(place)
        opening = self.text[self.at]
        if opening == "[":
            self._several("]", place, keyed=False)
        elif opening == "{":
            self._several("}", place, keyed=True)
        else:
            match = _TEXT.match(self.text, self.at) or _BARE.match(self.text, self.at)
            self.at = match.end() if match else len(self.text)

    def _several(self, closing: str, place: Place, *, keyed: bool) -> None:
        self.at += 1
        index = 0
        self._skip()
        while self.text[self.at] != closing:
            if keyed:
                self._pair(place)
            else:
                self._value((*place, index))
                index += 1
            self._skip()
            if self.text[self.at] == ",":
                self.at += 1
                self._skip()
        self.at += 1
