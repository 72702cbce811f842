"""Settlement on the console: a month as it stands, closed by a supervisor, as Excel and PDF."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import RedirectResponse, Response

from station import settlement
from station.dispatch_words import words
from station.settlement import Closed, Month, MonthError
from station.settlement_book import book
from station.settlement_pdf import pdf
from station.settlement_table import Sheet, sheet_of, shown

from .board import names_of
from .dispatch import dpage
from .helpers import XLSX
from .site import Visit, whole
from .words import trouble


def month(visit: Visit) -> Response:
    """A month; by default the one that is over last."""
    asked = visit.asked("month") or _last(visit)
    return _shown(visit, asked)


def _last(visit: Visit) -> str:
    return f"{visit.now.replace(day=1) - timedelta(days=1):%Y-%m}"


def _shown(visit: Visit, asked: str, status: int = 200, wrong: str = "") -> Response:
    store = visit.site.ledger.store
    now = settlement.settle(store, asked)
    closed = settlement.closed(store, asked)
    chosen = _chosen(visit, closed)
    _, end = settlement.month_of(asked)
    return dpage(
        visit, "settle.html", status, tab="settle", said=wrong, wrong=bool(wrong), month=asked,
        sheet=_sheet(visit, chosen.month if chosen else now, chosen), closed=closed, chosen=chosen,
        doubts=settlement.doubts(store, asked), shown=shown, early=visit.now < end,
        differs=bool(closed) and closed[0].month.figures != now.figures,
    )  # fmt: skip


def _chosen(visit: Visit, closed: list[Closed]) -> Closed | None:
    """The revision that is asked for, else the newest; None where the live numbers are wanted."""
    if visit.asked("live") or not closed:
        return None
    wanted = whole(visit.asked("revision"))
    return next((each for each in closed if each.revision == wanted), closed[0])


def _sheet(visit: Visit, shown: Month, closed: Closed | None) -> Sheet:
    by = names_of(visit).get(closed.by, closed.by) if closed else ""
    return sheet_of(shown, visit.site.name, now=visit.now, closed=closed, by=by)


def close(visit: Visit) -> Response:
    """Settle it."""
    asked = visit.web.path_params["month"]
    try:
        settlement.close(visit.site.ledger, asked, by=visit.member.login, why=visit.filled("why"))
    except MonthError as error:
        if error.code == "month_wrong":
            raise
        return _shown(visit, asked, 409, trouble(error))
    return RedirectResponse(f"/settle?month={asked}&did=settled", 303)


def excel(visit: Visit) -> Response:
    """The month as a workbook."""
    return _file(visit, "xlsx", XLSX)


def paper(visit: Visit) -> Response:
    """The month as a PDF."""
    return _file(visit, "pdf", "application/pdf")


def _file(visit: Visit, kind: str, media: str) -> Response:
    asked, store = visit.web.path_params["month"], visit.site.ledger.store
    chosen = _chosen(visit, settlement.closed(store, asked))
    sheet = _sheet(visit, chosen.month if chosen else settlement.settle(store, asked), chosen)
    data = book(sheet) if kind == "xlsx" else pdf(sheet, visit.site.work.fonts)
    detail = {"as": kind, "revision": chosen.revision if chosen else 0}
    visit.note("month.exported", f"month {asked}", detail)
    name = words()["settle"]["file"].format(month=asked, kind=kind)
    return Response(
        data, media_type=media, headers={"content-disposition": f'attachment; filename="{name}"'}
    )
