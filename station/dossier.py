"""A dossier: what stands on a resident's page, and how they are kept when staff put them right.

Everything that is kept of them, as it is copied and deleted, is `station.personal`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

from . import audit, clock, owed_calls
from .errors import ConflictError
from .ledger import Ledger
from .listing import Filter, find
from .register_row import WrongCell
from .requests import CLOSED, OPEN, Request
from .residents import Resident, by_card, upsert
from .store import Row, Store

Kind: TypeAlias = Literal["missed", "desk"] | owed_calls.Kind
"""They reached nobody; staff rang them; Linli did."""

_CALLS: Final = """
    SELECT at, 'missed' AS kind, phone, why AS outcome, closed FROM callbacks
    WHERE resident_id = :id
    UNION ALL
    SELECT wanted, 'desk', phone, outcome, closed FROM desk_calls WHERE resident_id = :id
    UNION ALL
    SELECT created, kind, phone, outcome, closed FROM owed_calls WHERE resident_id = :id
    ORDER BY at DESC LIMIT :most
"""


@dataclass(frozen=True, slots=True)
class Call:
    """A call with a resident, or one that did not come about."""

    at: datetime
    """When they rang, or when it was wanted, UTC+8."""
    kind: Kind
    """Who rang whom, and what for."""
    phone: str
    """The other telephone."""
    outcome: str
    """What became of it, a word for machines; of a missed one why it was missed."""
    closed: datetime | None
    """When it was settled; None: it still waits."""


def open_of(store: Store, resident: int, most: int) -> list[Request]:
    """What they wait for, the newest first."""
    wanted = Filter(status=OPEN, resident=resident, newest_first=True, limit=most)
    return list(find(store, wanted))


def past_of(store: Store, resident: int, most: int) -> list[Request]:
    """What was done, cancelled or failed, the newest first."""
    wanted = Filter(status=tuple(CLOSED), resident=resident, newest_first=True, limit=most)
    return list(find(store, wanted))


def calls_of(store: Store, resident: int, most: int) -> list[Call]:
    """Calls with them, the newest first."""
    rows = store.read(_CALLS, {"id": resident, "most": most}, what="read somebody's calls")
    return [_call(row["at"], row["kind"], row["outcome"], row) for row in rows]


def call_of(row: Row) -> Call:
    """A call of `station.personal` as one."""
    at, outcome = {"callbacks": ("at", "why"), "desk_calls": ("wanted", "outcome"),
                   "owed_calls": ("created", "outcome")}[row["list"]]  # fmt: skip
    kinds: Mapping[str, Kind] = {"callbacks": "missed", "desk_calls": "desk"}
    return _call(row[at], kinds.get(row["list"]) or row["kind"], row[outcome], row)


def _call(at: str, kind: Kind, outcome: str, row: Row) -> Call:
    closed = clock.from_text(row["closed"]) if row["closed"] else None
    return Call(clock.from_text(at), kind, row["phone"], outcome, closed)


def mark(resident: Resident) -> str:
    """What a form keeps to see whether somebody else changed them meanwhile."""
    return hashlib.sha256(repr(resident).encode()).hexdigest()[:24]


def keep(ledger: Ledger, wanted: Resident, *, by: str, seen: str = "") -> Resident:
    """Keep a resident as a form says, with a line in the audit; gives them with their row.

    `seen` is the `mark` of how they were when the form was opened. The audit has the names of
    what changed, never the values. Raises ConflictError, WrongCell (a card of somebody else),
    UnknownResident, LedgerError.
    """
    store, at = ledger.store, ledger.now()
    # Compared and kept in one transaction: of two who save at once, the second is told.
    with store.writing("keep the resident") as db:
        known = None if wanted.id is None else ledger.resident(wanted.id)
        if known is not None and seen and mark(known) != seen:
            raise ConflictError(f"resident {known.id} was changed meanwhile: read them again")
        if wanted.card and (other := by_card(store, wanted.card)) and other.id != wanted.id:
            raise WrongCell("card_taken", wanted.card, name=other.name)
        changed = _differences(known, wanted)
        if known is not None and not changed:
            return known
        id_ = upsert(db, wanted, clock.to_text(at))
        what = "resident.added" if known is None else "resident.changed"
        detail = {"fields": changed} if known else {}
        audit.append(db, at=at, by=by, what=what, target=f"resident {id_}", detail=detail)
    return ledger.resident(id_)


def _differences(known: Resident | None, wanted: Resident) -> list[str]:
    if known is None:
        return []
    names: Sequence[str] = [each.name for each in fields(Resident)]
    return [name for name in names if _plain(known, name) != _plain(wanted, name)]


def _plain(resident: Resident, name: str) -> Any:
    value = getattr(resident, name)
    return dict(value) if isinstance(value, Mapping) else value
