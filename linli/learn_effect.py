"""What lessons change, measured before they are applied.

Asked is every set that understanding is developed with, the alarms, ordinary talk, and the
lessons themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from intents.engine import Engine
from intents.types import Understanding
from intents.understanding.taught import Lesson
from station.anonymous import BLANK, rules

from .bench.intents import CHAT, DATA, NOW, SETS, TALK, faults
from .errors import LinliError
from .score import median_and_p95

BLIND: Final = "written blind"
"""Never looked at, so never asked here."""
ALARM: Final = "emergency"
NOTHING: Final = "out_of_scope"
_TIMED: Final = 300
"""Utterances whose time is taken."""


class NoRegression(LinliError):
    """The set that shows what worked is not there."""


@dataclass(frozen=True, slots=True)
class Case:
    """An utterance with what it means."""

    id: str
    """Set and name, e.g. `development:H001`."""
    text: str
    """The words."""
    intent: str
    """What is wanted."""
    slots: Mapping[str, Any] = field(default_factory=dict)
    """With what."""
    accept: Mapping[str, Any] = field(default_factory=dict)
    """What is right as well, by slot."""
    loose: bool = False
    """Only the intent counts."""


@dataclass(frozen=True, slots=True)
class Change:
    """A case that is understood otherwise than before."""

    case: Case
    """Which."""
    before: str
    """How it was understood."""
    after: str
    """How it would be."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What lessons change."""

    cases: int
    """How many utterances were looked at."""
    fixed: tuple[Change, ...]
    """Wrong before, right now."""
    broken: tuple[Change, ...]
    """Right before, wrong now."""
    lost: tuple[Change, ...]
    """Emergencies that are not found any more."""
    false: tuple[Change, ...]
    """Alarms that are raised without cause, and were not before."""
    median: float
    """Milliseconds of an utterance with the lessons, the middle one."""
    p95: float
    """Of the slowest in twenty."""


def cases(folder: Path = DATA) -> Iterator[Case]:
    """Everything that was developed with. Raises NoRegression where it is not there."""
    try:
        for name, file in SETS.items():
            if name != BLIND:
                yield from _spoken(name.replace(" ", "-"), folder / file)
        for n, row in enumerate(_rows(folder / "alarms.jsonl"), start=1):
            yield Case(f"alarms:{n}", row["text"], ALARM if row["kind"] else NOTHING, loose=True)
        for path in (folder / CHAT.name, folder / TALK.name):
            for n, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
                if line.strip():
                    yield Case(f"{path.stem}:{n}", line, NOTHING, loose=True)
    except FileNotFoundError as error:
        raise NoRegression(
            f"{error.filename}: without it nobody knows what lessons break: restore the sources"
        ) from None


def _spoken(name: str, path: Path) -> Iterator[Case]:
    """Each utterance as it is written and as a poor recogniser writes it."""
    for row in _rows(path):
        for spelled, mark in (("text", ""), ("asr", ":misheard")):
            if row.get(spelled):
                told = f"{name}:{row['id']}{mark}"
                slots, accept = row["slots"], row.get("accept") or {}
                yield Case(told, row[spelled], row["intent"], slots, accept)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def spoken(lesson: Lesson) -> str:
    """A lesson's words as somebody might say them."""
    return lesson.text.replace(BLANK, str(rules()["stand_in"]))


def holds(engine: Engine, lesson: Lesson) -> bool:
    """Whether a lesson's own words are understood as it says."""
    text = spoken(lesson)
    if lesson.asked:
        slots: Mapping[str, Any] = engine.extract(text, NOW, lesson.intent, lesson.asked)
        named = True
    else:
        first = engine.understand(text, NOW).first
        slots, named = first.slots, first.name == lesson.intent
    return named and all(slots.get(name) == value for name, value in lesson.slots.items())


def effect(before: Engine, after: Engine, told: Iterable[Case]) -> Effect:
    """What changes from one engine to another.

    Only what a lesson speaks of is understood twice: all else is the same by construction.
    """
    found: dict[str, list[Change]] = {"fixed": [], "broken": [], "lost": [], "false": []}
    timed: list[float] = []
    count = 0
    for case in told:
        count += 1
        if len(timed) < _TIMED and not case.loose:
            timed.append(_milliseconds(after, case.text))
        if before.lesson_for(case.text) is None and after.lesson_for(case.text) is None:
            continue
        old, new = (each.understand(case.text, NOW) for each in (before, after))
        for kind in _kinds(case, old, new):
            found[kind].append(Change(case, _told(old), _told(new)))
    median, p95 = median_and_p95(timed) if timed else (0.0, 0.0)
    told_of = {kind: tuple(changes) for kind, changes in found.items()}
    return Effect(cases=count, median=median, p95=p95, **told_of)


def _milliseconds(engine: Engine, text: str) -> float:
    started = perf_counter()
    engine.understand(text, NOW)
    return (perf_counter() - started) * 1000


def _kinds(case: Case, old: Understanding, new: Understanding) -> Iterator[str]:
    was, is_ = _right(case, old), _right(case, new)
    if was != is_:
        yield "fixed" if is_ else "broken"
    alarms = [each.first.name == ALARM for each in (old, new)]
    if case.intent == ALARM and alarms == [True, False]:
        yield "lost"
    if case.intent != ALARM and alarms == [False, True]:
        yield "false"


def _right(case: Case, found: Understanding) -> bool:
    first = found.first
    if first.name not in (case.intent, *case.accept.get("intent", ())):
        return False
    return case.loose or not faults(first.slots, case.slots, case.accept)


def _told(found: Understanding) -> str:
    slots = "，".join(f"{name} {value}" for name, value in found.first.slots.items())
    return f"{found.first.name} {slots}".strip()
