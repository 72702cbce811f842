"""Templates: how people say something, compiled to a pattern, an anchor and its phrases.

Syntax: `(a|b)` alternatives · `[x]` optional · `<name>` a macro · `*` up to 8 characters ·
`**` up to 20 · `~` up to 3 · `#` a spoken or written number · `!(x)` not followed by x ·
`^` `$` the ends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from intents.errors import TemplateError

DIGITS = "0-9零〇一二两俩三仨四五六七八九十百千万半几幺"
_GAPS = {"*": ".{0,8}?", "~": ".{0,3}?", "#": f"[{DIGITS}]{{1,7}}", "^": "^", "$": "$"}
_WIDE = ".{0,20}?"
_SPECIAL = "()[]|<>!" + "".join(_GAPS)
_MAX_PHRASES = 240
_ANCHOR = 4


@dataclass(frozen=True, slots=True)
class Text:
    """Characters that stand for themselves."""

    value: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that matches but is no wording: a gap, a number, an end."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Row:
    """Nodes one after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of several nodes; an empty `Text` makes it optional."""

    branches: tuple[Node, ...]


Node: TypeAlias = Text | Gap | Row | Either


class _Parser:
    def __init__(self, source: str, macros: Mapping[str, str], depth: int = 0) -> None:
        self.source, self.macros, self.depth, self.at = source, macros, depth, 0

    def fail(self, problem: str) -> TemplateError:
        return TemplateError(self.source, self.at, problem)

    def whole(self) -> Node:
        node = self.either()
        if self.at < len(self.source):
            raise self.fail(f"{self.source[self.at]!r} closes nothing")
        return node

    def either(self) -> Node:
        branches = [self.row()]
        while self.source[self.at : self.at + 1] == "|":
            self.at += 1
            branches.append(self.row())
        return branches[0] if len(branches) == 1 else Either(tuple(branches))

    def row(self) -> Node:
        parts: list[Node] = []
        while self.at < len(self.source) and self.source[self.at] not in "|)]":
            parts.append(self.part())
        return parts[0] if len(parts) == 1 else Row(tuple(parts))

    def part(self) -> Node:
        char = self.source[self.at]
        if char in "([":
            return self.group(")" if char == "(" else "]")
        if char == "<":
            return self.macro()
        if char == "!":
            self.at += 1
            if self.source[self.at : self.at + 1] != "(":
                raise self.fail("'!' wants '(' after it")
            return Gap(f"(?!{pattern(self.group(')'))})")
        if char in _GAPS:
            wide = self.source.startswith("**", self.at)
            self.at += 2 if wide else 1
            return Gap(_WIDE if wide else _GAPS[char])
        if char in _SPECIAL:
            raise self.fail(f"unexpected {char!r}")
        start = self.at
        while self.at < len(self.source) and self.source[self.at] not in _SPECIAL:
            self.at += 1
        return Text(self.source[start : self.at])

    def group(self, closing: str) -> Node:
        self.at += 1
        node = self.either()
        if self.source[self.at : self.at + 1] != closing:
            raise self.fail(f"{closing!r} is missing")
        self.at += 1
        return Either((node, Text(""))) if closing == "]" else node

    def macro(self) -> Node:
        end = self.source.find(">", self.at)
        name = self.source[self.at + 1 : end] if end > 0 else ""
        if name not in self.macros:
            raise self.fail(f"there is no macro <{name}>")
        if self.depth > 6:
            raise self.fail(f"macro <{name}> contains itself")
        node = _Parser(self.macros[name], self.macros, self.depth + 1).whole()
        self.at = end + 1
        return node


def parse(source: str, macros: Mapping[str, str] | None = None) -> Node:
    """Read a template; raises TemplateError with the offset."""
    return _Parser(source, macros or {}).whole()


def pattern(node: Node) -> str:
    """The regular expression of a node."""
    match node:
        case Text(value):
            return re.escape(value)
        case Gap(expression):
            return expression
        case Row(parts):
            return "".join(pattern(part) for part in parts)
        case Either(branches):
            ordered = [pattern(branch) for branch in branches]
            return f"(?:{'|'.join(ordered)})"


def anchors(node: Node) -> frozenset[str] | None:
    """Strings of which one must be in the text; None when nothing is certain."""
    match node:
        case Text(value):
            return frozenset({value[:_ANCHOR]}) if value else None
        case Gap():
            return None
        case Row(parts):
            found = [a for a in map(anchors, parts) if a]
            return max(found, key=lambda a: (min(map(len, a)), -len(a))) if found else None
        case Either(branches):
            union: set[str] = set()
            for branch in branches:
                one = anchors(branch)
                if one is None:
                    return None
                union |= one
            return frozenset(union)


def phrases(node: Node) -> set[str]:
    """The wordings of at least two characters that a node can produce, cut at its gaps."""
    found: set[str] = set()
    for line in _expand(node):
        found.update(run for run in line.split("\0") if len(run) > 1)
    return found


def _expand(node: Node) -> list[str]:
    match node:
        case Text(value):
            return [value]
        case Gap(expression):
            if expression == _GAPS["~"]:
                return ["", "\0"]
            return ["" if expression.startswith("(?!") else "\0"]
        case Either(branches):
            return [line for branch in branches for line in _expand(branch)][:_MAX_PHRASES]
        case Row(parts):
            lines = [""]
            for part in parts:
                tails = _expand(part)
                if len(lines) * len(tails) > _MAX_PHRASES:
                    lines, tails = [*lines[:1], "\0"], tails[:_MAX_PHRASES]
                lines = [head + tail for head in lines for tail in tails][:_MAX_PHRASES]
            return lines
