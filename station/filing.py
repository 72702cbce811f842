"""Filing and changing: what happens inside the transaction that a promise rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from . import clock, work_follow
from .errors import ConflictError, StatusError, UnknownRequest
from .history import LATER, TOLD, clean, column, difference, record, replayed, state_of, to_text
from .requests import CLOSED, SELECT_REQUEST, FiledRequest, check_way
from .store import Row
from .utterances import ensure_conversation


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does something, and when."""

    by: str
    """`elder`, `linli` or a staff member's name."""
    at: datetime
    """Aware."""
    note: str = ""
    """Why, in their words."""
    version: int | None = None
    """The version they saw; the deed is refused if it is no longer that one."""
    undoes: int | None = None
    """The event that this deed takes back."""


def insert(db: Database, filed: FiledRequest, now: datetime) -> int:
    """File a request with its first event; gives its row. The same uid again gives the same row."""
    known = db.execute("SELECT id FROM requests WHERE uid = ?", (filed.uid,)).fetchone()
    if known is not None:
        return int(known[0])
    filed = filed.tidied()
    created = clock.to_text(filed.created or now)
    if filed.conversation is not None:
        ensure_conversation(db, filed.conversation, filed.channel, created)
    state = {name: getattr(filed, name) for name in TOLD if name not in {"status", *LATER}}
    state |= {"status": "new", "slots": {k: v for k, v in filed.slots.items() if v is not None}}
    lost = _forget_unknown_resident(db, state)
    values = {column(name): _stored(name, value) for name, value in state.items()}
    values |= {"uid": filed.uid, "created": created, "changed": clock.to_text(now)}
    values |= _numbered(db, clock.day_of(filed.created or now))
    row = _insert(db, values)
    record(db, row, 1, at=clock.to_text(now), by=filed.by, what="filed", new=state, note=lost)
    return row


def _numbered(db: Database, day: str) -> dict[str, Any]:
    """The day's next number: short enough to be spoken, e.g. 1123-007."""
    # Two looks into two indexes: a maximum over both together would read the whole day.
    sql = (
        "SELECT 1 + MAX("
        "COALESCE((SELECT MAX(seq) FROM requests WHERE day = :day), 0), "
        "COALESCE((SELECT MAX(seq) FROM erasures WHERE day = :day), 0))"
    )
    seq = int(db.execute(sql, {"day": day}).fetchone()[0])
    return {"day": day, "seq": seq, "number": f"{day[5:7]}{day[8:10]}-{seq:03d}"}


def _forget_unknown_resident(db: Database, state: dict[str, Any]) -> str:
    """A request is not lost because its resident is: leave a remark instead."""
    resident = state["resident"]
    if resident is None:
        return ""
    if db.execute("SELECT 1 FROM residents WHERE id = ?", (resident,)).fetchone():
        return ""
    state["resident"] = None
    return f"resident {resident} unknown"


def _stored(name: str, value: object) -> object:
    if name == "slots":
        return to_text(value)
    if isinstance(value, str):
        return clean(value)
    return int(value) if isinstance(value, bool) else value


def _insert(db: Database, values: Mapping[str, Any]) -> int:
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    sql = f"INSERT INTO requests ({names}) VALUES ({marks})"  # noqa: S608 - our own names
    return int(db.execute(sql, dict(values)).lastrowid or 0)


def find(db: Database, number: str) -> Row:
    """The newest request with a number. Raises UnknownRequest."""
    sql = f"{SELECT_REQUEST} WHERE requests.number = ? ORDER BY requests.id DESC LIMIT 1"
    for row in db.query(sql, (number,)):
        return {**row, "told": _told(db, row["id"])}
    raise UnknownRequest(f"request {number!r} is not in the ledger: check the number")


def _told(db: Database, row: int) -> int:
    """The version since which there were only remarks: they change nothing anybody decided on."""
    sql = "SELECT MAX(version) FROM events WHERE request_id = ? AND what <> 'noted'"
    return int(db.execute(sql, (row,)).fetchone()[0] or 0)


def advance(db: Database, number: str, status: str, deed: Deed) -> None:
    """Move a request to another status. Raises UnknownRequest, StatusError, ConflictError."""
    row = find(db, number)
    check_version(row, deed)
    check_way(number, row["status"], status, deed.note)
    apply(db, row, {"status": status}, "status", deed)


def change(db: Database, number: str, fields: Mapping[str, Any], deed: Deed) -> None:
    """Change fields of an open request; slots are merged, null removes one.

    Raises UnknownRequest, StatusError when it is closed, ConflictError.
    """
    row = find(db, number)
    check_version(row, deed)
    if row["status"] in CLOSED:
        raise StatusError(
            f"request {number}: it is {row['status']} and cannot be changed: reopen it first"
        )
    apply(db, row, fields, "changed", deed)


def remark(db: Database, number: str, deed: Deed) -> None:
    """Put a remark into a request's history, open or closed.

    The same one by the same member since the version they saw is that one, sent twice.
    """
    row = find(db, number)
    version = row["version"] + 1
    if deed.version is not None and _noted(db, row, deed):
        return
    at = clock.to_text(deed.at)
    record(db, row["id"], version, at=at, by=deed.by, what="noted", note=deed.note)
    _write(db, row, version, {}, deed)


def _noted(db: Database, row: Row, deed: Deed) -> bool:
    since = (row["id"], deed.version, deed.by, deed.note)
    sql = (
        "SELECT 1 FROM events WHERE request_id = ? AND version > ?"
        " AND what = 'noted' AND by = ? AND note = ?"
    )
    return db.execute(sql, since).fetchone() is not None


def check_version(row: Row, deed: Deed) -> None:
    """Raises ConflictError when the request is no longer as it was seen, remarks aside."""
    since = int(row.get("told") or row["version"])
    if deed.version is not None and not since <= deed.version <= row["version"]:
        raise ConflictError(
            f"request {row['number']}: it was changed meanwhile "
            f"(you saw version {deed.version}, it is {row['version']}): read it again"
        )


def apply(db: Database, row: Row, fields: Mapping[str, Any], what: str, deed: Deed) -> None:
    """Change fields of a found row; nothing different: nothing happens.

    The event is recorded before the row changes: the ledger refuses the other order.
    """
    state = state_of(row)
    after = replayed(state, fields)
    if after["merged"] and after["status"] not in CLOSED:
        raise StatusError(
            f"request {row['number']}: it was merged into another one: separate them first"
        )
    old, new = difference(state, {name: after[name] for name in fields})
    if not new:
        return
    version = row["version"] + 1
    at = clock.to_text(deed.at)
    record(
        db,
        row["id"],
        version,
        at=at,
        by=deed.by,
        what=what,
        old=old,
        new=new,
        note=deed.note,
        undoes=deed.undoes,
    )
    _write(db, row, version, {name: after[name] for name in new}, deed)
    work_follow.follow(db, row, new, by=deed.by, at=deed.at)


def _write(db: Database, row: Row, version: int, fields: Mapping[str, Any], deed: Deed) -> None:
    values = {column(name): _stored(name, value) for name, value in fields.items()}
    values |= {"version": version, "changed": clock.to_text(deed.at)}
    if "status" in fields:
        values["closed"] = values["changed"] if fields["status"] in CLOSED else None
    marks = ", ".join(f"{name} = :{name}" for name in values)
    db.execute(f"UPDATE requests SET {marks} WHERE id = :row", values | {"row": row["id"]})  # noqa: S608
