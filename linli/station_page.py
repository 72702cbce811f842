"""A commented station.toml: the shipped example's comments with a station's own values."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, Final

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from station.model import StationModel
from station.settings import section_of

_HEADER: Final = re.compile(r"^(\[+)([\w.]+)\]+")
_PAIR: Final = re.compile(r"^([\w-]+)\s*=\s*(.*?)(\s+#.*)?$")
_HOLIDAYS: Final = "hours.holidays"
_COMMENT_AT: Final = 33
"""Column where comments stand, as in the shipped example."""


@dataclass(slots=True)
class _Block:
    """A table of the example: the comment above it, its header and its lines."""

    table: str = ""
    many: bool = False
    above: list[str] = field(default_factory=list)
    header: str = ""
    body: list[str] = field(default_factory=list)


def fill(example: str, values: Mapping[str, Any], head: str) -> str:
    """The example with these values; what is not in them has its default, not the example's.

    `head` stands at the top, instead of what the example says of itself.

    Tables that may be left out and are, go; lists that are empty stay as a commented
    example.
    """
    lines: list[str] = [head.rstrip(), ""]
    seen: set[str] = set()
    for block in _blocks(example):
        if not block.table:
            continue
        if not block.many:
            lines += _table(block, values)
        elif block.table not in seen:
            seen.add(block.table)
            lines += _tables(block, _at(values, block.table) or [])
    return "\n".join(lines).rstrip() + "\n"


def written(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, time):
        return f'"{value:%H:%M}"'
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(written, value))}]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _blocks(example: str) -> Iterator[_Block]:
    block, above = _Block(), list[str]()
    for line in example.splitlines():
        found = _HEADER.match(line)
        if found:
            yield block
            first = not block.table  # what the example says of itself
            block = _Block(found[2], found[1] == "[[", [] if first else above, line)
            above = []
        elif line.startswith("#") or not line.strip():
            above.append(line)
        else:
            block.body += [*above, line]
            above = []
    block.body += above
    yield block


def _at(values: Mapping[str, Any], table: str) -> Any:
    found: Any = values
    for part in filter(None, table.split(".")):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _section(table: str) -> tuple[type[BaseModel], bool]:
    """The type of a table, and whether it may be left out."""
    model: type[BaseModel] = StationModel
    optional = False
    for part in table.split("."):
        told = model.model_fields[part]
        inside = section_of(told.annotation)
        if inside is None:
            raise KeyError(table)
        optional = optional or (not told.is_required() and told.default is None)
        model = inside
    return model, optional


def _table(block: _Block, values: Mapping[str, Any]) -> Iterable[str]:
    """One table: with its values, or nothing where it is left out."""
    given = _at(values, block.table)
    if block.table == _HOLIDAYS:
        return [*block.above, block.header, *_dates(given or {})]
    model, optional = _section(block.table)
    if optional and given is None:
        return []
    return [*block.above, block.header, *_lines(block.body, model, given or {}, comments=True)]


def _tables(block: _Block, entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A list of tables; the first entry keeps the comments, an empty list is an example."""
    yield from block.above
    if not entries:
        yield f"# {block.header}"
        yield from (
            line if line.startswith("#") or not line else f"# {line}" for line in block.body
        )
    model, _ = _section(block.table)
    for number, entry in enumerate(entries):
        if number:
            yield ""
        yield block.header
        yield from _lines(block.body, model, entry, comments=not number)


def _lines(
    body: Sequence[str], model: type[BaseModel], given: Mapping[str, Any], *, comments: bool
) -> Iterator[str]:
    rest = dict(given)
    for line in body:
        found = _PAIR.match(line)
        if not found:
            if comments:
                yield line
            continue
        name, comment = found[1], (found[3] or "").strip() if comments else ""
        if name not in rest and not comments:
            continue
        told = model.model_fields[name]
        yield from _pair(name, rest.pop(name, None), told, comment)
    for name, value in rest.items():
        told = model.model_fields[name]
        if section_of(told.annotation) is None and name != "holidays":
            yield from _pair(name, value, told, "")


def _pair(name: str, value: object, told: FieldInfo, comment: str) -> Iterator[str]:
    """`name = value  # comment`; commented out where there is neither value nor default."""
    if value is None and not told.is_required():
        value = told.default
    text = f"# {name} = " if value is None else f"{name} = {written(value)}"
    gap = " " * max(_COMMENT_AT - _width(text), 1)
    yield f"{text}{gap}{comment}".rstrip()


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character has two."""
    return sum(1 + (unicodedata.east_asian_width(letter) in {"W", "F"}) for letter in text)


def _dates(holidays: Mapping[str | date, str]) -> Iterator[str]:
    for day, name in sorted((str(day), name) for day, name in holidays.items()):
        yield f"{day} = {written(name)}"
