"""The time bank on the console: balances, one volunteer's statement, spending and correcting."""

from __future__ import annotations

from datetime import date
from typing import Any

from starlette.responses import RedirectResponse, Response

from station import helpers, residents, timebank
from station.dispatch_words import span_of, words
from station.helpers import Helper
from station.residents import Resident
from station.timebank import HoursError

from .board import names_of
from .dispatch import dpage
from .site import Visit, whole
from .words import trouble

_MOST = 20


def every(visit: Visit) -> Response:
    """All balances."""
    return dpage(
        visit, "hours.html", tab="hours", accounts=timebank.accounts(visit.site.ledger.store),
        span=span_of, rule=_rule(visit),
    )  # fmt: skip


def _rule(visit: Visit) -> str:
    said, rule = words()["hours"], visit.site.work.terms.rule
    return str(said["rule"]).format(n=rule.round_to, rounding=said["rounding"][rule.rounding])


def one(visit: Visit) -> Response:
    """A statement."""
    return _shown(visit)


def _known(visit: Visit) -> Helper:
    return helpers.helper(visit.site.ledger.store, whole(visit.web.path_params["id"]) or 0)


def _shown(
    visit: Visit, status: int = 200, wrong: str = "", found: tuple[Resident, ...] = ()
) -> Response:
    helper, names = _known(visit), dict(names_of(visit))
    entries = timebank.statement(visit.site.ledger.store, helper.id or 0)
    start, end = _day(visit.asked("from")), _day(visit.asked("until"))
    chosen = [
        each for each in entries
        if (start is None or each.at.date() >= start) and (end is None or each.at.date() <= end)
    ]  # fmt: skip
    before = [each for each in entries if start is not None and each.at.date() < start]
    balance = entries[-1].balance if entries else 0
    names |= {f"helper:{helper.id}": helper.name}
    values: dict[str, Any] = {
        "from_": start.isoformat() if start else "",
        "until": end.isoformat() if end else "",
        "before": before[-1].balance if before else 0,
        "after": chosen[-1].balance if chosen else (before[-1].balance if before else 0),
    }
    return dpage(
        visit, "hours_one.html", status, tab="hours", said=wrong, wrong=bool(wrong), helper=helper,
        entries=chosen, balance=balance, span=span_of, names=names, found=found,
        given=visit.form, **values,
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def spend(visit: Visit) -> Response:
    """Take hours off for a named elder; several of that name are shown to choose from."""
    helper, ledger = _known(visit), visit.site.ledger
    chosen, who = whole(visit.filled("resident")), visit.filled("who")
    if chosen is None:
        found = residents.matching(ledger.store, who, _MOST) if who else ()
        exact = tuple(each for each in found if who in {each.name, each.card})
        found = exact or found
        if len(found) != 1:
            said = words()["hours"]["choose" if found else "unknown"]
            return _shown(visit, 400, said, found)
        chosen = found[0].id or 0
    try:
        timebank.spend(
            ledger, helper.id or 0, visit.number("minutes") or 0, chosen,
            by=visit.member.login, note=visit.filled("note"),
        )  # fmt: skip
    except HoursError as error:
        return _shown(visit, 400, trouble(error))
    return RedirectResponse(f"/hours/{helper.id}?did=spent", 303)


def adjust(visit: Visit) -> Response:
    """Put a balance right, with a reason."""
    helper, told = _known(visit), visit.filled("minutes")
    minutes = whole(told.removeprefix("-")) or 0
    try:
        timebank.adjust(
            visit.site.ledger, helper.id or 0, -minutes if told.startswith("-") else minutes,
            by=visit.member.login, why=visit.filled("why"),
        )  # fmt: skip
    except HoursError as error:
        return _shown(visit, 400, trouble(error))
    return RedirectResponse(f"/hours/{helper.id}?did=adjusted", 303)
