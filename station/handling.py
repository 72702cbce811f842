"""Handling: what staff do with a request besides moving it on, each in one transaction.

Taking it, giving it to somebody, confirming an alarm, and taking back a slip of the hand.
Every function gives the request as it then stands and may raise LedgerError.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlite_utils import Database

from . import filing, merging
from .clock import to_text
from .errors import LedgerError, StatusError
from .filing import Deed
from .ledger import Ledger
from .listing import Filter
from .requests import CLOSED, Change, Request, change_of, check_way
from .store import Row


class UndoError(LedgerError):
    """The last change cannot be taken back any more."""

    code = "not_undone"


def accept(ledger: Ledger, number: str, *, by: str, version: int | None = None) -> Request:
    """Take a request on oneself."""
    with ledger.store.writing(f"accept request {number}") as db:
        deed = Deed(by, ledger.now(), version=version)
        row = _checked(db, number, deed)
        check_way(number, row["status"], "accepted", "")
        filing.apply(db, row, {"status": "accepted", "assigned": by}, "status", deed)
    return ledger.request(number)


def assign(ledger: Ledger, number: str, to: str, *, by: str, version: int | None = None) -> Request:
    """Give an open request to somebody who fulfils it; a new one is accepted on the way."""
    if not to.strip():
        raise StatusError(f"request {number}: it cannot be given to nobody: name somebody")
    with ledger.store.writing(f"assign request {number}") as db:
        deed = Deed(by, ledger.now(), version=version)
        give_to(db, _checked(db, number, deed), to.strip(), deed)
    return ledger.request(number)


def give_to(db: Database, row: Row, to: str, deed: Deed) -> None:
    """Give an open request to somebody, inside a transaction; a new one is accepted on the way."""
    number = row["number"]
    if row["status"] in CLOSED:
        raise StatusError(f"request {number}: it is {row['status']}: reopen it first")
    if row["status"] == "new":
        filing.apply(db, row, {"status": "accepted"}, "status", deed)
        row = filing.find(db, number)
    given = {"status": "dispatched", "assigned": to}
    filing.apply(db, row, given, "status", deed)


def acknowledge(ledger: Ledger, number: str, *, by: str) -> Request:
    """Confirm an alarm: somebody has seen it and goes; the second one to confirm changes nothing.

    The request tells when, its history who.
    """
    with ledger.store.writing(f"acknowledge request {number}") as db:
        row = filing.find(db, number)
        if row["kind"] != "emergency":
            raise StatusError(f"request {number}: it is no alarm: accept it instead")
        now = ledger.now()
        fields = {"acknowledged": to_text(now)}
        if row["status"] == "new":
            fields |= {"status": "accepted", "assigned": by}
        if not row["acknowledged"]:
            filing.apply(db, row, fields, "status", Deed(by, now))
    return ledger.request(number)


def alarms(ledger: Ledger) -> list[Request]:
    """Emergencies that nobody has confirmed or taken yet, oldest first."""
    return list(ledger.requests(Filter(status=("new",), kind="emergency")))


def undoable(ledger: Ledger, number: str, within: timedelta) -> Change | None:
    """The last change of a request when it can still be taken back, else None."""
    changes = ledger.history(number)
    return _undoable(changes, ledger.now(), within)


def undo(
    ledger: Ledger, number: str, *, by: str, within: timedelta, version: int | None = None
) -> Request:
    """Take the last change back, whoever made it, if it is no older than `within`.

    What it changed becomes what it was before, as a change of its own that names the
    one it undoes; remarks stay. Raises UndoError where nothing can be undone.
    """
    with ledger.store.writing(f"undo the last change of request {number}") as db:
        now = ledger.now()
        row = _checked(db, number, Deed(by, now, version=version))
        last = _undoable(_changes(db, row), now, within)
        merged = last is not None and merging.concerns(last.new)
        if last is None or (merged and not merging.undo(db, row, Deed(by, now), within)):
            minutes = within.total_seconds() / 60
            raise UndoError(
                f"request {number}: nothing can be undone: only the last change, "
                f"and only within {minutes:.0f} minutes: change it by hand"
            )
        if not merged:
            filing.apply(db, row, dict(last.old), last.what, Deed(by, now, undoes=last.id))
    return ledger.request(number)


def _checked(db: Database, number: str, deed: Deed) -> Row:
    row = filing.find(db, number)
    filing.check_version(row, deed)
    return row


def _changes(db: Database, row: Row) -> list[Change]:
    events = db.query("SELECT * FROM events WHERE request_id = ? ORDER BY id", (row["id"],))
    return [change_of({**event, "number": row["number"]}) for event in events]


def _undoable(changes: list[Change], now: datetime, within: timedelta) -> Change | None:
    told = [change for change in changes if change.what != "noted"]
    last = told[-1]
    if last.what == "filed" or last.undoes is not None or now - last.at > within:
        return None
    if merging.separates(last.old, last.new):
        return None
    return last
