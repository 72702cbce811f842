"""Who called and reached nobody: the list of people to be called back, and by when.

Written before the caller hears the promise; a call is entered once, however
often it is told. Open ones cannot be deleted, not even from a database shell.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from sqlite_utils import Database

from . import clock, residents
from .errors import LedgerError
from .store import Row, Store

Why: TypeAlias = Literal["busy", "closed", "cut_off"]
"""Nobody answered, nobody was there, or the call broke off."""

_SELECT: Final = (
    "SELECT callbacks.*, residents.name AS resident_name FROM callbacks"
    " LEFT JOIN residents ON residents.id = callbacks.resident_id"
)


class UnknownCallback(LedgerError):
    """No such entry is in the list."""

    code = "unknown_callback"


@dataclass(frozen=True, slots=True)
class MissedCall:
    """A call that is to be entered."""

    uid: str
    """The call's own id: entering it again changes nothing."""
    at: datetime
    """When it came (aware)."""
    phone: str
    """Who called; empty when withheld."""
    why: Why
    """What stood in the way."""
    due: datetime
    """Until when they were promised a call (aware)."""
    message: str = ""
    """Name of the sound file with what they said, if they left words."""


@dataclass(frozen=True, slots=True)
class Callback:
    """Somebody who waits to be called back."""

    id: int
    """Its number in the list."""
    uid: str
    """The call's own id."""
    at: datetime
    """When they called, UTC+8."""
    phone: str
    """Whom to call; empty when the number was withheld."""
    resident: int | None
    """The resident's id, when one alone has this number."""
    resident_name: str | None
    """Their name."""
    why: Why
    """What stood in the way."""
    due: datetime
    """Until when they were promised a call, UTC+8."""
    message: str
    """Name of the sound file with their words; empty: none."""
    tries: int
    """How often staff have called without reaching them."""
    closed: datetime | None
    """When it was settled."""
    by: str
    """Who settled it."""
    note: str
    """What came of it."""


def enter(store: Store, missed: MissedCall) -> Callback:
    """Enter a missed call; it is on the disk when this returns. Raises LedgerError."""
    known = residents.by_phone(store, missed.phone) if missed.phone else ()
    with store.writing("enter the missed call") as db:
        db.execute(
            "INSERT INTO callbacks (uid, at, phone, resident_id, why, due, message)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (uid) DO UPDATE SET message ="
            " CASE WHEN excluded.message = '' THEN message ELSE excluded.message END",
            (
                missed.uid,
                clock.to_text(missed.at),
                missed.phone,
                known[0].id if len(known) == 1 else None,
                missed.why,
                clock.to_text(missed.due),
                missed.message,
            ),
        )
    row = store.first(f"{_SELECT} WHERE callbacks.uid = ?", (missed.uid,))
    if row is None:
        raise UnknownCallback(f"call {missed.uid} was entered and is not there")
    return _of(row)


def waiting(store: Store) -> list[Callback]:
    """Everybody who still waits, whoever was promised the earliest call first."""
    sql = f"{_SELECT} WHERE callbacks.closed IS NULL ORDER BY callbacks.due, callbacks.id"
    return [_of(row) for row in store.read(sql, what="read the call-back list")]


def callback(store: Store, id_: int) -> Callback:
    """One entry; UnknownCallback if there is none."""
    row = store.first(f"{_SELECT} WHERE callbacks.id = ?", (id_,), what="read the call-back list")
    if row is None:
        raise UnknownCallback(f"call-back {id_} is not in the list: check the number")
    return _of(row)


def tried(store: Store, id_: int, *, by: str, note: str = "") -> Callback:
    """Staff have called and reached nobody."""
    with store.writing(f"note a try at call-back {id_}") as db:
        _change(db, id_, "tries = tries + 1, by = ?, note = ?", (by, note))
    return callback(store, id_)


def settle(store: Store, id_: int, *, by: str, at: datetime, note: str = "") -> Callback:
    """The caller has been spoken to."""
    with store.writing(f"settle call-back {id_}") as db:
        _change(db, id_, "closed = ?, by = ?, note = ?", (clock.to_text(at), by, note))
    return callback(store, id_)


def _change(db: Database, id_: int, what: str, values: tuple[str, ...]) -> None:
    done = db.execute(
        f"UPDATE callbacks SET {what} WHERE id = ? AND closed IS NULL",  # noqa: S608 - ours
        (*values, id_),
    )
    if done.rowcount != 1:
        raise UnknownCallback(f"call-back {id_} does not wait: read the list again")


def erase(store: Store, before: datetime) -> list[str]:
    """Delete what was settled before; gives the names of the messages that go with it."""
    until = clock.to_text(before)
    with store.writing("erase old call-backs") as db:
        rows = list(db.query("SELECT message FROM callbacks WHERE closed < ?", (until,)))
        db.execute("DELETE FROM callbacks WHERE closed < ?", (until,))
    return [row["message"] for row in rows if row["message"]]


def _of(row: Row) -> Callback:
    return Callback(
        id=row["id"],
        uid=row["uid"],
        at=clock.from_text(row["at"]),
        phone=row["phone"],
        resident=row["resident_id"],
        resident_name=row["resident_name"],
        why=row["why"],
        due=clock.from_text(row["due"]),
        message=row["message"],
        tries=row["tries"],
        closed=clock.from_text(row["closed"]) if row["closed"] else None,
        by=row["by"],
        note=row["note"],
    )
