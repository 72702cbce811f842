"""The house stands as docs/architecture.md draws it: who may import whom, how big, whose words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

ALLOWED: dict[str, set[str]] = {
    "intents": set(),
    "voices": set(),
    "station": set(),
    "kiosk": {"intents", "voices", "station"},
    "ivr": {"intents", "voices", "station"},
    "linli": {"intents", "voices", "station", "kiosk", "ivr"},
}
"""Room → the rooms it may know of."""

FLOORS: dict[str, set[str]] = {
    "words": set(),
    "values": {"words"},
    "understanding": {"words", "values"},
    "conversation": {"words", "values"},
}
"""Floors of the intent room, and those each stands on: a talk never asks how text is understood."""

LONGEST = 320
"""Lines of a module: beyond that it is two."""

SENTENCE = 4
"""So many Chinese characters in a row are words for people, and belong into a data file."""

NUMERALS = set("零〇一二三四五六七八九十百千万亿两幺拐洞勾点半几俩仨")
"""An alphabet is no sentence."""

MODULES = [path for room in ALLOWED for path in sorted((ROOT / room).rglob("*.py"))]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imported(tree: ast.AST) -> Iterator[str]:
    """First parts of every absolute import, also those inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield str(node.module).split(".")[0]


def floors(tree: ast.AST) -> set[str]:
    """Floors of the intent room that are imported by their full name."""
    modules = (str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    parts = (module.split(".") for module in modules)
    return {part[1] for part in parts if part[0] == "intents" and len(part) > 1} & FLOORS.keys()


def docstrings(tree: ast.AST) -> set[int]:
    """The ids of all strings that stand alone: docstrings and documented attributes."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def chinese(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of string literals with a run of Chinese."""
    told = docstrings(tree)
    run = re.compile(rf"[\u3400-\u9fff]{{{SENTENCE},}}")
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in told:
            continue
        text = node.value if isinstance(node.value, str) else ""
        if any(set(found) - NUMERALS for found in run.findall(text)):
            yield node.lineno, text


def test_a_room_knows_only_the_rooms_below_it() -> None:
    sideways = {
        name(path): others
        for path in MODULES
        for room in [path.relative_to(ROOT).parts[0]]
        if (others := set(imported(parsed(path))) & ALLOWED.keys() - {room} - ALLOWED[room])
    }
    assert sideways == {}


def test_a_floor_stands_on_those_below_it() -> None:
    upward = {
        name(path): others
        for floor, below in FLOORS.items()
        for path in sorted((ROOT / "intents" / floor).glob("*.py"))
        if (others := floors(parsed(path)) - {floor} - below)
    }
    assert upward == {}


def test_a_module_is_short_enough_to_be_read_at_one_sitting() -> None:
    lines = {name(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {path: count for path, count in lines.items() if count > LONGEST} == {}


def test_what_people_hear_and_read_lies_in_data_files() -> None:
    spoken = {name(path): list(chinese(parsed(path))) for path in MODULES}
    assert {path: found for path, found in spoken.items() if found} == {}


def test_a_module_says_what_it_is_for() -> None:
    assert [name(path) for path in MODULES if not ast.get_docstring(parsed(path))] == []


def test_the_conversation_reads_no_clock_and_never_sleeps() -> None:
    for path in sorted((ROOT / "intents").rglob("*.py")):
        tree = parsed(path)
        called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        clocks = {call for call in called if re.search(r"\b(now|today|utcnow|sleep)$", call)}
        assert clocks <= {"self.now"}, name(path)


def test_the_checks_see_what_they_look_for() -> None:
    tree = ast.parse(
        '"""一二三四五"""\nimport a.b\ndef f():\n    from c.d import e\n    x = "听得见吗"\n'
    )
    assert set(imported(tree)) == {"a", "c"}
    assert floors(ast.parse("from intents.values.places import Places")) == {"values"}
    assert list(chinese(tree)) == [(5, "听得见吗")]
