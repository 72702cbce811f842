"""The time bank (时间银行): hours that volunteers gave, and what they had for them.

Every minute is an entry that never changes: earned by an order, corrected, or spent for an
elder. A balance is the sum of its entries.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from sqlite_utils import Database

from . import audit, clock, helpers
from .errors import LedgerError
from .helpers import FREE, Helper
from .history import clean
from .store import Store
from .work_model import Order

if TYPE_CHECKING:
    from .ledger import Ledger  # it counts on us: every change of a request passes here

MOST: Final = 60_000
"""Minutes in one entry by hand: a slip of the hand is no thousand hours."""


class HoursError(LedgerError):
    """Hours cannot be entered so: `code` is not_enough, hours_value or order_reason."""

    code = "hours_value"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a statement."""

    id: int
    """Its row."""
    at: datetime
    """When it was entered."""
    what: Literal["earned", "corrected", "spent"]
    """How it came."""
    minutes: int
    """Given: above zero; spent: below."""
    balance: int
    """Minutes after it."""
    order: int | None
    """The order it came from."""
    order_number: str
    """Its number; empty without one."""
    resident: int | None
    """For whom it was spent; None also where they were forgotten."""
    resident_name: str
    """Their name."""
    by: str
    """Who entered it."""
    note: str
    """Why."""


@dataclass(frozen=True, slots=True)
class Account:
    """What one volunteer has."""

    helper: Helper
    """Who."""
    earned: int
    """Minutes given, corrections with them."""
    spent: int
    """Minutes had for it."""

    @property
    def balance(self) -> int:
        """What is left."""
        return self.earned - self.spent


def follow(db: Database, order: Order, *, by: str, at: datetime, note: str = "") -> None:
    """Let the entries of an order say what the order says; nothing different: nothing happens."""
    if order.helper_kind != FREE:
        return
    sql = "SELECT COALESCE(SUM(minutes), 0), COUNT(*) FROM time_entries WHERE order_id = ?"
    have, count = db.execute(sql, (order.id,)).fetchone()
    due = (order.minutes or 0) if order.status == "done" else 0
    if due != have:
        what = "corrected" if count else "earned"
        _enter(db, order.helper, what, due - have, by=by, at=at, note=note, order=order.id)


def spend(
    ledger: Ledger, helper: int, minutes: int, resident: int, *, by: str, note: str = ""
) -> None:
    """Take hours off for what an elder gets. Raises HoursError when there are not so many."""
    _check(ledger.store, helper, minutes)
    ledger.resident(resident)
    now = ledger.now()
    with ledger.store.writing("spend hours") as db:
        if _balance(db, helper) < minutes:
            raise HoursError(
                f"helper {helper}: {minutes} minutes are more than are left", code="not_enough"
            )
        entry = _enter(db, helper, "spent", -minutes, by=by, at=now, note=note, resident=resident)
        audit.append(db, at=now, by=by, what="hours.spent", target=f"helper {helper}",
                     detail={"entry": entry, "minutes": minutes, "resident": resident})  # fmt: skip


def adjust(ledger: Ledger, helper: int, minutes: int, *, by: str, why: str) -> None:
    """Put a balance right by hand. Raises HoursError without a reason, or below nothing."""
    _check(ledger.store, helper, abs(minutes))
    if not why.strip():
        raise HoursError(f"helper {helper}: hours change with a reason", code="order_reason")
    now = ledger.now()
    with ledger.store.writing("correct hours") as db:
        if _balance(db, helper) + minutes < 0:
            raise HoursError(f"helper {helper}: the balance would be below 0", code="not_enough")
        entry = _enter(db, helper, "corrected", minutes, by=by, at=now, note=why.strip())
        audit.append(db, at=now, by=by, what="hours.corrected", target=f"helper {helper}",
                     detail={"entry": entry, "minutes": minutes})  # fmt: skip


def _check(store: Store, helper: int, minutes: int) -> None:
    if not 0 < minutes <= MOST:
        raise HoursError(f"{minutes} minutes: give 1 to {MOST}")
    if helpers.helper(store, helper).kind != FREE:
        raise HoursError(f"helper {helper} is no volunteer: they are paid in money")


def _enter(
    db: Database,
    helper: int,
    what: str,
    minutes: int,
    *,
    by: str,
    at: datetime,
    note: str,
    order: int | None = None,
    resident: int | None = None,
) -> int:
    sql = (
        "INSERT INTO time_entries (at, helper_id, order_id, what, minutes, resident_id, by, note)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    )
    values = (clock.to_text(at), helper, order, what, minutes, resident, clean(by), clean(note))
    return int(db.execute(sql, values).lastrowid or 0)


def _balance(db: Database, helper: int) -> int:
    sql = "SELECT COALESCE(SUM(minutes), 0) FROM time_entries WHERE helper_id = ?"
    return int(db.execute(sql, (helper,)).fetchone()[0])


def accounts(store: Store) -> list[Account]:
    """Everybody who has, or may earn, hours; by name."""
    sql = (
        "SELECT helper_id, SUM(CASE WHEN what = 'spent' THEN 0 ELSE minutes END) AS earned,"
        " -SUM(CASE WHEN what = 'spent' THEN minutes ELSE 0 END) AS spent"
        " FROM time_entries GROUP BY helper_id"
    )
    sums = {row["helper_id"]: row for row in store.read(sql, what="read the hours")}
    found = [each for each in helpers.helpers(store) if each.kind == FREE or each.id in sums]
    return [
        Account(each, int(row["earned"]), int(row["spent"])) if row else Account(each, 0, 0)
        for each in found
        for row in [sums.get(each.id or 0)]
        if each.active or row
    ]


def statement(store: Store, helper: int) -> list[Entry]:
    """Every entry of a volunteer, oldest first, with the balance after each."""
    sql = (
        "SELECT time_entries.*, work_orders.number, residents.name AS resident_name,"
        " SUM(time_entries.minutes) OVER (ORDER BY time_entries.id) AS balance FROM time_entries"
        " LEFT JOIN work_orders ON work_orders.id = time_entries.order_id"
        " LEFT JOIN residents ON residents.id = time_entries.resident_id"
        " WHERE time_entries.helper_id = ? ORDER BY time_entries.id"
    )
    return [
        Entry(
            row["id"], clock.from_text(row["at"]), row["what"], row["minutes"], row["balance"],
            row["order_id"], row["number"] or "", row["resident_id"], row["resident_name"] or "",
            row["by"], row["note"],
        )
        for row in store.read(sql, (helper,), what="read the hours")
    ]  # fmt: skip
