"""The room's data files: YAML with the line of every value, so that a mistake can be named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from intents.errors import DataError, TemplateError
from intents.words.template import Node, parse

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # a PyYAML built without libyaml is slower and reads the same
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]


class Line(str):
    """A string that knows where it was written."""

    line: int = 0


class _Lines(_Loader):
    """A loader whose strings are `Line`s, and to which yes and no are words."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (the name is PyYAML's)
        first: [pair for pair in pairs if first in "tTfF" or not pair[0].endswith(":bool")]
        for first, pairs in _Loader.yaml_implicit_resolvers.items()
    }


def _string(_loader: Any, node: yaml.ScalarNode) -> Line:
    text = Line(node.value)
    text.line = node.start_mark.line + 1
    return text


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"{key!r} is written twice", key_node.start_mark
            )
        seen[key] = loader.construct_object(value_node, deep=True)
    return seen


_Lines.add_constructor("tag:yaml.org,2002:str", _string)
_Lines.add_constructor("tag:yaml.org,2002:map", _mapping)


def load(path: Path) -> dict[str, Any]:
    """One data file, a mapping at its top; raises DataError with the line."""
    try:
        # the loader is a SafeLoader with two constructors of our own
        data = yaml.load(path.read_text("utf-8"), Loader=_Lines)  # noqa: S506
    except FileNotFoundError as error:
        raise DataError(path, 0, "the file is missing", "restore it from the sources") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        raise DataError(
            path, line, str(getattr(error, "problem", error)), "mend the YAML"
        ) from error
    except UnicodeDecodeError as error:
        raise DataError(path, 0, "not UTF-8", "save the file as UTF-8") from error
    if not isinstance(data, dict):
        raise DataError(path, 1, "a mapping belongs at the top", "write `name: value` lines")
    return data


@dataclass(frozen=True, slots=True)
class Macros:
    """Named template pieces shared by all files."""

    named: dict[str, str]

    @classmethod
    def load(cls, path: Path) -> Macros:
        """`macros.yaml`: name → template or list of alternatives."""
        named = {}
        for name, value in load(path).items():
            named[str(name)] = (
                "(" + "|".join(value) + ")" if isinstance(value, list) else str(value)
            )
        return cls(named)

    def parse(self, source: str, path: Path) -> Node:
        """A template of a file; raises DataError with its line."""
        try:
            return parse(source, self.named)
        except TemplateError as error:
            line = getattr(source, "line", 0)
            raise DataError(path, line, str(error), "see the template syntax") from error


def strings(value: Any, path: Path, where: str) -> Iterator[Line]:
    """The strings of a list (or the one string); raises DataError for anything else."""
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, str):
            raise DataError(path, 0, f"{where}: {item!r} is no text", "put it in quotes")
        yield item if isinstance(item, Line) else Line(item)
