"""Does the machine's clock tell the truth? A station without a network has nobody to ask.

A clock whose battery is dead begins in the past after a power cut: then it is earlier than what the
ledger has seen. One that leaps ahead would let everything expire at once: nothing is deleted until
it has told the same for a day and staff could read about it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from station import checks, clock
from station.checks import Check, Checked
from station.ledger import Ledger

from .limits import limit
from .nightly import SWEPT
from .selftest_words import found, words

NAME: Final = "clock"
_LEAPT: Final = "swept-doubts"
"""Beside the ledger: when a leap ahead was first seen."""
_RECENT: Final = 50
"""Requests whose time is looked at: one filed under a wrong clock is forgotten after so many."""
_DAY: Final = timedelta(days=1)


def check(ledger: Ledger, now: datetime) -> Check:
    """Whether it has not leapt within a day, and is later than the latest of the last requests."""
    last, first = _moment(ledger, SWEPT), _moment(ledger, _LEAPT)
    if last and first and timedelta(0) <= now - first < _DAY:
        return _ahead(last, now)
    row = ledger.store.first(
        "SELECT MAX(created) AS last FROM (SELECT created FROM requests ORDER BY id DESC LIMIT ?)",
        (_RECENT,),
        what="look what the clock was",
    )
    newest = clock.from_text(row["last"]) if row and row["last"] else now
    told = {"now": f"{now:%Y-%m-%d %H:%M}", "last": f"{newest:%Y-%m-%d %H:%M}"}
    behind = newest - now > timedelta(hours=float(limit("selftest.clock_hours")))
    return found(NAME, "behind" if behind else "ok", **told)


def look(ledger: Ledger, now: datetime) -> Check:
    """Put it on the board where the clock is wrong, and off where it is right again.

    Raises LedgerError.
    """
    return _told(ledger, now, check(ledger, now))


def leapt(ledger: Ledger, now: datetime) -> bool:
    """Whether the clock has leapt ahead since the last night, and not yet for a day: staff know.

    Raises LedgerError or OSError.
    """
    last, marker = _moment(ledger, SWEPT), ledger.store.path.with_name(_LEAPT)
    leap = timedelta(days=float(limit("selftest.clock_leap_days")))
    if last is None or now - last <= leap:
        marker.unlink(missing_ok=True)
        return False
    first = clock.moment_in(marker)
    if first is not None and _DAY <= now - first <= leap:
        return False
    if first is None or not timedelta(0) <= now - first <= leap:
        _told(ledger, now, _ahead(last, now))
        marker.write_text(now.isoformat(), "utf-8")
    return True


def _moment(ledger: Ledger, marker: str) -> datetime | None:
    return clock.moment_in(ledger.store.path.with_name(marker))


def _ahead(last: datetime, now: datetime) -> Check:
    return found(NAME, "ahead", now=f"{now:%Y-%m-%d %H:%M}", last=f"{last:%Y-%m-%d}")


def _told(ledger: Ledger, now: datetime, made: Check) -> Check:
    checks.tell(ledger, Checked(now, (made,)), words()["task"], words()["well"])
    return made
