"""The doctor's look at the last self-test: when it was, and what has failed in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from station import checks, clock
from station.errors import StationError
from station.settings import Settings

from .doctor import Finding, finding
from .limits import limit


def tried(path: Path | None, root: Path, now: datetime | None = None) -> Iterator[Finding]:
    """What the station found out about itself; `root` is its folder."""
    try:
        station = Settings.load(path, base=None if path else root)
    except StationError:
        return  # said already
    yield from lately(station, now or clock.now())


def lately(station: Settings, now: datetime) -> Iterator[Finding]:
    """The last self-test of a station, for the doctor and for the status."""
    last = checks.last(checks.file_of(station.data.ledger))
    if last is None:
        yield finding("warn", "selftest.never")
        return
    hours = (now - last.at).total_seconds() / 3600
    if not -1 <= hours <= limit("selftest.old_hours"):
        yield finding("warn", "selftest.old", hours=round(hours))
    at = f"{last.at:%m-%d %H:%M}"
    for check in last.bad:
        yield finding("bad", "selftest.bad", at=at, what=check.what, fix=check.fix)
    if not last.bad:
        yield finding("ok", "selftest.ok", at=at)
