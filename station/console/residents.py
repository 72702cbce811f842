"""Residents: look for somebody, their page, what staff put right, a copy, and deletion."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from station import audit, dossier, personal, register, residents, sheets
from station.clock import from_text
from station.errors import ConflictError, UnknownResident
from station.forgetting import ForgetError
from station.register_row import WrongCell
from station.requests import Request
from station.residents import Resident
from station.store import Store
from station.words import told_slots, words

from . import resident_form
from .board import agreed
from .clocks import when
from .helpers import XLSX
from .mask import masked
from .render import page
from .site import Visit, whole
from .words import intent, told

_MOST: Final = 50
"""People found, and requests or calls on a page."""


def every(visit: Visit) -> Response:
    """Look for somebody."""
    return _list(visit)


def _list(visit: Visit, said: str = "") -> Response:
    store, text = visit.site.ledger.store, visit.asked("search")[:60]
    found = residents.matching(store, text, _MOST) if text else ()
    count = store.first("SELECT COUNT(*) AS n FROM residents") or {"n": 0}
    return page(
        visit, "residents.html", said=said, r=told()["residents"], search=text, found=found,
        count=count["n"], may=visit.member.role != "auditor",
    )  # fmt: skip


def one(visit: Visit) -> Response:
    """The page of somebody, their numbers hidden."""
    return _shown(visit, _known(visit))


def reveal(visit: Visit) -> Response:
    """The same with numbers in full, to be put right; the audit knows who wanted to see them."""
    known = _known(visit)
    _noted(visit, "phone.revealed", known)
    return _shown(visit, known, resident_form.written(known))


def fresh(visit: Visit) -> Response:
    """The form for somebody new."""
    return _form(visit, None, {"name": visit.asked("search")[:40]})


def add(visit: Visit) -> Response:
    """Somebody new."""
    return _kept(visit, None)


def change(visit: Visit) -> Response:
    """Put somebody right."""
    return _kept(visit, _known(visit))


def _kept(visit: Visit, known: Resident | None) -> Response:
    form = dict(visit.form)
    try:
        wanted = resident_form.read(form, known)
        kept = dossier.keep(
            visit.site.ledger, wanted, by=visit.member.login, seen=visit.filled("seen")
        )
    except WrongCell as wrong:
        return _form(visit, known, form, 400, f"{wrong.value} {wrong.problem}".strip())
    except ConflictError:
        wrong_told = told()["residents"]["changed"]
        return _shown(visit, _known(visit), None, 409, wrong_told)
    return RedirectResponse(f"/residents/{kept.id}?did=resident_kept", 303)


def _form(
    visit: Visit,
    known: Resident | None,
    given: Mapping[str, str],
    status: int = 200,
    wrong: str = "",
) -> Response:
    if known is not None:
        return _shown(visit, known, given, status, wrong)
    return page(visit, "resident_new.html", status, said=wrong, wrong=bool(wrong), **_fields(given))


def _fields(given: Mapping[str, str]) -> dict[str, Any]:
    """What the form needs."""
    return {
        "r": told()["residents"],
        "given": given,
        "contacts": resident_form.lines(given),
        "dialects": dict.fromkeys([*told()["dialects"], *filter(None, [given.get("dialect")])]),
    }


def _shown(
    visit: Visit,
    known: Resident,
    given: Mapping[str, str] | None = None,
    status: int = 200,
    wrong: str = "",
) -> Response:
    """Somebody's page; with what stands in the form where it is open, and then in full."""
    store, id_ = visit.site.ledger.store, known.id or 0
    revealed = given is not None
    return page(
        visit,
        "resident.html",
        status,
        said=wrong,
        wrong=bool(wrong),
        resident=known,
        seen=dossier.mark(known),
        revealed=revealed,
        hide=(lambda text: text) if revealed else masked,
        open=[_line(each, visit) for each in dossier.open_of(store, id_, _MOST)],
        past=[_line(each, visit) for each in dossier.past_of(store, id_, _MOST)],
        calls=dossier.calls_of(store, id_, _MOST),
        outcome=call_told,
        when=lambda moment: when(moment, visit.now),
        may=visit.member.role != "auditor",
        boss=visit.member.role == "supervisor",
        forgets=visit.site.forget is not None,
        **_fields(given or {}),
    )


