"""Station time: China has one zone and no summer time, so no time-zone database is needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

BEIJING = timezone(timedelta(hours=8))
"""UTC+8, the clock on every station's wall."""


def now() -> datetime:
    """This moment on the station's wall clock."""
    return datetime.now(BEIJING)


def to_text(moment: datetime) -> str:
    """A moment as the ledger keeps it: UTC, milliseconds, sorts as text.

    Raises ValueError for a moment without an offset.
    """
    if moment.utcoffset() is None:
        raise ValueError(f"{moment!r} has no UTC offset: give an aware datetime")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def from_text(text: str) -> datetime:
    """A moment from the ledger, on the station's wall clock."""
    return datetime.fromisoformat(text).astimezone(BEIJING)


def day_of(moment: datetime) -> str:
    """The station's calendar day of a moment, `YYYY-MM-DD`."""
    return moment.astimezone(BEIJING).date().isoformat()


def moment_in(marker: Path) -> datetime | None:
    """The moment that a file holds; None where it holds none. Raises OSError."""
    try:
        found = datetime.fromisoformat(marker.read_text("utf-8").strip())
    except (FileNotFoundError, ValueError):
        return None
    return found if found.tzinfo else None
