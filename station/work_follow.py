"""What becomes of a work order when its request moves, whoever moved it.

A request that staff close or take back takes its order along; one whose closing is undone
gives it back. Called by `filing.apply` inside the same transaction, so that a board, an
order and a month's settlement never tell different things.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from . import clock, timebank
from .store import Row
from .work_model import SELECT, Order, OrderStatus, counted, order_of, record, write


def follow(db: Database, row: Row, new: Mapping[str, Any], *, by: str, at: datetime) -> None:
    """Let the orders of a request follow it; `row` is the request before, `new` what changed."""
    if not {"status", "assigned"} & new.keys():
        return
    status = new.get("status", row["status"])
    if row["status"] == "done" and status == "dispatched":
        _give_back(db, row["id"], by=by, at=at)
        return
    for order in open_of(db, row["id"]):
        if status == "done":
            finish(db, order, done=at, by=by, at=at)
        elif status != "dispatched" or new.get("assigned", order.helper_name) != order.helper_name:
            revoke(db, order, by=by, at=at)


def open_of(db: Database, request: int) -> list[Order]:
    """The order of a request that is work at hand, if there is one."""
    where = "request_id = ? AND work_orders.status IN ('given', 'accepted', 'arrived')"
    return [order_of(row) for row in db.query(f"{SELECT} WHERE {where}", (request,))]


def finish(
    db: Database, order: Order, *, done: datetime, by: str, at: datetime, note: str = ""
) -> tuple[Order, int]:
    """Mark it done, count its minutes, enter a volunteer's hours; gives it and the step."""
    minutes = counted(order, order.arrived, done)
    values = {"status": "done", "done": clock.to_text(done), "minutes": minutes}
    order = write(db, order, values)
    step = record(db, order.id, "done", by=by, at=at, note=note)
    timebank.follow(db, order, by=by, at=at)
    return order, step


def revoke(db: Database, order: Order, *, by: str, at: datetime) -> None:
    """Take it back: its link opens nothing any more."""
    write(db, order, {"status": "revoked"})
    record(db, order.id, "revoked", by=by, at=at)


def _give_back(db: Database, request: int, *, by: str, at: datetime) -> None:
    """The closing was undone: the order is where it was before."""
    last = f"{SELECT} WHERE request_id = ? ORDER BY work_orders.id DESC LIMIT 1"
    for row in list(db.query(last, (request,))):
        order = order_of(row)
        if order.status != "done":
            return
        before: OrderStatus = "given"
        before = "arrived" if order.arrived else "accepted" if order.accepted else before
        order = write(db, order, {"status": before, "done": None, "minutes": None})
        record(db, order.id, "reopened", by=by, at=at)
        timebank.follow(db, order, by=by, at=at)
