"""Deeds: what staff do with a request; each is a form, and a line in its history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import structlog
from starlette.responses import RedirectResponse, Response

from station import handling, lessons, merging
from station.errors import ConflictError, LedgerError, StatusError, UnknownRequest
from station.requests import Request
from station.words import words

from . import dispatch, slots
from .card import shown
from .site import Visit
from .words import told, trouble

log = structlog.get_logger(__name__)

Deed: TypeAlias = Callable[[Visit, str, int | None], str]
"""Does it to a request of this number and version; gives the word in `did`."""


class Missing(ValueError):
    """Something has to be filled in; says what."""


def deed(visit: Visit) -> Response:
    """Do what the form says; then the request's page as it is afterwards."""
    number, name = visit.web.path_params["number"], visit.web.path_params["deed"]
    ledger = visit.site.ledger
    ledger.request(number)
    if name not in DEEDS:
        raise UnknownRequest(f"nothing called {name!r} can be done with a request")
    try:
        did = DEEDS[name](visit, number, visit.number("version"))
    except (Missing, slots.WrongValue) as wrong:
        return shown(visit, ledger.request(number), status=400, said=str(wrong), wrong=True)
    except ConflictError:
        said = told()["request"]["version"]
        return shown(visit, ledger.request(number), status=409, said=said, wrong=True)
    except handling.UndoError as error:
        return shown(visit, ledger.request(number), status=409, said=trouble(error), wrong=True)
    return RedirectResponse(f"/requests/{number}?did={did}", 303)


def _accept(visit: Visit, number: str, version: int | None) -> str:
    handling.accept(visit.site.ledger, number, by=visit.member.login, version=version)
    return "accepted"


def _assign(visit: Visit, number: str, version: int | None) -> str:
    to = _needed(visit, "to", told()["deed"]["assign_to"])
    handling.assign(visit.site.ledger, number, to, by=visit.member.login, version=version)
    return "assigned"


def _note(visit: Visit, number: str, version: int | None) -> str:
    text = _needed(visit, "note", told()["deed"]["note_text"])
    visit.site.ledger.remark(number, text, by=visit.member.login, version=version)
    return "noted"


def _done(visit: Visit, number: str, version: int | None) -> str:
    ledger, by = visit.site.ledger, visit.member.login
    if ledger.request(number).status == "new":  # a walk-in is served at once
        version = handling.accept(ledger, number, by=by, version=version).version
    ledger.advance(number, "done", by=by, note=visit.filled("note"), version=version)
    return "done"


def _cancel(visit: Visit, number: str, version: int | None) -> str:
    ledger, by = visit.site.ledger, visit.member.login
    ledger.cancel(number, by=by, note=_reason(visit), version=version)
    return "cancelled"


def _failed(visit: Visit, number: str, version: int | None) -> str:
    ledger, by = visit.site.ledger, visit.member.login
    ledger.advance(number, "failed", by=by, note=_reason(visit), version=version)
    return "failed"


def _reopen(visit: Visit, number: str, version: int | None) -> str:
    ledger, by = visit.site.ledger, visit.member.login
    if ledger.request(number).is_open:
        raise StatusError(f"request {number}: it is open: there is nothing to reopen")
    if ledger.request(number).merged:
        merging.separate(ledger, number, by=by, note=_reason(visit), version=version)
        return "separated"
    ledger.advance(number, "accepted", by=by, note=_reason(visit), version=version)
    return "reopened"


def _undo(visit: Visit, number: str, version: int | None) -> str:
    handling.undo(
        visit.site.ledger, number, by=visit.member.login, within=visit.site.undo, version=version
    )
    _teach(visit, number)
    return "undone"


def _change(visit: Visit, number: str, version: int | None) -> str:
    """Correct slots, service or urgency; nothing different changes nothing."""
    ledger = visit.site.ledger
    before = ledger.request(number)
    changed = slots.filled(
        before.intent, before.slots, visit.form, hidden=not visit.filled("revealed")
    )
    fields = _chosen(visit, before)
    after = ledger.change(
        number,
        by=visit.member.login,
        slots=changed,
        why=visit.filled("why"),
        version=version,
        **fields,
    )
    if after.version == before.version:
        return "same"
    _teach(visit, number)
    return "changed"


def _teach(visit: Visit, number: str) -> None:
    """What was put right may teach; a lesson that cannot be kept undoes no correction."""
    try:
        lessons.note(visit.site.ledger, number)
    except LedgerError as error:
        log.warning("lesson_not_kept", code=error.code)


def _chosen(visit: Visit, before: Request) -> Mapping[str, str]:
    offered = {
        "intent": {*told()["services"], before.intent},
        "priority": words()["priorities"],
    }
    return {
        name: value for name, known in offered.items() if (value := visit.filled(name)) in known
    }


def _needed(visit: Visit, name: str, label: str) -> str:
    text = visit.filled(name)
    if not text:
        raise Missing(told()["troubles"]["need"].format(name=label))
    return text


def _reason(visit: Visit) -> str:
    if not visit.filled("note"):
        raise Missing(told()["troubles"]["reason"])
    return visit.filled("note")


DEEDS: Final[Mapping[str, Deed]] = {
    "accept": _accept,
    "assign": _assign,
    "dispatch": dispatch.give,
    "note": _note,
    "done": _done,
    "cancel": _cancel,
    "failed": _failed,
    "reopen": _reopen,
    "undo": _undo,
    "change": _change,
}
"""By the last part of the address."""
