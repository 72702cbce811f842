"""All that the ledger keeps of one resident, for whoever asks what is known of them.

The same that is deleted on request (`forgetting`), and nothing of anybody else: where a number
is shared, what nobody can tell apart is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from . import work_orders
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
    """Each with its `history`, its work `orders` with their `steps`, and the `satisfaction`."""
    conversations: tuple[Row, ...]
    """Each with its `utterances`."""
    calls: tuple[Row, ...]
    """Calls that reached nobody, that are owed, that staff made; each with its `list`."""
    hours: tuple[Row, ...]
    """Hours of volunteers that were given to them."""
    pictures: Mapping[str, bytes]
    """What helpers photographed: file name (`picture_of`) → JPEG."""

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
    requests = tuple(_request(store, row) for row in sorted(rows, key=lambda row: row["id"]))
    return Personal(
        _resident(store, known),
        requests,
        tuple(
            each | {"utterances": _of(store, "utterances", "conversation_id", each["id"], "n")}
            for talk in talks
            for each in _of(store, "conversations", "id", talk, "started")
        ),
        tuple(_calls(store, known, own)),
        tuple(_of(store, "time_entries", "resident_id", known.id, "id")),
        dict(_pictures(store, requests)),
    )


def picture_of(order: Row, step: Row) -> str:
    """What the picture of a step is called, where there is one."""
    return f"{order['number']}-{step['id']}.jpg"


def _request(store: Store, row: Row) -> Row:
    said = _of(store, "satisfaction", "request_id", row["id"], "at")
    return _plain(row) | {
        "history": _of(store, "events", "request_id", row["id"], "version"),
        "orders": list(_orders(store, row["id"])),
        "satisfaction": said[0] if said else None,
    }


def _orders(store: Store, request: int) -> Iterator[Row]:
    sql = (
        "SELECT work_orders.*, helpers.name AS helper FROM work_orders"
        " JOIN helpers ON helpers.id = helper_id WHERE request_id = ? ORDER BY work_orders.id"
    )
    for row in store.read(sql, (request,), what="collect what is known"):
        del row["nonce"]  # who has it opens the order's link
        yield row | {"steps": _of(store, "work_steps", "order_id", row["id"], "id")}


def _pictures(store: Store, requests: Iterable[Row]) -> Iterator[tuple[str, bytes]]:
    for order in (each for request in requests for each in request["orders"]):
        for step in order["steps"]:
            jpeg = work_orders.photo(store, order["id"], step["id"])
            if jpeg is not None:
                yield picture_of(order, step), jpeg


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
