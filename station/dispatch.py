"""Dispatch: who should fulfil a request, in which order, and why; always the same for the same.

First whoever nothing speaks against; among them who did it last for this elder, then the sort of
helper the service names first, then who has least to do. Staff may choose anybody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal, TypeAlias

from . import helpers
from .clock import from_text
from .dispatch_words import words
from .helpers import Helper
from .ledger import Ledger
from .requests import Request
from .residents import Resident

Against: TypeAlias = Literal["declined", "area", "hours", "full"]
"""What speaks against somebody."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a request decides who can do it."""

    intent: str
    """The service."""
    elder: str
    """How the elder is called; empty when not known."""
    place: str
    """Where the helper has to go; empty when not known, or nowhere."""
    day: date
    """For which day."""
    at: time | None
    """At what time, where one is told."""
    now: bool
    """As soon as can be."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who does the service."""

    helper: Helper
    """Who."""
    load: int
    """Orders at hand."""
    last: datetime | None
    """When they last did it for this elder."""
    against: tuple[Against, ...]
    """What speaks against them; empty: nothing."""


@dataclass(frozen=True, slots=True)
class Advice:
    """Who could do it, best first, and what that rests on."""

    asked: Asked
    """What decides."""
    candidates: tuple[Candidate, ...]
    """All active helpers who do the service."""

    @property
    def best(self) -> Candidate | None:
        """Whom to ask; None when something speaks against everybody."""
        first = next(iter(self.candidates), None)
        return None if first is None or first.against else first


def advise(ledger: Ledger, request: Request, kinds: tuple[str, ...] = ()) -> Advice:
    """Who could fulfil a request; `kinds` are the sorts its service names, best first."""
    asked = asked_of(ledger, request)
    able = [
        each for each in helpers.helpers(ledger.store, active=True) if each.duty(request.intent)
    ]
    loads, last = load_of(ledger), _last_done(ledger, request)
    declined = _declined(ledger, request)
    found = [
        Candidate(
            each,
            loads.get(each.id or 0, 0),
            last.get(each.id or 0),
            _against(each, asked, loads.get(each.id or 0, 0), declined),
        )
        for each in able
    ]
    latest = max((each.last for each in found if each.last), default=None)
    found.sort(key=lambda each: _rank(each, kinds, latest))
    return Advice(asked, tuple(found))


def _rank(each: Candidate, kinds: tuple[str, ...], latest: datetime | None) -> tuple[Any, ...]:
    known = latest is not None and each.last == latest
    sort = kinds.index(each.helper.kind) if each.helper.kind in kinds else len(kinds)
    share = each.load / each.helper.most if each.helper.most else 0.0
    return len(each.against), not known, sort, each.load, share, each.helper.name


def _against(helper: Helper, asked: Asked, load: int, declined: set[int]) -> tuple[Against, ...]:
    found: list[Against] = ["declined"] if helper.id in declined else []
    if asked.place and not helper.covers(asked.place):
        found.append("area")
    if not helper.works(asked.day, asked.at):
        found.append("hours")
    if helper.most and load >= helper.most:
        found.append("full")
    return tuple(found)


def asked_of(ledger: Ledger, request: Request) -> Asked:
    """Where, when and for whom; what was not said is the elder's address, and now."""
    resident = ledger.resident(request.resident) if request.resident is not None else None
    day = _day(request.slots.get("date"))
    at = _time(request.slots)
    now = ledger.now()
    if day is None and at is None:
        return Asked(
            request.intent, _called(resident), _place(request, resident), now.date(),
            now.time().replace(second=0, microsecond=0), now=True,
        )  # fmt: skip
    return Asked(
        request.intent, _called(resident), _place(request, resident), day or now.date(), at,
        now=False,
    )  # fmt: skip


def _called(resident: Resident | None) -> str:
    return (resident.called or resident.name) if resident is not None else ""


def _place(request: Request, resident: Resident | None) -> str:
    if request.slots.get("delivery") is False:
        return ""  # the elder comes for it
    told = (request.slots.get(name) for name in words()["places"])
    said = next((each for each in told if isinstance(each, str) and each), "")
    return said or (resident.address if resident is not None else "")


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _time(slots: Mapping[str, Any]) -> time | None:
    """The time that was said, or what a part of the day or a meal stands for."""
    try:
        return time.fromisoformat(str(slots.get("time")))
    except ValueError:
        moments = words()["moments"]
    for name, values in moments.items():
        if slots.get(name) in values:
            return time.fromisoformat(values[slots[name]])
    return None


def load_of(ledger: Ledger) -> dict[int, int]:
    """Helper → orders at hand."""
    sql = (
        "SELECT helper_id, COUNT(*) AS n FROM work_orders"
        " WHERE status IN ('given', 'accepted', 'arrived') GROUP BY helper_id"
    )
    return {row["helper_id"]: row["n"] for row in ledger.store.read(sql, what="count orders")}


def _last_done(ledger: Ledger, request: Request) -> dict[int, datetime]:
    """Helper → when they last did this service for this elder."""
    if request.resident is None:
        return {}
    sql = (
        "SELECT helper_id, MAX(work_orders.done) AS done FROM work_orders"
        " JOIN requests ON requests.id = work_orders.request_id"
        " WHERE requests.resident_id = ? AND work_orders.intent = ?"
        " AND work_orders.status = 'done' GROUP BY helper_id"
    )
    rows = ledger.store.read(sql, (request.resident, request.intent), what="read orders")
    return {row["helper_id"]: from_text(row["done"]) for row in rows}


def _declined(ledger: Ledger, request: Request) -> set[int]:
    sql = "SELECT helper_id FROM work_orders WHERE request_id = ? AND status = 'declined'"
    rows = ledger.store.read(sql, (request.id,), what="read orders")
    return {row["helper_id"] for row in rows}


def against(candidates: Iterable[Candidate]) -> dict[Against, int]:
    """How often each thing speaks against somebody."""
    found: dict[Against, int] = {}
    for each in candidates:
        for why in each.against:
            found[why] = found.get(why, 0) + 1
    return found
