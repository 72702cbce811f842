"""Residents: look for somebody, their page, what staff put right, a copy, and deletion."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response, StreamingResponse

from station import dossier, residents
from station.errors import ConflictError, UnknownResident
from station.forgetting import ForgetError
from station.register_row import WrongCell
from station.requests import Request
from station.residents import Resident
from station.words import told_call, words

from . import resident_form
from .board import agreed
from .clocks import when
from .mask import masked
from .render import page
from .site import Visit, whole
from .words import intent, told

_MOST: Final = 50
"""People found, and requests or calls on a page."""
_PIECE: Final = 1 << 16


def every(visit: Visit) -> Response:
    """Look for somebody."""
    store, text = visit.site.ledger.store, visit.asked("search")[:60]
    found = residents.matching(store, text, _MOST) if text else ()
    count = store.first("SELECT COUNT(*) AS n FROM residents") or {"n": 0}
    return page(
        visit, "residents.html", r=told()["residents"], search=text, found=found,
        count=count["n"], may=visit.member.role != "auditor",
    )  # fmt: skip


def one(visit: Visit) -> Response:
    """The page of somebody, their numbers hidden."""
    return _shown(visit, _known(visit))


def reveal(visit: Visit) -> Response:
    """The same with numbers in full, to be put right; the audit knows who wanted to see them."""
    known = _known(visit)
    visit.note("phone.revealed", f"resident {known.id}")
    return _shown(visit, known, resident_form.written(known), revealed=True)


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
        return _shown(visit, _known(visit), None, 409, told()["residents"]["changed"])
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
    *,
    revealed: bool = False,
) -> Response:
    """Somebody's page, with the form where there is something `given` to stand in it.

    `revealed`: their numbers are in full, also outside the form; the audit must know it.
    """
    store, id_ = visit.site.ledger.store, known.id or 0
    return page(
        visit,
        "resident.html",
        status,
        said=wrong,
        wrong=bool(wrong),
        resident=known,
        seen=dossier.mark(known),
        revealed=revealed,
        mends=given is not None,
        hide=(lambda text: text) if revealed else masked,
        open=[_line(each, visit) for each in dossier.open_of(store, id_, _MOST)],
        past=[_line(each, visit) for each in dossier.past_of(store, id_, _MOST)],
        calls=dossier.calls_of(store, id_, _MOST),
        outcome=told_call,
        kinds=words()["calls"]["kinds"],
        when=lambda moment: when(moment, visit.now),
        may=visit.member.role != "auditor",
        boss=visit.member.role == "supervisor",
        forgets=visit.site.forget is not None,
        copies=visit.site.copy is not None,
        **_fields(given or {}),
    )


def _line(request: Request, visit: Visit) -> tuple[str, str, str, str, str]:
    return (
        request.number, intent(request.intent), agreed(request), request.status,
        when(request.created, visit.now),
    )  # fmt: skip


def copy(visit: Visit) -> Response:
    """Everything that is kept about somebody, for them to take along; the audit knows."""
    known = _known(visit)
    if visit.site.copy is None:
        raise UnknownResident("nobody's copy is made from here")
    with tempfile.TemporaryDirectory(prefix="linli-copy-") as folder:
        packed = visit.site.copy(known.id or 0, visit.member.login, Path(folder))
        size, file = packed.stat().st_size, packed.open("rb")
    # Its name is gone already: nothing of theirs stays behind, however the download ends.
    name = quote(f"{told()['residents']['copy_name']}-{known.id}.zip")
    kept = {
        "content-disposition": f"attachment; filename*=UTF-8''{name}",
        "content-length": str(size),
    }
    return StreamingResponse(_read(file), media_type="application/zip", headers=kept)


def _read(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


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
