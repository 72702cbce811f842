"""Helpers: who fulfils requests, what they do, where, when, how much at once, for how much."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from sqlite_utils import Database

from . import audit, clock
from .errors import LedgerError
from .history import clean, to_text
from .residents import phone_key
from .store import Row, Store
from .work_time import Unit

if TYPE_CHECKING:
    from .ledger import Ledger  # it counts on us: every change of a request passes here

Kind: TypeAlias = Literal[
    "canteen", "housekeeping", "caregiver", "volunteer", "taxi", "doctor", "office"
]
"""What sort of helper somebody is."""

KINDS: Final[tuple[Kind, ...]] = (
    "canteen", "housekeeping", "caregiver", "volunteer", "taxi", "doctor", "office",
)  # fmt: skip

FREE: Final = "volunteer"
"""This kind is paid in hours, never in money."""


class HelperError(LedgerError):
    """A helper cannot be kept as told: `code` is name_taken, no_name or unknown_helper."""

    code = "unknown_helper"


@dataclass(frozen=True, slots=True)
class Duty:
    """One service a helper does, and what it costs."""

    intent: str
    """The service."""
    unit: Unit = "visit"
    """What is counted."""
    fen: int | None = None
    """Price of one, in fen; None: nobody has set it yet."""


@dataclass(frozen=True, slots=True)
class Span:
    """Some hours of one weekday."""

    weekday: int
    """1 (Monday) to 7."""
    opens: time
    """From when."""
    closes: time
    """Until when; that minute still counts."""


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who fulfils requests: a person, a company, a canteen."""

    kind: Kind
    """What sort."""
    name: str
    """As staff call them; one of a kind at a station."""
    phone: str = ""
    """How they are reached."""
    areas: tuple[str, ...] = ()
    """Words of the addresses they serve; empty: everywhere."""
    hours: tuple[Span, ...] = ()
    """When they work; empty: always."""
    most: int = 0
    """So many orders at once; 0: no limit."""
    duties: tuple[Duty, ...] = ()
    """What they do, by intent."""
    note: str = ""
    """For staff."""
    closed: datetime | None = None
    """Since when they are not asked any more, UTC+8."""
    id: int | None = None
    """Row in the ledger, None before it is kept."""

    @property
    def active(self) -> bool:
        """They are asked."""
        return self.closed is None

    def duty(self, intent: str) -> Duty | None:
        """What they do of a service."""
        return next((each for each in self.duties if each.intent == intent), None)

    def covers(self, place: str) -> bool:
        """Whether an address lies in their areas."""
        return not self.areas or any(area in place for area in self.areas)

    def works(self, day: date, at: time | None) -> bool:
        """Whether they work on that day, at that time where one is told."""
        spans = [span for span in self.hours if span.weekday == day.isoweekday()]
        if not self.hours:
            return True
        return any(at is None or span.opens <= at <= span.closes for span in spans)


def helper(store: Store, id_: int) -> Helper:
    """The helper with this id. Raises HelperError."""
    found = _read(store, "id = ?", (id_,))
    if not found:
        raise HelperError(f"helper {id_} is not in the ledger")
    return found[0]


def helpers(store: Store, *, active: bool = False) -> list[Helper]:
    """All helpers, or only those who are asked; by kind and name."""
    found = _read(store, "closed IS NULL" if active else "1", ())
    return sorted(found, key=lambda each: (KINDS.index(each.kind), each.name))


def by_name(store: Store, name: str) -> Helper | None:
    """The helper of this name."""
    found = _read(store, "name = ?", (clean(name.strip()),))
    return found[0] if found else None


def keep(ledger: Ledger, told: Helper, *, by: str, prices: bool) -> Helper:
    """Keep a new helper, or change a known one; gives them as they then stand.

    Without `prices` the prices stay as they are: who may not set them cannot, by any form.
    Raises HelperError.
    """
    with ledger.store.writing("keep the helper") as db:
        id_ = put(db, ledger.store, told, by=by, at=ledger.now(), prices=prices)
    return helper(ledger.store, id_)


