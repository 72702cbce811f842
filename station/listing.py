"""Listing: which requests are wanted, and the query that finds them page by page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from .clock import to_text
from .history import clean
from .merging import heirs
from .requests import (
    OPEN,
    SELECT_REQUEST,
    Channel,
    Kind,
    Priority,
    Request,
    Status,
    request_of,
)
from .residents import phone_key
from .store import Store

PAGE: Final = 1000
"""Requests read at once, so that a long list holds no long transaction."""
EARLIER: Final = 100
"""How many of what was done for a resident are looked through for the last of each service."""
_NUMBER: Final = re.compile(r"[0-9]{4}-[0-9]*")
_DIGITS: Final = 4
"""Fewer digits of a telephone would find everybody."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which requests are wanted; everything left out means any."""

    status: tuple[Status, ...] = ()
    """One of these."""
    intent: str | None = None
    """This intent."""
    channel: Channel | None = None
    """Came in there."""
    resident: int | None = None
    """This resident's."""
    conversation: str | None = None
    """Of this conversation."""
    day: date | None = None
    """Asked for on this day of the station's calendar."""
    since: datetime | None = None
    """Asked for at this moment or later (aware)."""
    until: datetime | None = None
    """Asked for before this moment (aware)."""
    priority: Priority | None = None
    """This urgent."""
    kind: Kind | None = None
    """Came this way."""
    unfinished: bool | None = None
    """The caller was gone before the read-back, or not."""
    search: str = ""
    """A request's number or its beginning, part of a name, or four digits of a telephone."""
    after: int | None = None
    """Only what comes in the list after the request with this row."""
    newest_first: bool = False
    """Else oldest first."""
    limit: int | None = None
    """At most so many."""


def find(store: Store, wanted: Filter) -> Iterator[Request]:
    """The wanted requests, by the time they were asked for; read lazily in pages."""
    left = wanted.limit
    after = _place(store, wanted.after)
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        sql, values = _query(wanted, after, size)
        rows = store.read(sql, values, what="list requests")
        yield from map(request_of, rows)
        if len(rows) < size:
            return
        after = (rows[-1]["created"], rows[-1]["id"])
        left = None if left is None else left - size


def waiting(store: Store, resident: int | None, phone: str) -> list[Request]:
    """What a resident, or a caller's number, still waits for; oldest first."""
    key = phone_key(phone)
    if resident is None and not key:
        return []

    def theirs(request: Request) -> bool:
        return phone_key(request.phone) == key if resident is None else request.resident == resident

    own = filter(theirs, find(store, Filter(status=OPEN, resident=resident)))
    found = {each.id: each for each in (*own, *heirs(store, theirs))}
    return sorted(found.values(), key=lambda each: (each.created, each.id))


def last_done(store: Store, resident: int) -> list[Request]:
    """The latest request of each service that was done, among a resident's last `EARLIER`."""
    wanted = Filter(status=("done",), resident=resident, newest_first=True, limit=EARLIER)
    found: dict[str, Request] = {}
    for each in find(store, wanted):
        found.setdefault(each.intent, each)
    return [*found.values()]


def _place(store: Store, row: int | None) -> tuple[str, int] | None:
    """Where a request stands in the order of time."""
    if row is None:
        return None
    found = store.first("SELECT created, id FROM requests WHERE id = ?", (row,))
    return (found["created"], found["id"]) if found else None


def _query(wanted: Filter, after: tuple[str, int] | None, size: int) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {
        "intent": wanted.intent,
        "channel": wanted.channel,
        "resident_id": wanted.resident,
        "conversation_id": wanted.conversation,
        "day": wanted.day and wanted.day.isoformat(),
        "priority": wanted.priority,
        "kind": wanted.kind,
        "unfinished": None if wanted.unfinished is None else int(wanted.unfinished),
    }
    values = {name: value for name, value in values.items() if value is not None}
    where = [f"requests.{name} = :{name}" for name in values]
    if set(wanted.status) == set(OPEN):
        where.append("requests.closed IS NULL")  # there is an index of just these, in order
    elif wanted.status:
        marks = {f"status{index}": status for index, status in enumerate(wanted.status)}
        where.append(f"requests.status IN ({', '.join(f':{name}' for name in marks)})")
        values |= marks
    for name, sign, moment in (("since", ">=", wanted.since), ("until", "<", wanted.until)):
        if moment is not None:
            where.append(f"requests.created {sign} :{name}")
            values[name] = to_text(moment)
    sought = wanted.search.strip()
    if sought:
        condition, marks = _sought(sought)
        where.append(condition)
        values |= marks
    if after is not None:
        sign = "<" if wanted.newest_first else ">"
        where.append(f"(requests.created, requests.id) {sign} (:created, :id)")
        values |= {"created": after[0], "id": after[1]}
    order = "DESC" if wanted.newest_first else "ASC"
    chosen = f"WHERE {' AND '.join(where)}" if where else ""
    # What was sought is found by its own index (the plus keeps SQLite from walking all days), and
    # only the few that are wanted are read in full.
    if sought:
        found = "SELECT requests.id FROM requests"
        newest = f"ORDER BY +requests.created {order}, requests.id {order} LIMIT {size}"
        chosen = f"WHERE requests.id IN ({found} {chosen} {newest})"
    sql = (
        f"{SELECT_REQUEST} {chosen}"
        f" ORDER BY requests.created {order}, requests.id {order} LIMIT {size}"
    )
    return sql, values


def _sought(text: str) -> tuple[str, dict[str, Any]]:
    """The condition that finds a number, a telephone or a name."""
    if _NUMBER.fullmatch(text):
        return "requests.number >= :low AND requests.number < :high", {
            "low": text,
            "high": text + chr(0x10FFFF),
        }
    digits = phone_key(text)
    if len(digits) >= _DIGITS and not re.search(r"[^\W\d]", text):
        return _BY_PHONE, {"phone": f"%{digits}%"}
    escaped = re.sub(r"([%_\\])", r"\\\1", clean(text))
    return _BY_NAME, {"name": f"%{escaped}%"}


_BY_PHONE: Final = """
    (requests.resident_id IN (SELECT resident_id FROM resident_phones WHERE phone LIKE :phone)
    OR requests.id IN (SELECT id FROM requests WHERE phone <> '' AND phone LIKE :phone))
"""
_BY_NAME: Final = r"""
    requests.resident_id IN (
        SELECT id FROM residents
        WHERE name LIKE :name ESCAPE '\' OR called LIKE :name ESCAPE '\')
"""
