"""Settlement: what a month's work comes to, a line for each helper, service and price.

Until a month is closed it is worked out anew whenever somebody looks. Closing keeps it as it
is, with a checksum; an order corrected later shows as a difference, and only a new revision,
with a reason, says something else. No elder's name is in it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, cast

from . import audit, clock
from .errors import LedgerError
from .helpers import KINDS
from .history import to_text
from .ledger import Ledger
from .store import Row, Store
from .work_model import Order, read
from .work_time import Unit

_MONTH: Final = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


class MonthError(LedgerError):
    """A month cannot be settled so: month_wrong, _early, _doubts, _closed, _same or _why."""

    code = "month_wrong"


@dataclass(frozen=True, slots=True)
class Item:
    """One order."""

    id: int
    """Its row."""
    number: str
    """Its number."""
    helper: str
    """Who did it."""
    kind: str
    """What sort of helper."""
    intent: str
    """The service."""
    unit: Unit
    """What the price counts."""
    fen: int
    """The price."""
    done: str
    """When it was done, UTC+8, to the minute."""
    minutes: int
    """What counts; 0 where nothing was measured."""
    items: int
    """How many."""
    amount: int
    """In fen."""


@dataclass(frozen=True, slots=True)
class Line:
    """All orders of one helper, service and price."""

    helper: str
    """Who."""
    kind: str
    """What sort of helper."""
    intent: str
    """The service."""
    unit: Unit
    """What the price counts."""
    fen: int
    """The price."""
    count: int
    """Orders."""
    minutes: int
    """All minutes."""
    items: int
    """All pieces where the price is by the piece, else 0."""
    amount: int
    """In fen."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month's work."""

    month: str
    """`2026-11`."""
    items: tuple[Item, ...]
    """Every order, as it was done."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """By helper, service and price."""
        groups: dict[tuple[Any, ...], list[Item]] = {}
        for each in self.items:
            key = (KINDS.index(cast("Any", each.kind)), each.helper, each.intent, each.unit,
                   each.fen)  # fmt: skip
            groups.setdefault(key, []).append(each)
        return tuple(_line(groups[key]) for key in sorted(groups))

    @property
    def helpers(self) -> Mapping[str, tuple[Line, ...]]:
        """Helper → their lines."""
        found: dict[str, list[Line]] = {}
        for each in self.lines:
            found.setdefault(each.helper, []).append(each)
        return {name: tuple(lines) for name, lines in found.items()}

    @property
    def hash(self) -> str:
        """Changes with any of it."""
        return hashlib.sha256(to_text(self.plain()).encode()).hexdigest()

    @property
    def figures(self) -> frozenset[tuple[Any, ...]]:
        """What counts, whatever somebody is called by now."""
        return frozenset((i.id, i.unit, i.fen, i.minutes, i.items, i.amount) for i in self.items)

    def plain(self) -> dict[str, Any]:
        """As plain data."""
        return {"month": self.month, "items": [asdict(each) for each in self.items]}


@dataclass(frozen=True, slots=True)
class Closed:
    """A month as it was settled."""

    month: Month
    """What it said."""
    revision: int
    """1 for the first."""
    at: datetime
    """When, UTC+8."""
    by: str
    """Who: a login."""
    why: str
    """Why there is another one; empty for the first."""
    hash: str
    """Of what it said; `Closed.sound` compares."""

    @property
    def sound(self) -> bool:
        """It is what was written."""
        return self.month.hash == self.hash


def _line(items: list[Item]) -> Line:
    first = items[0]
    return Line(
        first.helper, first.kind, first.intent, first.unit, first.fen,
        len(items), sum(each.minutes for each in items),
        sum(each.items for each in items) if first.unit == "item" else 0,
        sum(each.amount for each in items),
    )  # fmt: skip


def summed(lines: Iterable[Line], of: Literal["count", "minutes", "items", "amount"]) -> int:
    """The sum of a column."""
    return sum(getattr(each, of) for each in lines)


def month_of(text: str) -> tuple[datetime, datetime]:
    """From when until before when a month is, UTC+8. Raises MonthError."""
    if not _MONTH.fullmatch(text):
        raise MonthError(f"{text!r} is no month: write it as 2026-11")
    year, month = int(text[:4]), int(text[5:])
    after = (year + 1, 1) if month == 12 else (year, month + 1)
    return _midnight(year, month), _midnight(*after)


def _midnight(year: int, month: int) -> datetime:
    return datetime.combine(date(year, month, 1), datetime.min.time(), clock.BEIJING)


def doubts(store: Store, month: str) -> list[Order]:
    """Orders of a month that a person has to look at before it can be settled."""
    return [each for each in _done(store, month) if each.doubt]


def settle(store: Store, month: str) -> Month:
    """What a month comes to as its orders stand now. Raises MonthError."""
    found = [_item(each) for each in _done(store, month) if each.amount is not None]
    return checked(Month(month, tuple(found)), found)


def _done(store: Store, month: str) -> list[Order]:
    start, end = (clock.to_text(each) for each in month_of(month))
    where = "done >= ? AND done < ? AND work_orders.status = 'done' ORDER BY done, work_orders.id"
    return read(store, where, (start, end))


def _item(order: Order) -> Item:
    done = order.done.astimezone(clock.BEIJING) if order.done else None
    return Item(
        order.id, order.number, order.helper_name, order.helper_kind, order.intent, order.unit,
        order.fen or 0, f"{done:%Y-%m-%d %H:%M}", order.minutes or 0, order.items,
        order.amount or 0,
    )  # fmt: skip


def checked(month: Month, items: Iterable[Item]) -> Month:
    """The same month, after its lines were summed a second way. Raises MonthError."""
    for of in ("count", "minutes", "amount"):
        column: Literal["count", "minutes", "amount"] = of
        other = sum(1 if of == "count" else getattr(each, of) for each in items)
        if summed(month.lines, column) != other:
            raise MonthError(
                f"{month.month}: the lines' {of} is {summed(month.lines, column)}, the orders' "
                f"{other}: tell whoever looks after Linli"
            )
    return month


def closed(store: Store, month: str) -> list[Closed]:
    """All revisions of a settled month, newest first. Raises MonthError."""
    month_of(month)
    sql = "SELECT * FROM settlements WHERE month = ? ORDER BY revision DESC"
    return [_closed(row) for row in store.read(sql, (month,), what="read the settlement")]


def _closed(row: Row) -> Closed:
    told = json.loads(row["data"])
    items = tuple(Item(**each) for each in told["items"])
    return Closed(
        Month(told["month"], items), row["revision"], clock.from_text(row["at"]), row["by"],
        row["why"], row["hash"],
    )  # fmt: skip


def close(ledger: Ledger, month: str, *, by: str, why: str = "") -> Closed:
    """Settle a month that is over; a settled one gets another revision, with a reason.

    Raises MonthError: too early, orders in doubt, nothing different, no reason.
    """
    _, end = month_of(month)
    with ledger.store.writing(f"settle {month}") as db:
        now = ledger.now()
        if now < end:
            raise MonthError(f"{month} is not over", code="month_early")
        if doubts(ledger.store, month):
            raise MonthError(f"{month}: some orders are in doubt", code="month_doubts")
        found, before = settle(ledger.store, month), closed(ledger.store, month)
        if before and not why.strip():
            raise MonthError(f"{month} is settled: say why there is another", code="month_closed")
        if before and before[0].month.figures == found.figures:
            raise MonthError(f"{month}: nothing is different", code="month_same")
        revision = before[0].revision + 1 if before else 1
        reason = why.strip() if before else ""
        db.execute(
            "INSERT INTO settlements (month, revision, at, by, why, data, hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (month, revision, clock.to_text(now), by, reason, to_text(found.plain()), found.hash),
        )
        detail = {"revision": revision, "hash": found.hash, "fen": summed(found.lines, "amount")}
        audit.append(db, at=now, by=by, what="month.settled", target=f"month {month}",
                     detail=detail)  # fmt: skip
    return closed(ledger.store, month)[0]
