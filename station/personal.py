"""All that the ledger keeps of one resident, for whoever asks what is known of them.

The same that is deleted on request (`forgetting`), and nothing of anybody else: where a number
is shared, what nobody can tell apart is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from .forgetting import theirs
from .residents import Resident, phone_key
from .store import Row, Store

_JSON: Final = frozenset(
    ["slots", "old", "new", "alternatives", "said", "timing", "profile", "says", "phones"]
)
"""Columns that hold more than a word."""
_CALLS: Final = ("callbacks", "owed_calls", "desk_calls")


@dataclass(frozen=True, slots=True)
class Personal:
    """One resident's own: rows as the ledger has them."""

    resident: Row
    """The entry in the register, with numbers and contacts."""
    requests: tuple[Row, ...]
    """Each with its `history`."""
    conversations: tuple[Row, ...]
    """Each with its `utterances`."""
    calls: tuple[Row, ...]
    """Calls that reached nobody, that are owed, that staff made; each with its `list`."""

    @property
    def recordings(self) -> tuple[str, ...]:
        """Sound files, relative to the recordings' folder."""
        spoken = (each for talk in self.conversations for each in talk["utterances"])
        return tuple(each["audio"] for each in spoken if each["audio"])

    @property
    def messages(self) -> tuple[str, ...]:
        """Names of messages left on the telephone."""
        return tuple(each["message"] for each in self.calls if each.get("message"))


def collect(store: Store, known: Resident) -> Personal:
    """Everything of a resident. Raises LedgerError."""
    rows, talks, own = theirs(store, known)
    return Personal(
        _resident(store, known),
        tuple(
            _plain(row) | {"history": _of(store, "events", "request_id", row["id"], "version")}
            for row in sorted(rows, key=lambda row: row["id"])
        ),
        tuple(
            each | {"utterances": _of(store, "utterances", "conversation_id", each["id"], "n")}
            for talk in talks
            for each in _of(store, "conversations", "id", talk, "started")
        ),
        tuple(_calls(store, known, own)),
    )


def _resident(store: Store, known: Resident) -> Row:
    (row,) = _of(store, "residents", "id", known.id, "id")
    contacts = _of(store, "contacts", "resident_id", known.id, "position")
    return row | {"phones": list(known.phones), "contacts": contacts}


def _of(store: Store, table: str, column: str, value: object, order: str) -> list[Row]:
    sql = f"SELECT * FROM {table} WHERE {column} = ? ORDER BY {order}"  # noqa: S608 - ours
    return [_plain(row) for row in store.read(sql, (value,), what="collect what is known")]


def _calls(store: Store, known: Resident, own: frozenset[str]) -> Iterable[Row]:
    for table in _CALLS:
        sql = f"SELECT * FROM {table} ORDER BY id"  # noqa: S608 - ours
        for row in store.read(sql, (), what="collect what is known"):
            if row["resident_id"] == known.id or phone_key(row["phone"]) in own:
                yield {"list": table} | _plain(row)


def _plain(row: Row) -> Row:
    """A row with what is packed in it unpacked."""
    return {name: _unpacked(value) if name in _JSON else value for name, value in row.items()}


def _unpacked(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value else value
