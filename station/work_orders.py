"""Work orders: given to a helper, taken, reached, done; each step also in the request's story.

A step that is told twice happens once. What was told wrong is put right in `station.work_correct`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from sqlite_utils import Database

from . import audit, clock, filing, handling, helpers, work_follow
from .dispatch import Asked, asked_of
from .dispatch_words import words
from .filing import Deed
from .helpers import FREE, Duty, Helper, HelperError
from .ledger import Ledger
from .requests import OPEN as OPEN_REQUESTS
from .requests import Request, request_of
from .store import Row, Store
from .work_model import AHEAD, Order, OrderError, StepName, find, read, record, write
from .work_time import Rule

PHOTOS: Final = 6
"""So many pictures an order takes."""

_WAYS: Final[Mapping[str, frozenset[str]]] = {
    "given": frozenset({"accepted", "declined", "noted"}),
    "accepted": frozenset({"arrived", "done", "declined", "noted"}),
    "arrived": frozenset({"done", "noted"}),
}
"""Which step may follow which."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a station gives orders."""

    rule: Rule
    """How minutes count."""
    link: timedelta
    """For so long after it is due an order's link is good."""


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody tells of an order."""

    by: str
    """A login, or `helper:` and a number."""
    note: str = ""
    """In their words."""
    photo: bytes | None = None
    """A picture, already made harmless (`station.work_photos`)."""
    at: datetime | None = None
    """When it was, where not now."""


def by_helper(order: Order) -> str:
    """Who a helper is in events and steps."""
    return f"helper:{order.helper}"


def order(store: Store, id_: int) -> Order:
    """The order of this row. Raises OrderError."""
    found = read(store, "work_orders.id = ?", (id_,))
    if not found:
        raise OrderError(f"work order {id_} is not in the ledger", code="unknown_order")
    return found[0]


def of_request(store: Store, request: int) -> list[Order]:
    """All orders of a request, oldest first."""
    return read(store, "request_id = ? ORDER BY work_orders.id", (request,))


def give(
    ledger: Ledger, number: str, helper: int, *, by: str, terms: Terms, version: int | None = None
) -> Order:
    """Give a request to a helper; an order that is out is taken back first.

    Raises HelperError, StatusError, ConflictError, UnknownRequest.
    """
    to = helpers.helper(ledger.store, helper)
    if not to.active:
        raise HelperError(f"helper {helper} is closed: choose another", code="helper_closed")
    with ledger.store.writing(f"give request {number} to a helper") as db:
        deed = Deed(by, ledger.now(), version=version)
        row = filing.find(db, number)
        filing.check_version(row, deed)
        for out in work_follow.open_of(db, row["id"]):
            work_follow.revoke(db, out, by=by, at=deed.at)
        handling.give_to(db, row, to.name, deed)
        request = request_of(row)
        id_ = _insert(db, request, to, deed=deed, terms=terms, asked=asked_of(ledger, request))
        record(db, id_, "given", by=by, at=deed.at)
        return find(db, id_)


def _insert(
    db: Database, request: Request, to: Helper, *, deed: Deed, terms: Terms, asked: Asked
) -> int:
    unpriced = Duty(request.intent, "hour", 0) if to.kind == FREE else Duty(request.intent)
    duty = to.duty(request.intent) or unpriced
    sql = "SELECT COUNT(*) FROM work_orders WHERE request_id = ?"
    before = int(db.execute(sql, (request.id,)).fetchone()[0])
    due = datetime.combine(asked.day, asked.at or time(23, 59), clock.BEIJING)
    values: Row = {
        "number": f"{request.number}-{before + 1}",
        "request_id": request.id,
        "helper_id": to.id,
        "intent": request.intent,
        "unit": duty.unit,
        "fen": duty.fen,
        "round_to": terms.rule.round_to,
        "rounding": terms.rule.rounding,
        "nonce": _nonce(),
        "expires": clock.to_text(max(due, deed.at) + terms.link),
        "status": "given",
        "given": clock.to_text(deed.at),
        "by": deed.by,
        "items": items_of(request),
    }
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    sql = f"INSERT INTO work_orders ({names}) VALUES ({marks})"  # noqa: S608 - our own names
    return int(db.execute(sql, values).lastrowid or 0)


def _nonce() -> str:
    return secrets.token_hex(8)


def items_of(request: Request) -> int:
    """How many of what is paid by the piece were asked for; at least one."""
    for name in words()["counted"]:
        value = request.slots.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1000:
            return value
        if isinstance(value, list) and value:
            counts = [each.get("quantity") for each in value if isinstance(each, dict)]
            return sum(n if isinstance(n, int) and n > 0 else 1 for n in counts) or len(value)
    return 1


def step(ledger: Ledger, id_: int, what: StepName, told: Told) -> Order:
    """The next step of an order: accepted, declined, arrived, done or noted.

    The same step again changes nothing. Raises OrderError.
    """
    with ledger.store.writing(f"note a step of work order {id_}") as db:
        now = ledger.now()
        before = find(db, id_)
        if before.status == what:
            return before
        at = _checked(before, what, told, now)
        if what == "done":
            after, row = work_follow.finish(db, before, done=at, by=told.by, at=now, note=told.note)
        else:
            after = write(db, before, _values(before, what, at))
            row = record(db, id_, what, by=told.by, at=now, note=told.note)
        if told.photo is not None:
            _keep_photo(db, before, row, told.photo, now)
        _tell(db, after, what, told, now)
        return find(db, id_)


def _values(before: Order, what: str, at: datetime) -> Row:
    if what == "noted":
        return {"status": before.status}
    return {"status": what} | ({} if what == "declined" else {what: clock.to_text(at)})


def _checked(order: Order, what: str, told: Told, now: datetime) -> datetime:
    """The moment of the step. Raises OrderError when it cannot be."""
    if what not in _WAYS.get(order.status, ()):
        raise OrderError(f"work order {order.number}: {order.status} → {what} is not possible")
    if what in {"declined", "noted"} and not told.note.strip() and told.photo is None:
        raise OrderError(f"work order {order.number}: say why", code="order_reason")
    at = told.at or now
    earliest = order.arrived if what == "done" and order.arrived else None
    if at > now + AHEAD or (earliest and at < earliest):
        raise OrderError(f"work order {order.number}: {at:%H:%M} cannot be", code="order_time")
    return at


def _keep_photo(db: Database, order: Order, step: int, jpeg: bytes, at: datetime) -> None:
    sql = (
        "SELECT COUNT(*) FROM work_photos JOIN work_steps ON work_steps.id = step_id"
        " WHERE order_id = ?"
    )
    if db.execute(sql, (order.id,)).fetchone()[0] >= PHOTOS:
        raise OrderError(f"work order {order.number}: it has {PHOTOS} photos", code="photo_many")
    db.execute("INSERT INTO work_photos VALUES (?, ?, ?)", (step, clock.to_text(at), jpeg))


def _tell(db: Database, order: Order, what: StepName, told: Told, now: datetime) -> None:
    """Into the request's own story; it moves on where the order ends."""
    rows = list(db.query("SELECT * FROM requests WHERE id = ?", (order.request,)))
    if not rows:
        return
    note = told_step(order.helper_name, what, told.note, photo=told.photo is not None)
    deed = Deed(told.by, now, note)
    fields = {}
    if rows[0]["status"] in OPEN_REQUESTS:
        if what == "done":
            fields = {"status": "done"}
        if what == "declined":
            fields = {"status": "accepted", "assigned": order.by}
    if fields:
        filing.apply(db, rows[0], fields, "status", deed)
    else:
        filing.remark(db, rows[0]["number"], deed)


