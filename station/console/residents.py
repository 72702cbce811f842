"""Residents: look for somebody, their page, what staff put right, a copy, and deletion."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from station import audit, dossier, register, residents, sheets
from station.errors import ConflictError, UnknownResident
from station.forgetting import ForgetError
from station.register_row import WrongCell
from station.residents import Resident
from station.words import words

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
_ALL: Final = 100_000


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
    _noted(visit, "resident.exported", known)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "copy.xlsx"
        sheets.write_book(file, _sheets(visit, known))
        book = file.read_bytes()
    name = quote(f"{told()['residents']['copy_name']}-{known.id}.xlsx")
    kept = {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(book, media_type=XLSX, headers=kept)


def _sheets(visit: Visit, known: Resident) -> dict[str, Sequence[Sequence[str]]]:
    said, store = told()["residents"]["sheets"], visit.site.ledger.store
    id_ = known.id or 0
    return {
        said["card"]["name"]: list(_card(known)),
        said["requests"]["name"]: [said["requests"]["columns"], *_requests(visit, id_)],
        said["calls"]["name"]: [said["calls"]["columns"]] + [
            [f"{c.at:%Y-%m-%d %H:%M}", told()["residents"]["kinds"][c.kind], c.phone, call_told(c)]
            for c in dossier.calls_of(store, id_, _ALL)
        ],
        said["turns"]["name"]: [said["turns"]["columns"]] + [
            [f"{each.at:%Y-%m-%d %H:%M:%S}", words()["channels"].get(each.channel, each.channel),
             each.text, "".join(json.loads(each.said)), said["sound"] if each.audio else ""]
            for each in dossier.turns_of(store, id_)
        ],
    }  # fmt: skip


def _card(known: Resident) -> Iterator[list[str]]:
    """Two columns: what, and what stands there."""
    said = told()["residents"]
    head, line = register.table([known])
    yield from ([name, value] for name, value in zip(head, line, strict=True) if value)
    yield [said["consent"], said["consents"][known.profile.get("consent", "")]]
    if known.behalf:
        yield [said["behalf"], "、".join(sorted(known.behalf))]


def _requests(visit: Visit, id_: int) -> Iterator[list[str]]:
    store = visit.site.ledger.store
    for each in [*dossier.open_of(store, id_, _ALL), *dossier.past_of(store, id_, _ALL)]:
        yield [each.number, f"{each.created:%Y-%m-%d %H:%M}", intent(each.intent), agreed(each),
               words()["statuses"][each.status], each.phone, each.note]  # fmt: skip


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
