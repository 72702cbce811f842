"""Who watches the self-test: a station where it has stopped tells its staff so.

Kiosk, telephone and console look every night, whichever comes first; where the self-test was never
made nobody waits for it (the doctor says so).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from station import checks
from station.checks import Check, Checked
from station.ledger import Ledger

from .limits import limit
from .selftest_words import found, words

NAME: Final = "selftest"


def look(ledger: Ledger, now: datetime) -> Check | None:
    """Put it on the board where the last self-test is too old. Raises LedgerError."""
    last = checks.last(checks.file_of(ledger.store.path))
    if last is None:
        return None
    hours = (now - last.at).total_seconds() / 3600
    if hours <= limit("selftest.old_hours"):
        return None
    check = found(NAME, "old", hours=round(hours))
    checks.tell(ledger, Checked(now, (check,)), words()["task"], words()["well"])
    return check


def well() -> Check:
    """It is being made: what was on the board is over."""
    return found(NAME, "ok")