def told_step(helper: str, what: str, note: str = "", *, photo: bool = False) -> str:
    """A step as a sentence for staff; `helper` as they are called."""
    said = words()
    note = note.strip() + (said["photo_kept"] if photo else "")
    told = str(said["steps"][what]).format(helper=helper, note=note)
    named = "{note}" in said["steps"][what] or not note
    return told if named else f"{told}：{note}"


def renew(ledger: Ledger, id_: int, *, by: str, terms: Terms) -> Order:
    """Another link; the one before opens nothing any more. Raises OrderError."""
    with ledger.store.writing(f"renew the link of work order {id_}") as db:
        before, now = find(db, id_), ledger.now()
        if not before.is_open:
            raise OrderError(f"work order {before.number}: it is {before.status}: no link")
        expires = clock.to_text(max(before.expires, now + terms.link))
        after = write(db, before, {"nonce": _nonce(), "expires": expires})
        record(db, id_, "link", by=by, at=now)
        audit.append(db, at=now, by=by, what="link.renewed", target=f"order {id_}")
        return after


def photo(store: Store, order: int, step: int) -> bytes | None:
    """The picture of a step, as JPEG."""
    sql = (
        "SELECT jpeg FROM work_photos JOIN work_steps ON work_steps.id = step_id"
        " WHERE order_id = ? AND step_id = ?"
    )
    row = store.first(sql, (order, step), what="read a photo")
    return bytes(row["jpeg"]) if row else None
