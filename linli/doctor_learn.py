"""The doctor's look at what staff taught: can it be read, and is it still understood?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from intents.errors import DataError
from station.errors import StationError
from station.settings import Settings

from .doctor import Finding, finding
from .learn import applied, check
from .taught import folder_of
from .wiring import load_engine


def taught(path: Path | None, root: Path) -> Iterator[Finding]:
    """Every applied lesson is tried; an engine is only made where there are some."""
    try:
        station = Settings.load(path, base=None if path else root)
    except StationError:
        return  # said already
    try:
        count = len(applied(station))
        wrong = check(station, load_engine(station)) if count else []
    except (DataError, OSError) as error:
        yield finding("bad", "lessons.bad", folder=folder_of(station), reason=error)
        return
    if wrong:
        yield finding("warn", "lessons.warn", count=len(wrong), text=wrong[0][1].text)
    else:
        yield finding("ok", "lessons.ok" if count else "lessons.none", count=count)