def _line(request: Any, visit: Visit) -> tuple[str, str, str, str, str]:
    return (
        request.number, intent(request.intent), agreed(request), request.status,
        when(request.created, visit.now),
    )  # fmt: skip


def call_told(call: dossier.Call) -> str:
    """What became of a call, in words."""
    said = told()["residents"]
    if call.kind == "missed":
        state = said["settled" if call.closed else "waits"]
        return f"{told()['calls']['why'][call.outcome]}，{state}"
    return str(said["outcomes"].get(call.outcome, call.outcome or said["waits"]))


def copy(visit: Visit) -> Response:
    """Everything that is kept about somebody, as a workbook for them; the audit knows."""
    known = _known(visit)
    _noted(visit, "resident.copied", known)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "copy.xlsx"
        sheets.write_book(file, _sheets(visit, known))
        book = file.read_bytes()
    name = quote(f"{told()['residents']['copy_name']}-{known.id}.xlsx")
    kept = {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(book, media_type=XLSX, headers=kept)


def _sheets(visit: Visit, known: Resident) -> dict[str, Sequence[Sequence[str]]]:
    said = told()["residents"]["sheets"]
    # With a connection of its own: nobody at the board waits while everything is looked through.
    with closing(Store.open(visit.site.ledger.store.path)) as own:
        found = personal.collect(own, known)
        requests = dossier.requests_of(own, (each["id"] for each in found.requests))
    calls = sorted(map(dossier.call_of, found.calls), key=lambda each: each.at)
    return {
        said["card"]["name"]: list(_card(known)),
        said["requests"]["name"]: [
            said["requests"]["columns"],
            *map(_request, requests),
        ],
        said["calls"]["name"]: [
            said["calls"]["columns"],
            *([_minute(each.at), told()["residents"]["kinds"][each.kind], each.phone,
               call_told(each)] for each in calls),
        ],
        said["turns"]["name"]: [
            said["turns"]["columns"],
            *(_turn(talk, each) for talk in found.conversations for each in talk["utterances"]),
        ],
    }  # fmt: skip


def _request(each: Request) -> list[str]:
    status = words()["statuses"][each.status]
    return [each.number, _minute(each.created), intent(each.intent), told_slots(each), status,
            each.phone, each.note]  # fmt: skip


def _turn(talk: Mapping[str, Any], each: Mapping[str, Any]) -> list[str]:
    channel = words()["channels"].get(talk["channel"], talk["channel"])
    sound = told()["residents"]["sheets"]["sound"] if each["audio"] else ""
    said = "".join(each["said"])
    return [_minute(from_text(each["at"])), channel, each["text"], said, sound]


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _card(known: Resident) -> Iterator[list[str]]:
    """Two columns: what, and what stands there."""
    said = told()["residents"]
    head, line = register.table([known])
    yield from ([name, value] for name, value in zip(head, line, strict=True) if value)
    yield [said["consent"], said["consents"][known.profile.get("consent", "")]]
    if known.behalf:
        yield [said["behalf"], "、".join(sorted(known.behalf))]


def forget(visit: Visit) -> Response:
    """Delete everything personal of somebody, once their name was written down as a sign."""
    known, said = _known(visit), told()["residents"]
    if visit.site.forget is None:
        raise UnknownResident("nobody can be forgotten from here")
    if visit.filled("name") != known.name:
        return _shown(visit, known, None, 400, said["wrong_name"])
    try:
        visit.site.forget(known.id or 0, visit.member.login)
    except ForgetError as error:
        if error.code != "still_open":
            raise
        numbers = [each.number for each in visit.site.ledger.open_requests(known.id)]
        return _shown(visit, known, None, 409, said["still_open"].format(n="、".join(numbers)))
    return RedirectResponse("/residents?did=resident_forgotten", 303)


def _known(visit: Visit) -> Resident:
    return visit.site.ledger.resident(whole(visit.web.path_params["id"]) or 0)


def _noted(visit: Visit, what: str, known: Resident) -> None:
    store, by = visit.site.ledger.store, visit.member.login
    audit.record(store, at=visit.now, by=by, what=what, target=f"resident {known.id}")
