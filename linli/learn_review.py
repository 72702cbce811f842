"""What `linli learn review`, `check` and `import` do, and what they say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from intents.engine import Engine
from station import lessons
from station.ledger import Ledger
from station.lessons import Lesson
from station.settings import Settings
from station.words import told_value
from station.words import words as station_words

from .errors import UsageError
from .learn import applied, check, files, words
from .taught import folder_of


def listed(settings: Settings, ledger: Ledger, *, every: bool = False) -> Iterator[str]:
    """A line a lesson, oldest first: what waits for a word, or all that is known."""
    done = applied(settings)
    found = lessons.lessons(ledger.store, limit=100_000)
    wanted = [each for each in reversed(found) if every or each.status == "new" or each.half]
    for each in wanted:
        yield _line(each, each.uid in done)
    if not wanted:
        yield words()["review"]["none"]


def _line(each: Lesson, done: bool) -> str:
    said = words()["review"]
    status = "applied" if done else "half" if each.half else each.status
    asked = station_words()["slots"].get(each.asked, each.asked)
    return str(said["asked" if each.asked else "line"]).format(
        id=each.id,
        status=said["statuses"][status],
        text=each.text,
        asked=asked,
        understood=told(each.understood),
        corrected=told(each.corrected),
        by=each.by,
    )


def told(meaning: Mapping[str, Any]) -> str:
    """An intent with its slots, as staff read it."""
    intent, slots = str(meaning["intent"]), meaning.get("slots", {})
    names = station_words()["slots"]
    details = [f"{names.get(name, name)} {told_value(value)}" for name, value in slots.items()]
    return "，".join([str(station_words()["intents"].get(intent, intent)), *details])


def decide(
    ledger: Ledger, approve: Iterable[int], reject: Iterable[int], *, by: str
) -> Iterator[str]:
    """Approve and reject, a line each. Raises LessonError."""
    said = words()["review"]
    for id_ in approve:
        half = lessons.approve(ledger, id_, by=by).half
        yield said["half" if half else "approved"].format(id=id_)
    for id_ in reject:
        lessons.reject(ledger, id_, by=by)
        yield said["rejected"].format(id=id_)


def checked(settings: Settings, engine: Engine) -> tuple[list[str], bool]:
    """What `check` says, and whether all is well."""
    said, wrong = words()["check"], check(settings, engine)
    if wrong:
        return [
            said["bad"].format(
                text=each.text,
                corrected=told({"intent": each.intent, "slots": each.slots}),
                file=name,
            )
            for name, each in wrong
        ], False
    count = len(applied(settings))
    line = said["ok"].format(n=count) if files(folder_of(settings)) else said["none"]
    return [line], True


def brought(ledger: Ledger, file: Path, *, by: str) -> int:
    """Take in a file of lessons; gives how many are new. Raises UsageError, LessonError."""
    try:
        told_ = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{file}: cannot be read ({error}): give a file of `learn export`"
        ) from None
    return lessons.bring(ledger, told_, by=by)
