"""Checks the sentence data: what a loader cannot see, or should not stop for.

`check(home)` gives problems as `path:line: what; what to do`. Loading itself already refuses bad
YAML, unknown keys, unknown lists and macros, and templates that cannot be parsed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from intents import HOME
from intents.conversation.prompt_lint import LONGEST
from intents.engine import Engine
from intents.errors import DataError
from intents.services import GRADES
from intents.words.data import load, strings

_NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
_PRIORITIES = {"ordinary", "prompt", "urgent", "emergency"}
_TESTS = Path(__file__).parent.parent / "tests" / "services"


def check(home: Path = HOME, tests: Path | None = _TESTS) -> list[str]:
    """Every problem found; empty when the data is sound."""
    try:
        engine = Engine.load(home)
    except DataError as error:
        return [str(error)]
    problems = [*_services(home, tests), *_lists(home), *_jargon(home)]
    if tests is not None:
        problems += _overmatching(engine, tests)
    return problems


def _services(home: Path, tests: Path | None) -> Iterator[str]:
    for path in sorted((home / "services").glob("*.yaml")):
        data = load(path)
        if data["intent"] != path.stem:
            yield f"{path}:1: the file holds intent {data['intent']!r}; give both the same name"
        if data.get("priority", "ordinary") not in _PRIORITIES:
            yield f"{path}:1: priority {data['priority']!r}; use one of {sorted(_PRIORITIES)}"
        if tests is not None and not (tests / path.name).exists():
            yield f"{path}:1: no test file; write {tests.name}/{path.name}"
        seen: dict[str, int] = {}
        for grade in GRADES:
            for source in strings(data.get(grade) or [], path, grade):
                if source in seen:
                    yield f"{path}:{source.line}: {source!r} stands already in line {seen[source]}"
                seen[source] = source.line


def _lists(home: Path) -> Iterator[str]:
    for path in sorted((home / "lists").glob("*.yaml")):
        where: dict[str, tuple[str, int]] = {}
        for standard, ways in load(path)["values"].items():
            for way in strings(ways or [], path, str(standard)):
                if way in where and where[way][0] != standard:
                    other, line = where[way]
                    yield (
                        f"{path}:{way.line}: {way!r} means {standard!r} here and {other!r} in "
                        f"line {line}; keep one"
                    )
                where[way] = (standard, way.line)


def _jargon(home: Path) -> Iterator[str]:
    words = [str(w) for w in load(home / "rules" / "lint.yaml")["jargon"]]
    for path in sorted((home / "services").glob("*.yaml")):
        data = load(path)
        talk = data.get("talk") or {}
        for spoken in (data.get("title"), talk.get("fulfilled_by"), *(talk.get("bring") or ())):
            for word in words:
                if isinstance(spoken, str) and word in spoken:
                    line = getattr(spoken, "line", 1)
                    yield f"{path}:{line}: {spoken!r} has the hard word {word!r}; say it plainly"
            if isinstance(spoken, str) and len(spoken) > LONGEST:
                line = getattr(spoken, "line", 1)
                yield f"{path}:{line}: {spoken!r} is longer than {LONGEST} characters; shorten it"


def _overmatching(engine: Engine, tests: Path) -> Iterator[str]:
    """A sentence of one service's test file that another service takes."""
    for path in sorted(tests.glob("*.yaml")):
        for case in load(path).get("cases", ()):
            for text in strings(case["say"], path, "say"):
                got = engine.understand(text, _NOW).first.name
                want = str(case.get("intent", path.stem))
                if got != want and want in engine.intents:
                    yield f"{path}:{text.line}: {text!r} is taken by {got!r}; tell the two apart"
