"""A work order: one request given to one helper, and every step of it with its time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeAlias

from sqlite_utils import Database

from . import clock
from .errors import LedgerError
from .history import clean
from .store import Row, Store
from .work_time import Rule, Unit, amount, between

OrderStatus: TypeAlias = Literal[
    "given", "accepted", "arrived", "done", "declined", "revoked", "void"
]
"""Where an order stands."""

StepName: TypeAlias = Literal[
    "given", "accepted", "declined", "arrived", "done", "noted", "revoked", "reopened",
    "corrected", "void", "link",
]  # fmt: skip
"""What was done with it."""

OPEN: Final[tuple[OrderStatus, ...]] = ("given", "accepted", "arrived")
"""Work at hand."""

LONGEST_MIN: Final = 480
"""Nobody is with one elder for longer: the end was forgotten, and a person has to look."""


AHEAD: Final = timedelta(minutes=5)
"""Clocks of people differ: a moment may be so far in the future."""


class OrderError(LedgerError):
    """Something cannot be done with an order: `code` is order_step, order_reason, order_time …"""

    code = "order_step"


@dataclass(frozen=True, slots=True)
class Order:
    """A work order as it stands in the ledger."""

    id: int
    """Its row."""
    number: str
    """The request's number and how many orders it had, e.g. `1123-007-1`."""
    request: int | None
    """The request's row; None once it was erased."""
    helper: int
    """Who has it."""
    helper_name: str
    """How they are called."""
    helper_kind: str
    """What sort of helper they are."""
    intent: str
    """The service."""
    unit: Unit
    """What the price counts."""
    fen: int | None
    """The price when it was given; None: there was none."""
    rule: Rule
    """How minutes counted when it was given."""
    nonce: str
    """Stands in its link; another one makes the link void."""
    expires: datetime
    """Until when its link is good."""
    status: OrderStatus
    """Where it stands."""
    given: datetime
    """When it was given."""
    by: str
    """Who gave it."""
    accepted: datetime | None
    """When the helper took it."""
    arrived: datetime | None
    """When they were there."""
    done: datetime | None
    """When it was done."""
    minutes: int | None
    """What counts; None: nobody knows, or longer than can be."""
    items: int
    """How many dishes, boxes, …"""
    version: int
    """Grows with every change."""

    @property
    def is_open(self) -> bool:
        """It is work at hand."""
        return self.status in OPEN

    @property
    def doubt(self) -> Literal["", "price", "minutes"]:
        """What a person has to look at before it can be settled."""
        if self.status != "done":
            return ""
        if self.fen is None:
            return "price"
        return "minutes" if self.unit == "hour" and self.minutes is None else ""

    @property
    def amount(self) -> int | None:
        """What it costs, in fen; None while that is in doubt."""
        if self.status != "done" or self.doubt or self.fen is None:
            return None
        return amount(self.unit, self.fen, minutes=self.minutes or 0, items=self.items)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an order."""

    id: int
    """Its row."""
    at: datetime
    """When."""
    by: str
    """A login, or `helper:` and a number."""
    what: StepName
    """What was done."""
    note: str
    """In their words."""
    photo: bool
    """A picture was sent with it."""


SELECT: Final = """
    SELECT work_orders.*, helpers.name AS helper_name, helpers.kind AS helper_kind
    FROM work_orders JOIN helpers ON helpers.id = work_orders.helper_id
"""


def order_of(row: Row) -> Order:
    """A row of `SELECT` as an order."""
    moments = {
        name: clock.from_text(row[name]) if row[name] else None
        for name in ("accepted", "arrived", "done")
    }
    return Order(
        id=row["id"],
        number=row["number"],
        request=row["request_id"],
        helper=row["helper_id"],
        helper_name=row["helper_name"],
        helper_kind=row["helper_kind"],
        intent=row["intent"],
        unit=row["unit"],
        fen=row["fen"],
        rule=Rule(row["round_to"], row["rounding"]),
        nonce=row["nonce"],
        expires=clock.from_text(row["expires"]),
        status=row["status"],
        given=clock.from_text(row["given"]),
        by=row["by"],
        minutes=row["minutes"],
        items=row["items"],
        version=row["version"],
        **moments,
    )


def find(db: Database, id_: int) -> Order:
    """The order of this row. Raises OrderError."""
    for row in db.query(f"{SELECT} WHERE work_orders.id = ?", (id_,)):
        return order_of(row)
    raise OrderError(f"work order {id_} is not in the ledger", code="unknown_order")


def read(store: Store, where: str, values: tuple[object, ...] = ()) -> list[Order]:
    """Orders by a condition of ours."""
    return [order_of(row) for row in store.read(f"{SELECT} WHERE {where}", values, what="orders")]


def steps(store: Store, order: int) -> list[Step]:
    """Every step, oldest first."""
    sql = (
        "SELECT work_steps.*, work_photos.step_id IS NOT NULL AS photo FROM work_steps"
        " LEFT JOIN work_photos ON work_photos.step_id = work_steps.id"
        " WHERE order_id = ? ORDER BY work_steps.id"
    )
    return [
        Step(row["id"], clock.from_text(row["at"]), row["by"], row["what"], row["note"],
             bool(row["photo"]))
        for row in store.read(sql, (order,), what="read the steps")
    ]  # fmt: skip


def write(db: Database, order: Order, values: Mapping[str, Any]) -> Order:
    """Change an order; gives it as it then stands."""
    marks = ", ".join(f"{name} = :{name}" for name in values)
    db.execute(
        f"UPDATE work_orders SET {marks}, version = version + 1 WHERE id = :row",  # noqa: S608
        {**values, "row": order.id},
    )
    return find(db, order.id)


def record(
    db: Database, order: int, what: StepName, *, by: str, at: datetime, note: str = ""
) -> int:
    """Append a step; gives its row."""
    sql = "INSERT INTO work_steps (order_id, at, by, what, note) VALUES (?, ?, ?, ?, ?)"
    values = (order, clock.to_text(at), clean(by), what, clean(note))
    return int(db.execute(sql, values).lastrowid or 0)


def counted(order: Order, arrived: datetime | None, done: datetime) -> int | None:
    """Minutes that count by the order's rule; None where nobody knows them."""
    if arrived is None or not 0 <= between(arrived, done) <= LONGEST_MIN:
        return None
    return order.rule.counted(between(arrived, done))
