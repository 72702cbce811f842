"""Calls that are owed: who rang and reached nobody, and who was gone before the read-back."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from station import callbacks
from station.callbacks import Callback
from station.listing import Filter
from station.requests import OPEN
from station.words import words

from . import desks
from .board import row_of
from .clocks import clock, when
from .mask import masked
from .render import page
from .site import Visit, whole


def calls(visit: Visit) -> Response:
    """The list."""
    return _list(visit)


def reveal(visit: Visit) -> Response:
    """The list with one number in full; the audit knows who wanted to see it."""
    entry = _entry(visit)
    visit.note("phone.revealed", f"callback {entry.id}")
    return _list(visit, revealed=entry.id)


def tried(visit: Visit) -> Response:
    """Called, and nobody answered."""
    store = visit.site.ledger.store
    callbacks.tried(store, _entry(visit).id, by=visit.member.login, note=visit.filled("note"))
    return RedirectResponse("/calls?did=tried", 303)


def settle(visit: Visit) -> Response:
    """Called, and spoken with them."""
    callbacks.settle(
        visit.site.ledger.store,
        _entry(visit).id,
        by=visit.member.login,
        at=visit.now,
        note=visit.filled("note"),
    )
    return RedirectResponse("/calls?did=settled", 303)


def _entry(visit: Visit) -> Callback:
    return callbacks.callback(visit.site.ledger.store, whole(visit.web.path_params["id"]) or 0)


def _list(visit: Visit, revealed: int = 0) -> Response:
    waiting = callbacks.waiting(visit.site.ledger.store)
    unfinished = visit.site.ledger.requests(Filter(status=OPEN, unfinished=True, limit=100))
    return page(
        visit,
        "calls.html",
        waiting=[(each, clock(each.due, visit.now)) for each in waiting],
        unfinished=[row_of(each, visit) for each in unfinished],
        revealed=revealed,
        when=lambda moment: when(moment, visit.now),
        hide=masked,
        messages=visit.site.messages is not None,
        why=words()["calls"]["why"],
        rings={each.id: desks.of_callback(visit, each) for each in waiting},
        may=visit.member.role != "auditor",
    )
