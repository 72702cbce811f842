"""Guessing is slowed down: after so many wrong tries nothing is tried for a while.

A try is counted before it is looked at, so that guesses made at the same moment
count as well; what is tried is counted whether or not it exists, so that nobody
learns which logins there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlite_utils import Database

from . import clock
from .errors import StationError
from .history import clean

LONGEST_KEY: Final = 100


class LockedOut(StationError):
    """Too many wrong tries; `until` tells when the next one is looked at (UTC+8)."""

    code = "locked"

    def __init__(self, until: datetime) -> None:
        super().__init__(
            f"too many wrong tries: wait until {until:%H:%M}, or ask a supervisor to unlock"
        )
        self.until = until


@dataclass(frozen=True, slots=True)
class Lockout:
    """How much guessing is borne."""

    tries: int
    """Wrong ones in a row."""
    wait: timedelta
    """Then nothing is looked at for so long."""

    def count(self, db: Database, key: str, now: datetime) -> None:
        """Count a try before it is looked at. Raises LockedOut; a lock is not lengthened."""
        key = _key(key)
        # A clock that was set back must not lock anybody out for a year.
        early, late = clock.to_text(now - self.wait), clock.to_text(now + self.wait)
        db.execute("DELETE FROM staff_failures WHERE last <= ? OR last > ?", (early, late))
        found = db.execute(
            "SELECT count, last FROM staff_failures WHERE login = ?", (key,)
        ).fetchone()
        if found and found[0] >= self.tries:
            raise LockedOut(clock.from_text(found[1]) + self.wait)
        db.execute(
            "INSERT INTO staff_failures (login, count, last) VALUES (?, 1, ?)"
            " ON CONFLICT (login) DO UPDATE SET count = count + 1, last = excluded.last",
            (key, clock.to_text(now)),
        )

    def left(self, db: Database, key: str) -> int:
        """How many tries are left."""
        sql = "SELECT count FROM staff_failures WHERE login = ?"
        found = db.execute(sql, (_key(key),)).fetchone()
        return max(0, self.tries - (found[0] if found else 0))


def forgive(db: Database, key: str) -> bool:
    """Forget the wrong tries; False when there were none."""
    done = db.execute("DELETE FROM staff_failures WHERE login = ?", (_key(key),))
    return bool(done.rowcount)


def _key(key: str) -> str:
    return clean(key.strip().casefold())[:LONGEST_KEY]
