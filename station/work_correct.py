"""Putting a done order right: with a reason, and with what it was before.

The time bank follows; a month that was settled keeps what it said (`station.settlement`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from . import audit, clock, timebank
from .dispatch_words import words
from .ledger import Ledger
from .store import Row
from .work_model import AHEAD, Order, OrderError, counted, find, record, write
from .work_time import yuan


@dataclass(frozen=True, slots=True)
class Correction:
    """What an order should say; None: as it is."""

    arrived: datetime | None = None
    """When the helper was there."""
    done: datetime | None = None
    """When it was done."""
    minutes: int | None = None
    """What counts, where it is not what the times say."""
    items: int | None = None
    """How many."""
    fen: int | None = None
    """The price."""


def correct(ledger: Ledger, id_: int, wanted: Correction, *, by: str, why: str) -> Order:
    """Put a done order right; what it was stands in its steps and in the audit.

    Raises OrderError for an order that is not done, without a reason, or for times that cannot be.
    """
    with ledger.store.writing(f"correct work order {id_}") as db:
        now, before = ledger.now(), find(db, id_)
        _check_why(before, why)
        values = _corrected(before, wanted, now)
        old = {name: _plain(getattr(before, name)) for name in values}
        new = {name: value for name, value in values.items() if value != old[name]}
        if not new:
            return before
        after = write(db, before, new)
        record(db, id_, "corrected", by=by, at=now, note=_told(why, old, new))
        audit.append(db, at=now, by=by, what="order.corrected", target=f"order {id_}",
                     detail={"old": {name: old[name] for name in new}, "new": new})  # fmt: skip
        timebank.follow(db, after, by=by, at=now, note=why.strip())
        return after


def _check_why(order: Order, why: str) -> None:
    if order.status != "done":
        raise OrderError(f"work order {order.number}: it is {order.status}, not done")
    if not why.strip():
        raise OrderError(f"work order {order.number}: say why", code="order_reason")


def _corrected(before: Order, wanted: Correction, now: datetime) -> Row:
    arrived, done = wanted.arrived or before.arrived, wanted.done or before.done or now
    if done > now + AHEAD or (arrived is not None and arrived > done):
        raise OrderError(f"work order {before.number}: these times cannot be", code="order_time")
    numbers = (wanted.minutes, wanted.items, wanted.fen)
    if any(each is not None and not 0 <= each <= 10_000_000 for each in numbers):
        raise OrderError(f"work order {before.number}: {numbers} cannot be", code="order_value")
    timed = wanted.arrived is not None or wanted.done is not None
    values: Row = {"arrived": _plain(arrived), "done": _plain(done)} if timed else {}
    if wanted.minutes is not None:
        values["minutes"] = wanted.minutes
    elif timed:
        values["minutes"] = counted(before, arrived, done)
    if wanted.items is not None:
        values["items"] = wanted.items
    if wanted.fen is not None:
        values["fen"] = wanted.fen
    return values


def _told(why: str, old: Mapping[str, object], new: Mapping[str, object]) -> str:
    """The reason, and each change as old → new."""
    said = words()["corrections"]
    changes = [
        said["change"].format(name=said[name], old=_shown(name, old[name]), new=_shown(name, value))
        for name, value in new.items()
    ]
    return str(said["told"]).format(why=why.strip(), changes=said["comma"].join(changes))


def _shown(name: str, value: object) -> str:
    if value is None:
        return str(words()["corrections"]["nothing"])
    if name == "fen":
        return yuan(int(str(value)))
    return f"{clock.from_text(value):%m-%d %H:%M}" if isinstance(value, str) else str(value)


def _plain(value: object) -> object:
    return clock.to_text(value) if isinstance(value, datetime) else value


def void(ledger: Ledger, id_: int, *, by: str, why: str) -> Order:
    """Declare a done order wrong: it counts nowhere. Raises OrderError."""
    with ledger.store.writing(f"void work order {id_}") as db:
        now, before = ledger.now(), find(db, id_)
        _check_why(before, why)
        after = write(db, before, {"status": "void"})
        record(db, id_, "void", by=by, at=now, note=why.strip())
        audit.append(db, at=now, by=by, what="order.void", target=f"order {id_}")
        timebank.follow(db, after, by=by, at=now, note=why.strip())
        return after
