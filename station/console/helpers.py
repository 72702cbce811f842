"""Helpers on the console: the list, one of them, their prices, and a table read on trial."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

from starlette.responses import RedirectResponse, Response

from station import helper_sheet, helpers, sheets
from station.dispatch import load_of
from station.dispatch_words import words
from station.helper_words import WrongText, duties_text, hours_text, serviced
from station.helpers import Duty, Helper, HelperError
from station.sheets import Line, SheetError
from station.work_model import read
from station.work_time import Unit, fen_of

from .dispatch import dpage
from .site import Visit, whole
from .words import trouble

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST: Final = 400_000
"""Bytes of a table that is brought: thousands of helpers."""
_FIELDS: Final = ("name", "kind", "phone", "areas", "hours", "most", "note")
_SERVICE: Final = "does-"


def every(visit: Visit) -> Response:
    """The list."""
    return _list(visit)


def _list(visit: Visit, status: int = 200, **values: Any) -> Response:
    columns = "、".join(titles[0] for titles in words()["columns"].values())
    return dpage(
        visit, "helpers.html", status, tab="helpers",
        helpers=helpers.helpers(visit.site.ledger.store), loads=load_of(visit.site.ledger),
        hours_text=hours_text, duties_text=duties_text, columns=columns,
        **({"reading": None, "rows": "", "wrong": False} | values),
    )  # fmt: skip


def fresh(visit: Visit) -> Response:
    """An empty form."""
    return _form(visit, None)


def one(visit: Visit) -> Response:
    """The page of a helper."""
    return _form(visit, _known(visit))


def reveal(visit: Visit) -> Response:
    """The same with their number; the audit knows who wanted to see it."""
    known = _known(visit)
    visit.note("phone.revealed", f"helper {known.id}")
    return _form(visit, known, revealed=True)


def _known(visit: Visit) -> Helper:
    return helpers.helper(visit.site.ledger.store, whole(visit.web.path_params["id"]) or 0)


def _form(
    visit: Visit,
    known: Helper | None,
    status: int = 200,
    wrong: str = "",
    *,
    revealed: bool = False,
) -> Response:
    given = dict(visit.form) if wrong else _written(known)
    does = {name for name in serviced() if given.get(_SERVICE + name)} if wrong else {
        each.intent for each in (known.duties if known else ())}  # fmt: skip
    orders = read(
        visit.site.ledger.store, "helper_id = ? AND work_orders.status IN"
        " ('given', 'accepted', 'arrived') ORDER BY work_orders.id", (known.id,),
    ) if known else []  # fmt: skip
    return dpage(
        visit, "helper.html", status, tab="helpers", said=wrong, wrong=bool(wrong), helper=known,
        given=given, does=does, services=serviced(), orders=orders, revealed=revealed,
    )  # fmt: skip


def _written(known: Helper | None) -> dict[str, str]:
    if known is None:
        return {"kind": "volunteer"}
    return {
        "name": known.name,
        "kind": known.kind,
        "phone": known.phone,
        "areas": "、".join(known.areas),
        "hours": hours_text(known.hours),
        "most": str(known.most or ""),
        "note": known.note,
    }


def add(visit: Visit) -> Response:
    """A new helper."""
    return _kept(visit, None)


def change(visit: Visit) -> Response:
    """Change one."""
    return _kept(visit, _known(visit))


def _kept(visit: Visit, known: Helper | None) -> Response:
    told = {name: visit.filled(name) for name in _FIELDS if name in visit.form}
    try:
        wanted = helper_sheet.filled(told, known)
        wanted = replace(wanted, duties=_duties(visit, known))
        kept = helpers.keep(visit.site.ledger, wanted, by=visit.member.login, prices=False)
    except WrongText as wrong:
        return _form(visit, known, 400, str(wrong))
    except HelperError as error:
        return _form(visit, known, 400, trouble(error))
    return RedirectResponse(f"/helpers/{kept.id}?did=helper_kept", 303)


def _duties(visit: Visit, known: Helper | None) -> tuple[Duty, ...]:
    before = {each.intent: each for each in (known.duties if known else ())}
    chosen = [name for name in serviced() if visit.filled(_SERVICE + name)]
    return tuple(before.get(name, Duty(name)) for name in sorted(chosen))


def prices(visit: Visit) -> Response:
    """What each service costs; a supervisor's."""
    known = _known(visit)
    try:
        duties = tuple(_priced(visit, each) for each in known.duties)
    except ValueError:
        wrong = words()["problems"]["price"].format(value="")
        return _form(visit, known, 400, wrong)
    wanted = replace(known, duties=duties)
    helpers.keep(visit.site.ledger, wanted, by=visit.member.login, prices=True)
    return RedirectResponse(f"/helpers/{known.id}?did=prices", 303)


def _priced(visit: Visit, each: Duty) -> Duty:
    """Raises ValueError."""
    told, unit = visit.filled(f"price-{each.intent}"), visit.filled(f"unit-{each.intent}")
    if unit not in words()["units"]:
        raise ValueError(unit)
    return Duty(each.intent, cast("Unit", unit), fen_of(told) if told else None)


def close(visit: Visit) -> Response:
    """Ask them no more, or again."""
    known = _known(visit)
    helpers.close(visit.site.ledger, known.id or 0, by=visit.member.login, closed=known.active)
    did = "helper_closed" if known.active else "helper_opened"
    return RedirectResponse(f"/helpers/{known.id}?did={did}", 303)


def table(visit: Visit) -> Response:
    """The list as a workbook; the audit knows, for numbers are in it."""
    found = helpers.helpers(visit.site.ledger.store)
    visit.note("helpers.exported", detail={"count": len(found)})
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "helpers.xlsx"
        sheets.write(file, helper_sheet.table(found))
        data = file.read_bytes()
    name = {"content-disposition": 'attachment; filename="helpers.xlsx"'}
    return Response(data, media_type=XLSX, headers=name)


def bring(visit: Visit) -> Response:
    """Read a table on trial, or keep the good rows of the one that was read."""
    keep = bool(visit.filled("rows"))
    try:
        lines = _lines(visit.form) if keep else _uploaded(visit)
        allowed = visit.member.role == "supervisor"
        reading = helper_sheet.judge(lines, visit.site.ledger, prices=allowed)
    except SheetError as error:
        return _list(visit, 400, said=_plainly(error), wrong=True)
    if keep:
        helper_sheet.apply(reading, visit.site.ledger, by=visit.member.login, prices=allowed)
        said = words()["helpers"]["kept"].format(**reading.counts)
        return _list(visit, said=said, reading=reading)
    return _list(visit, reading=reading, rows=json.dumps(lines, ensure_ascii=False))


def _uploaded(visit: Visit) -> list[Line]:
    """The rows of the file that came. Raises SheetError."""
    data: bytes = visit.web.state.file
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "table"
        file.write_bytes(data)
        return sheets.read(file)


def _lines(form: Mapping[str, str]) -> list[Line]:
    """The rows as the trial gave them back; they are judged anew."""
    try:
        return [
            (int(row), [str(cell) for cell in cells]) for row, cells in json.loads(form["rows"])
        ]
    except (ValueError, TypeError) as error:
        raise SheetError(words()["problems"]["empty"]) from error


def _plainly(error: SheetError) -> str:
    """In Chinese where we have it: what the reader of files says is for the command line."""
    told = str(error)
    return told if not told.isascii() and ": " not in told else str(words()["problems"]["unread"])