def put(db: Database, store: Store, told: Helper, *, by: str, at: datetime, prices: bool) -> int:
    """The same inside a transaction; gives the id."""
    before = helper(store, told.id) if told.id is not None else None
    told = replace(told, name=clean(told.name.strip()), phone=phone_key(told.phone))
    _check_name(store, told)
    duties = priced(told, before, prices=prices)
    now = clock.to_text(at)
    hours = [[each.weekday, f"{each.opens:%H:%M}", f"{each.closes:%H:%M}"] for each in told.hours]
    values: Row = {
        "kind": told.kind,
        "name": told.name,
        "phone": told.phone,
        "areas": to_text(list(told.areas)),
        "hours": to_text(hours),
        "most": told.most,
        "note": clean(told.note),
        "changed": now,
    }
    if before is None:
        names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
        sql = f"INSERT INTO helpers ({names}, created) VALUES ({marks}, :changed)"  # noqa: S608
        id_ = int(db.execute(sql, values).lastrowid or 0)
    else:
        id_ = told.id or 0
        marks = ", ".join(f"{name} = :{name}" for name in values)
        db.execute(f"UPDATE helpers SET {marks} WHERE id = :id", values | {"id": id_})  # noqa: S608
    db.execute("DELETE FROM helper_services WHERE helper_id = ?", (id_,))
    for each in duties:
        db.execute(
            "INSERT INTO helper_services VALUES (?, ?, ?, ?)",
            (id_, each.intent, each.unit, each.fen),
        )
    _tell(db, before, duties, id_, by=by, at=at)
    return id_


def close(ledger: Ledger, id_: int, *, by: str, closed: bool) -> Helper:
    """Ask a helper no more, or again."""
    helper(ledger.store, id_)
    now = ledger.now()
    with ledger.store.writing("close the helper") as db:
        db.execute(
            "UPDATE helpers SET closed = ?, changed = ? WHERE id = ?",
            (clock.to_text(now) if closed else None, clock.to_text(now), id_),
        )
        what = "helper.closed" if closed else "helper.opened"
        audit.append(db, at=now, by=by, what=what, target=f"helper {id_}")
    return helper(ledger.store, id_)


def _check_name(store: Store, told: Helper) -> None:
    if not told.name:
        raise HelperError("a helper without a name cannot be asked: fill it in", code="no_name")
    other = by_name(store, told.name)
    if other is not None and other.id != told.id:
        raise HelperError(
            f"a helper called {told.name!r} is there already: add something to tell them apart",
            code="name_taken",
        )


def priced(told: Helper, before: Helper | None, *, prices: bool) -> list[Duty]:
    """The duties with the prices that may stand there: none but a supervisor's are new."""
    if told.kind == FREE:
        return [Duty(each.intent, "hour", 0) for each in told.duties]
    if prices:
        return list(told.duties)
    known = {each.intent: each for each in before.duties} if before else {}
    return [known.get(each.intent, Duty(each.intent)) for each in told.duties]


def _tell(
    db: Database,
    before: Helper | None,
    duties: Iterable[Duty],
    id_: int,
    *,
    by: str,
    at: datetime,
) -> None:
    """Into the audit; a changed price with what it was and is."""
    told = "helper.changed" if before else "helper.added"
    audit.append(db, at=at, by=by, what=told, target=f"helper {id_}")
    known = {each.intent: (each.unit, each.fen) for each in before.duties} if before else {}
    prices = {each.intent: (each.unit, each.fen) for each in duties if each.fen is not None}
    for intent in sorted({*known, *prices}):
        old, new = known.get(intent), prices.get(intent)
        if old != new and {old, new} != {None, ("hour", 0)}:
            audit.append(db, at=at, by=by, what="tariff.changed", target=f"helper {id_}",
                         detail={"service": intent, "old": old, "new": new})  # fmt: skip


def _read(store: Store, where: str, values: tuple[object, ...]) -> list[Helper]:
    rows = store.read(f"SELECT * FROM helpers WHERE {where}", values, what="read helpers")  # noqa: S608
    duties: dict[int, list[Duty]] = {}
    theirs = f"helper_id IN (SELECT id FROM helpers WHERE {where})"  # noqa: S608 - our own words
    sql = f"SELECT * FROM helper_services WHERE {theirs} ORDER BY intent"  # noqa: S608
    for each in store.read(sql, values, what="read helpers"):
        duty = Duty(each["intent"], each["unit"], each["fen"])
        duties.setdefault(each["helper_id"], []).append(duty)
    return [_helper_of(row, duties.get(row["id"], [])) for row in rows]


def _helper_of(row: Row, duties: list[Duty]) -> Helper:
    return Helper(
        kind=row["kind"],
        name=row["name"],
        phone=row["phone"],
        areas=tuple(json.loads(row["areas"])),
        hours=tuple(
            Span(day, time.fromisoformat(opens), time.fromisoformat(closes))
            for day, opens, closes in json.loads(row["hours"])
        ),
        most=row["most"],
        duties=tuple(duties),
        note=row["note"],
        closed=clock.from_text(row["closed"]) if row["closed"] else None,
        id=row["id"],
    )
