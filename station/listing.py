"""Listing: which requests are wanted, and the query that finds them page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from .clock import to_text
from .requests import OPEN, SELECT_REQUEST, Channel, Request, Status, request_of
from .store import Store

PAGE: Final = 1000
"""Requests read at once, so that a long list holds no long transaction."""


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
    newest_first: bool = False
    """Else oldest first."""
    limit: int | None = None
    """At most so many."""


def find(store: Store, wanted: Filter) -> Iterator[Request]:
    """The wanted requests, by the time they were asked for; read lazily in pages."""
    left = wanted.limit
    after: tuple[str, int] | None = None
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        sql, values = _query(wanted, after, size)
        rows = store.read(sql, values, what="list requests")
        yield from map(request_of, rows)
        if len(rows) < size:
            return
        after = (rows[-1]["created"], rows[-1]["id"])
        left = None if left is None else left - size


def _query(wanted: Filter, after: tuple[str, int] | None, size: int) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {
        "intent": wanted.intent,
        "channel": wanted.channel,
        "resident_id": wanted.resident,
        "conversation_id": wanted.conversation,
        "day": wanted.day and wanted.day.isoformat(),
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
    if after is not None:
        sign = "<" if wanted.newest_first else ">"
        where.append(f"(requests.created, requests.id) {sign} (:created, :id)")
        values |= {"created": after[0], "id": after[1]}
    order = "DESC" if wanted.newest_first else "ASC"
    chosen = f"WHERE {' AND '.join(where)}" if where else ""
    sql = (
        f"{SELECT_REQUEST} {chosen}"
        f" ORDER BY requests.created {order}, requests.id {order} LIMIT {size}"
    )
    return sql, values
