"""Dispatch on a request's page: whom to ask, why, and everybody else; and the board of orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from starlette.responses import HTMLResponse, Response

from station import work_orders
from station.dispatch import Advice, Candidate, advise
from station.dispatch_words import price, service, words
from station.requests import Request
from station.suggestion import line, price_told, why_not
from station.work_model import OPEN, Order, read
from station.work_time import yuan

from .clocks import when
from .render import page, part, shared
from .site import Visit, whole

_RECENT = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who may be asked."""

    id: int
    """Their row."""
    name: str
    """How they are called."""
    kind: str
    """What sort, in words."""
    price: str
    """What it costs."""
    load: int
    """Orders at hand."""
    against: str
    """What speaks against them; empty: nothing."""


@dataclass(frozen=True, slots=True)
class Card:
    """Dispatch of one request."""

    line: str
    """The suggestion, in one line."""
    best: Choice | None
    """Whom to ask; None when something speaks against everybody."""
    others: tuple[Choice, ...]
    """Everybody else who does it."""
    order: Order | None
    """The order that is out."""
    earlier: tuple[Order, ...]
    """Orders it had before, newest first."""


def dpage(visit: Visit, name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A page of dispatch: with its own words, and what was just done."""
    said = values.pop("said", "") or words()["did"].get(visit.asked("did"), "")
    return page(visit, name, status, said=said, **_everywhere(visit), **values)


def _everywhere(visit: Visit) -> dict[str, Any]:
    """What stands in every page of dispatch."""
    role = visit.session.member.role if visit.session else ""
    return {
        "d": words(), "service": service, "price": price, "yuan": yuan,
        "when": lambda moment: when(moment, visit.now),
        "may": role in {"staff", "supervisor"}, "boss": role == "supervisor",
    }  # fmt: skip


def card(visit: Visit, request: Request) -> Card | None:
    """What the request's page offers; None where nothing is given to helpers."""
    orders = work_orders.of_request(visit.site.ledger.store, request.id)
    out = next((each for each in orders if each.is_open), None)
    earlier = tuple(each for each in reversed(orders) if not each.is_open)
    if not request.is_open:
        return Card("", None, (), None, earlier) if orders else None
    advice = advise(visit.site.ledger, request, visit.site.work.want(request.intent).kinds)
    choices = [_choice(each, advice, request.intent) for each in advice.candidates]
    best = choices[0] if advice.best else None
    others = tuple(choices[1:] if best else choices)
    if out is not None:
        others = tuple(each for each in choices if each.id != out.helper)
        best = None
    return Card(line(advice), best, others, out, earlier)


def _choice(each: Candidate, advice: Advice, intent: str) -> Choice:
    return Choice(
        each.helper.id or 0, each.helper.name, words()["kinds"][each.helper.kind],
        price_told(each, intent), each.load, why_not(each, advice.asked),
    )  # fmt: skip


def give(visit: Visit, number: str, version: int | None) -> str:
    """Give a request to whom the form names; a deed of `deeds`."""
    helper = whole(visit.filled("helper")) or 0
    work_orders.give(
        visit.site.ledger, number, helper, by=visit.member.login, terms=visit.site.work.terms,
        version=version,
    )  # fmt: skip
    return "assigned"


def board(visit: Visit) -> Response:
    """All orders that are out, those that came back, and the last that were done.

    An open page asks for the rows alone; these are the same for all.
    """
    if not visit.partial:
        return dpage(visit, "work.html", tab="work", **_orders(visit))
    rows = "work_rows.html"
    return shared(
        visit, "orders", lambda: part(visit, rows, **_everywhere(visit), **_orders(visit))
    )


def _orders(visit: Visit) -> dict[str, Any]:
    store = visit.site.ledger.store
    marks = ", ".join("?" * len(OPEN))
    out = read(store, f"work_orders.status IN ({marks}) ORDER BY work_orders.id", OPEN)
    done = read(
        store, "work_orders.status = 'done' ORDER BY done DESC, work_orders.id DESC LIMIT ?",
        (_RECENT,),
    )  # fmt: skip
    answer_min = visit.site.work.limits["answer_min"]
    return {
        "waiting": [each for each in out if each.status == "given"],
        "going": [each for each in out if each.status != "given"],
        "declined": _declined(visit), "recent": done,
        "late": visit.now - timedelta(minutes=answer_min), "answer_min": answer_min,
    }  # fmt: skip


def _declined(visit: Visit) -> list[Order]:
    """Orders that came back, whose requests nobody has got since."""
    return read(
        visit.site.ledger.store,
        "work_orders.status = 'declined' AND request_id IN"
        " (SELECT id FROM requests WHERE status IN ('new', 'accepted'))"
        " AND work_orders.id = (SELECT MAX(id) FROM work_orders AS other"
        " WHERE other.request_id = work_orders.request_id) ORDER BY work_orders.id",
    )
