"""A request: what was asked for, where it stands, and which way it may go from there."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

from .clock import from_text
from .errors import StatusError
from .store import Row

Status: TypeAlias = Literal["new", "accepted", "dispatched", "done", "cancelled", "failed"]
"""Where a request stands."""

Kind: TypeAlias = Literal["request", "handed_over", "emergency"]
"""How it came: by itself, with a person taking over the call, or as an alarm."""

Priority: TypeAlias = Literal["ordinary", "urgent", "emergency"]
"""How soon staff must look."""

Channel: TypeAlias = Literal["kiosk", "phone", "console", "paper"]
"""Where it came in."""

Slots: TypeAlias = Mapping[str, Any]
"""Slot name → JSON-shaped value."""

CLOSED: Final[frozenset[Status]] = frozenset({"done", "cancelled", "failed"})
"""Nothing more is expected of these."""

OPEN: Final[tuple[Status, ...]] = ("new", "accepted", "dispatched")
"""Somebody still has to do something."""

WAYS: Final[Mapping[Status, frozenset[Status]]] = {
    "new": frozenset({"accepted", "cancelled", "failed"}),
    "accepted": frozenset({"new", "dispatched", "done", "cancelled", "failed"}),
    "dispatched": frozenset({"accepted", "done", "cancelled", "failed"}),
    "done": frozenset({"accepted"}),
    "cancelled": frozenset({"accepted"}),
    "failed": frozenset({"accepted"}),
}
"""Where a request may go next; out of a closed status only by being reopened."""


@dataclass(frozen=True, slots=True)
class FiledRequest:
    """A request that is to be filed."""

    intent: str
    """An intent's name, e.g. `taxi`."""
    slots: Slots = field(default_factory=dict)
    """Defaults filled in; a slot `note` moves to `note`."""
    channel: Channel = "kiosk"
    """Where it came in."""
    resident: int | None = None
    """The resident's id, None when not known."""
    phone: str = ""
    """Where to call back, when it differs from the resident's."""
    kind: Kind = "request"
    """How it came."""
    priority: Priority = "ordinary"
    """How soon staff must look."""
    note: str = ""
    """Anything useful without a slot."""
    unfinished: bool = False
    """The caller was gone before the read-back: staff call back."""
    summary: str = ""
    """What was read back to the elder."""
    conversation: str | None = None
    """The conversation's id."""
    by: str = "elder"
    """Who files it: `elder` or a staff member's name."""
    created: datetime | None = None
    """When it was asked for (aware); the ledger's clock when None."""
    uid: str = field(default_factory=lambda: uuid.uuid4().hex)
    """Its identity: filing the same uid again changes nothing and gives the same request."""

    def to_json(self) -> dict[str, Any]:
        """As a JSON object, for the spool."""
        named = {name: getattr(self, name) for name in self.__slots__}
        return named | {"created": self.created and self.created.isoformat()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> FiledRequest:
        """The inverse of `to_json`. Raises TypeError or ValueError for anything else."""
        created = stored.get("created")
        moment = datetime.fromisoformat(created) if created else None
        return cls(**{**stored, "created": moment})

    def tidied(self) -> FiledRequest:
        """With the slot `note` joined to `note`."""
        slots = dict(self.slots)
        said = slots.pop("note", None)
        note = "；".join(part for part in (self.note, said) if isinstance(part, str) and part)
        named = {name: getattr(self, name) for name in self.__slots__}
        return FiledRequest(**{**named, "slots": slots, "note": note})


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it stands in the ledger."""

    number: str
    """Shown and spoken: month, day, running number of the day, e.g. `1123-007`."""
    created: datetime
    """When it was asked for, UTC+8."""
    channel: Channel
    """Where it came in."""
    resident: int | None
    """The resident's id."""
    resident_name: str | None
    """The resident's name."""
    phone: str
    """Where to call back; empty: the resident's own."""
    intent: str
    """An intent's name."""
    slots: Slots
    """What was agreed on."""
    status: Status
    """Where it stands."""
    kind: Kind
    """How it came."""
    priority: Priority
    """How soon staff must look."""
    note: str
    """Anything useful without a slot."""
    unfinished: bool
    """The caller was gone before the read-back."""
    summary: str
    """What was read back."""
    conversation: str | None
    """The conversation's id."""
    changed: datetime
    """When it last changed, UTC+8."""
    closed: datetime | None
    """When it was done, cancelled or failed."""
    version: int
    """Counts its changes, from 1."""
    uid: str
    """Its identity in the whole world; numbers come again after a year."""
    id: int
    """Its row in this ledger."""
    assigned: str = ""
    """Who sees to it: a staff member or a provider."""
    acknowledged: datetime | None = None
    """When somebody confirmed that they have seen the alarm, UTC+8."""
    merged: str = ""
    """The uid of the request that goes on in its place; empty: none does."""
    absorbed: tuple[str, ...] = ()
    """The uids of those that were merged into it."""

    @property
    def is_open(self) -> bool:
        """Somebody still has to do something."""
        return self.status not in CLOSED


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a request's history."""

    id: int
    """Grows with every change of any request: `watch` goes on from here."""
    number: str
    """The request's number."""
    request: int
    """The request's row."""
    version: int
    """The request's version after this change."""
    at: datetime
    """When, UTC+8."""
    by: str
    """Who: `elder`, `linli` or a staff member's name."""
    what: Literal["filed", "status", "changed", "noted"]
    """What was done."""
    old: Mapping[str, Any]
    """The fields that changed, before; slots are a part of their own."""
    new: Mapping[str, Any]
    """The same fields after; a removed slot is null."""
    note: str
    """Why, in the words of who did it."""
    undoes: int | None = None
    """The id of the change that this one takes back."""


SELECT_REQUEST: Final = """
    SELECT requests.*, residents.name AS resident_name
    FROM requests LEFT JOIN residents ON residents.id = requests.resident_id
"""

SELECT_CHANGE: Final = """
    SELECT events.*, requests.number FROM events JOIN requests ON requests.id = events.request_id
"""


def request_of(row: Row) -> Request:
    """A row of `SELECT_REQUEST` as a request."""
    return Request(
        number=row["number"],
        created=from_text(row["created"]),
        channel=row["channel"],
        resident=row["resident_id"],
        resident_name=row["resident_name"],
        phone=row["phone"],
        intent=row["intent"],
        slots=json.loads(row["slots"]),
        status=row["status"],
        kind=row["kind"],
        priority=row["priority"],
        note=row["note"],
        unfinished=bool(row["unfinished"]),
        summary=row["summary"],
        conversation=row["conversation_id"],
        changed=from_text(row["changed"]),
        closed=from_text(row["closed"]) if row["closed"] else None,
        version=row["version"],
        uid=row["uid"],
        id=row["id"],
        assigned=row["assigned"],
        acknowledged=from_text(row["acknowledged"]) if row["acknowledged"] else None,
        merged=row["merged"],
        absorbed=tuple(row["absorbed"].split()),
    )


def change_of(row: Row) -> Change:
    """A row of `SELECT_CHANGE` as a line of history."""
    return Change(
        id=row["id"],
        number=row["number"],
        request=row["request_id"],
        version=row["version"],
        at=from_text(row["at"]),
        by=row["by"],
        what=row["what"],
        old=json.loads(row["old"] or "{}"),
        new=json.loads(row["new"] or "{}"),
        note=row["note"],
        undoes=row["undoes"],
    )


def check_way(number: str, old: Status, new: str, note: str) -> None:
    """Refuse a status change that makes no sense. Raises StatusError."""
    if new not in WAYS:
        known = ", ".join(WAYS)
        raise StatusError(f"request {number}: {new!r} is no status: use one of {known}")
    if new not in WAYS[old]:
        allowed = ", ".join(sorted(WAYS[old]))
        raise StatusError(f"request {number}: {old} → {new} is not possible: from here {allowed}")
    if (new == "failed" or (old in CLOSED and new == "accepted")) and not note.strip():
        raise StatusError(f"request {number}: {old} → {new} needs a reason: give a note")
