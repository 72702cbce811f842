"""What a station's staff taught: where it lies, and engines that know it.

The lessons are read when an engine is made and, where they changed, before a conversation
begins: a talk that is going on keeps the engine it began with.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, TypeAlias

import structlog

from intents.engine import Engine
from intents.errors import DataError
from intents.understanding.taught import Lesson, read_lessons
from station.settings import Settings

log = structlog.get_logger(__name__)

NAME: Final = "lessons"
"""The folder beside the ledger."""

Stamp: TypeAlias = tuple[tuple[str, int, int], ...]
"""Name, size and time of every file: what changes when the lessons do."""


def folder_of(settings: Settings) -> Path:
    """Where applied lessons lie, a file each time they were applied."""
    return settings.data.ledger.with_name(NAME)


def stamp_of(folder: Path) -> Stamp:
    """What the folder looks like from outside."""
    files = sorted(folder.glob("*.yaml"))
    return tuple((each.name, (s := each.stat()).st_size, s.st_mtime_ns) for each in files)


def lessons_of(folder: Path, before: tuple[Lesson, ...] = ()) -> tuple[Lesson, ...]:
    """The lessons of a folder; those known `before` where they cannot be read, told in the log.

    Elders have to be understood all the same.
    """
    try:
        return read_lessons(folder)
    except (DataError, OSError) as error:
        log.warning("lessons_not_read", reason=str(error))
        return before


class Taught:
    """An engine that knows what was taught last."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._folder = folder
        self._stamp: Stamp | None = None
        self._engine = engine

    def __call__(self) -> Engine:
        """The engine for a conversation that begins now."""
        try:
            stamp = stamp_of(self._folder)
        except OSError:  # a file that is taken back just now
            return self._engine
        if stamp != self._stamp:
            self._stamp = stamp
            lessons = lessons_of(self._folder, self._engine.lessons)
            if lessons != self._engine.lessons:
                self._engine = self._engine.taught(lessons)
        return self._engine
