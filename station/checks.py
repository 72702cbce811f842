"""What the daily self-test found: kept in a file beside the ledger, told to staff on their board.

A check that fails is a request of its own for staff, urgent, one for each check; when the check
passes again Linli closes it. The ledger itself says what staff know already, so nothing is told
twice after a restart, and what staff closed while it still fails is told again the next day.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, TypeAlias

from . import clock
from .ledger import Ledger
from .requests import SELECT_REQUEST, FiledRequest, Request, request_of

State: TypeAlias = Literal["ok", "bad", "skipped"]

FILE: Final = "selftest.json"
"""Beside the ledger."""
INTENT: Final = "operator"
"""What staff find such a request under: somebody has to look."""
SLOT: Final = "selftest"
"""The request's slot with the name of the check."""
BY: Final = "linli"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried."""

    name: str
    """clock, speech, kiosk, line, backup, disk, microphone or callers."""
    state: State
    """`skipped`: there is nothing to try on this station."""
    what: str
    """What was found, in Chinese."""
    fix: str = ""
    """What to do, in Chinese; empty where there is nothing to do."""
    seconds: float = 0.0
    """How long it took."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One self-test."""

    at: datetime
    """When it began, UTC+8."""
    checks: tuple[Check, ...]
    """In the order they were made."""

    @property
    def bad(self) -> tuple[Check, ...]:
        """What has failed."""
        return tuple(each for each in self.checks if each.state == "bad")


def file_of(ledger: Path) -> Path:
    """Where the last self-test of the station with this ledger is kept."""
    return ledger.with_name(FILE)


def keep(path: Path, checked: Checked) -> None:
    """Write down the last self-test. Raises OSError."""
    told = {"at": clock.to_text(checked.at), "checks": [asdict(each) for each in checked.checks]}
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
    fresh.replace(path)


def last(path: Path) -> Checked | None:
    """The last self-test; None where there was none, or nobody can read it."""
    try:
        told = json.loads(path.read_text("utf-8"))
        return Checked(clock.from_text(told["at"]), tuple(Check(**each) for each in told["checks"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def tell(ledger: Ledger, checked: Checked, note: str, well: str) -> tuple[str, ...]:
    """Put what fails on the board and take off what passes again; numbers of what is new there.

    `note` is what staff read, with `{what}` and `{fix}`; `well` is noted where it is over.
    Raises LedgerError.
    """
    known = waiting(ledger)
    fresh = [each for each in checked.bad if each.name not in known]
    for check in checked.checks:
        if check.state == "ok" and check.name in known:
            _close(ledger, known[check.name], well)
    return tuple(ledger.file(_task(each, note)).number for each in fresh)


def waiting(ledger: Ledger) -> dict[str, Request]:
    """The checks whose failure stands on the board, by name."""
    sql = (
        f"{SELECT_REQUEST} WHERE requests.closed IS NULL AND requests.intent = ?"
        " AND json_extract(requests.slots, ?) IS NOT NULL ORDER BY requests.id"
    )
    rows: Iterable[dict[str, object]] = ledger.store.read(
        sql, (INTENT, f"$.{SLOT}"), what="look for failed checks"
    )
    found = [request_of(row) for row in rows]
    return {str(each.slots[SLOT]): each for each in found}


def _task(check: Check, note: str) -> FiledRequest:
    return FiledRequest(
        INTENT,
        {SLOT: check.name},
        channel="console",
        priority="urgent",
        note=note.format(what=check.what, fix=check.fix),
        by=BY,
    )


def _close(ledger: Ledger, request: Request, well: str) -> None:
    """A new one has to be accepted before it can be done."""
    if request.status == "new":
        ledger.advance(request.number, "accepted", by=BY)
    ledger.advance(request.number, "done", by=BY, note=well)
