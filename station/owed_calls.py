"""Calls that Linli owes somebody: a notice, the daily question how they are, or how it was done.

They outlive a restart, each is owed once (`uid`), and an open one cannot be
deleted. When and whom to ring is planned elsewhere (`ivr.outbound`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from . import clock
from .errors import LedgerError
from .store import Row, Store

Kind: TypeAlias = Literal["notice", "safety", "closing"]
"""Something to be told, the daily question how somebody is, or how a request was done."""

_SELECT: Final = (
    "SELECT owed_calls.*, residents.name AS resident_name FROM owed_calls"
    " LEFT JOIN residents ON residents.id = owed_calls.resident_id"
)


@dataclass(frozen=True, slots=True)
class OwedCall:
    """One call that is owed."""

    uid: str
    """Its identity: owing the same again changes nothing."""
    kind: Kind
    """What it is about."""
    phone: str
    """Whom to ring."""
    says: tuple[str, ...]
    """The sentences they hear first."""
    not_before: datetime
    """From when (aware)."""
    until: datetime
    """Until when; afterwards staff take it over (aware)."""
    resident: int | None = None
    """The resident's id."""
    resident_name: str | None = None
    """Their name; filled in when read."""
    tries: int = 0
    """How often it has rung."""
    tried: datetime | None = None
    """When it rang last."""
    outcome: str = ""
    """What came of the last try."""
    closed: datetime | None = None
    """When it was settled."""
    id: int = 0
    """Row in the ledger; 0 before it is kept."""
    request: int | None = None
    """Row of the request it is about."""


def owe(store: Store, call: OwedCall, now: datetime) -> bool:
    """Keep a call that is owed; False when it was owed already. Raises LedgerError."""
    with store.writing("keep the owed call") as db:
        done = db.execute(
            "INSERT INTO owed_calls (uid, kind, phone, resident_id, request_id, says, created,"
            " not_before, until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (uid) DO NOTHING",
            (
                call.uid,
                call.kind,
                call.phone,
                call.resident,
                call.request,
                json.dumps(call.says, ensure_ascii=False),
                clock.to_text(now),
                clock.to_text(call.not_before),
                clock.to_text(call.until),
            ),
        )
    return bool(done.rowcount == 1)


def owed(store: Store) -> list[OwedCall]:
    """Everything that is still owed, oldest first."""
    sql = f"{_SELECT} WHERE closed IS NULL ORDER BY not_before, owed_calls.id"
    return [_of(row) for row in store.read(sql, what="read owed calls")]


def by_id(store: Store, id_: int) -> OwedCall | None:
    """One call, owed or settled."""
    row = store.first(f"{_SELECT} WHERE owed_calls.id = ?", (id_,), what="read an owed call")
    return _of(row) if row else None


def asked_since(store: Store, resident: int | None, phone: str, since: datetime) -> bool:
    """Whether somebody was owed a closing call since a moment, or still is."""
    sql = (
        "SELECT 1 FROM owed_calls WHERE kind = 'closing' AND created >= ?"
        " AND (resident_id = ? OR phone = ?)"
    )
    values = (clock.to_text(since), resident, phone)
    return bool(store.read(sql, values, what="look for closing calls"))


def rung_since(store: Store, since: datetime) -> dict[str, int]:
    """Telephone number → how often Linli has rung it since a moment."""
    sql = "SELECT phone, SUM(tries) AS tries FROM owed_calls WHERE tried >= ? GROUP BY phone"
    rows = store.read(sql, (clock.to_text(since),), what="count calls")
    return {str(row["phone"]): int(row["tries"]) for row in rows}


def tried(store: Store, call: OwedCall, outcome: str, at: datetime, *, settled: bool) -> None:
    """It has rung; `settled`: nothing more is to be done by Linli."""
    with store.writing("note the call") as db:
        done = db.execute(
            "UPDATE owed_calls SET tries = tries + 1, tried = ?, outcome = ?, closed = ?"
            " WHERE uid = ? AND closed IS NULL",
            (clock.to_text(at), outcome, clock.to_text(at) if settled else None, call.uid),
        )
        if done.rowcount != 1:
            raise LedgerError(f"call {call.uid} is not owed any more", code="not_owed")


def settle(store: Store, uid: str, outcome: str, at: datetime) -> None:
    """It need not be made any more (taken back, or handed to staff)."""
    with store.writing("settle the call") as db:
        db.execute(
            "UPDATE owed_calls SET outcome = ?, closed = ? WHERE uid = ? AND closed IS NULL",
            (outcome, clock.to_text(at), uid),
        )


def erase(store: Store, before: datetime) -> int:
    """Delete what was settled before; how many."""
    with store.writing("erase old calls") as db:
        return db.execute(
            "DELETE FROM owed_calls WHERE closed < ?", (clock.to_text(before),)
        ).rowcount


def _says(stored: str) -> tuple[str, ...]:
    loaded: Sequence[str] = json.loads(stored)
    return tuple(map(str, loaded))


def _of(row: Row) -> OwedCall:
    return OwedCall(
        uid=row["uid"],
        kind=row["kind"],
        phone=row["phone"],
        says=_says(row["says"]),
        not_before=clock.from_text(row["not_before"]),
        until=clock.from_text(row["until"]),
        resident=row["resident_id"],
        resident_name=row["resident_name"],
        tries=row["tries"],
        tried=clock.from_text(row["tried"]) if row["tried"] else None,
        outcome=row["outcome"],
        closed=clock.from_text(row["closed"]) if row["closed"] else None,
        id=row["id"],
        request=row["request_id"],
    )
