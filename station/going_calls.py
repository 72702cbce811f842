"""Calls that are going on: written down so that who is cut off is known afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from . import clock
from .store import Store


@dataclass(frozen=True, slots=True)
class GoingCall:
    """A call that has begun and was not seen to end."""

    uid: str
    """The call's own id."""
    phone: str
    """Who calls; empty when withheld."""
    at: datetime
    """When it began, UTC+8."""
    exchange: str
    """Which run of the exchange carries it: another one cannot."""


def begun(store: Store, call: GoingCall) -> None:
    """It has begun; again changes nothing. Raises LedgerError."""
    with store.writing("write a call down") as db:
        db.execute(
            "INSERT INTO going_calls (uid, phone, at, exchange) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (uid) DO NOTHING",
            (call.uid, call.phone, clock.to_text(call.at), call.exchange),
        )


def ended(store: Store, uid: str) -> None:
    """It is over."""
    with store.writing("strike a call out", durable=False) as db:
        db.execute("DELETE FROM going_calls WHERE uid = ?", (uid,))


def going(store: Store) -> list[GoingCall]:
    """All that are written down, oldest first."""
    rows = store.read("SELECT * FROM going_calls ORDER BY at, uid", what="read calls going on")
    return [
        GoingCall(row["uid"], row["phone"], clock.from_text(row["at"]), row["exchange"])
        for row in rows
    ]
