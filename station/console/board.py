"""The board: what waits, what is late, and everything that ever was, to be looked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast, get_args
from urllib.parse import urlencode

from starlette.responses import Response

from station import alike, helpers
from station.listing import Filter
from station.requests import OPEN, Channel, Priority, Request, Status
from station.words import told_slots, words

from .clocks import Clock, clock, due, when
from .mask import masked
from .render import page, part, pulse, shared
from .site import Visit, whole
from .words import intent, told

PAGE: Final = 50
"""Requests a page."""
_ISO: Final = re.compile(r"(?<!\d)\d{4}-(\d\d)-(\d\d)(?!\d)")
_NAMES: Final = ("status", "intent", "channel", "priority", "search", "day")


@dataclass(frozen=True, slots=True)
class Row:
    """One request on the board."""

    number: str
    """Its number."""
    when: str
    """When it was asked for."""
    what: str
    """The service."""
    who: str
    """The resident, or the hidden number that called."""
    slots: str
    """What was agreed on, hidden numbers in it."""
    status: Status
    """Where it stands."""
    priority: Priority
    """How soon."""
    channel: Channel
    """Where from."""
    assigned: str
    """Who sees to it."""
    unfinished: bool
    """The caller was gone before the read-back."""
    clock: Clock | None
    """Until when somebody has to answer."""
    merged: bool = False
    """Another request goes on in its place."""
    doubled: bool = False
    """Another open request may be the same one."""


def board(visit: Visit) -> Response:
    """The board, or only its rows when the open page asks for them; these are the same for all."""
    if not visit.partial:
        return _board(visit)
    return shared(visit, "/?" + visit.web.url.query, lambda: _board(visit))


def _board(visit: Visit) -> Response:
    asked = {name: visit.asked(name) for name in _NAMES}
    wanted = wanted_of(asked, visit.asked("after"))
    found = list(visit.site.ledger.requests(wanted))
    doubled = alike.doubles(visit.site.ledger.store) if any(x.is_open for x in found) else {}
    rows = [row_of(each, visit, doubled=each.id in doubled) for each in found[:PAGE]]
    more = found[PAGE - 1].id if len(found) > PAGE else None
    # Where only the open ones stand, what is urgent and what is late comes first.
    if wanted.status == OPEN and not wanted.search and wanted.after is None:
        rows.sort(key=lambda row: _RANK[row.priority])
    older = more and "/?" + urlencode({**asked, "after": more})
    if visit.partial:
        return part(visit, "rows.html", rows=rows, older=older)
    return page(
        visit,
        "board.html",
        rows=rows,
        asked=asked,
        older=older,
        again="/?" + urlencode(asked | {"after": visit.asked("after")}),
        services=services(),
    )


_RANK: Final = {"emergency": 0, "urgent": 1, "ordinary": 2}


def services() -> list[tuple[str, str]]:
    """All services that are filed, with their names."""
    return [(name, intent(name)) for name in told()["services"]]


def wanted_of(asked: Mapping[str, str], after: str) -> Filter:
    """What the address asks for; what makes no sense there is left out."""
    status = asked["status"] or "open"
    chosen: tuple[Status, ...] = OPEN if status == "open" else ()
    if status in get_args(Status):
        chosen = (cast("Status", status),)
    if asked["search"] and not asked["status"]:
        chosen = ()  # who looks for somebody looks everywhere
    return Filter(
        status=chosen,
        intent=asked["intent"] or None,
        channel=_one_of(Channel, asked["channel"]),
        priority=_one_of(Priority, asked["priority"]),
        day=_day(asked["day"]),
        search=asked["search"][:100],
        after=whole(after),
        newest_first=True,
        limit=PAGE + 1,
    )


def _one_of(kind: Any, value: str) -> Any:
    return value if value in get_args(kind) else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def row_of(request: Request, visit: Visit, *, doubled: bool = False) -> Row:
    """A request as a row; `doubled`: another one may be the same."""
    names = names_of(visit)
    return Row(
        request.number,
        when(request.created, visit.now),
        intent(request.intent),
        request.resident_name or masked(request.phone) or words()["stranger"],
        agreed(request),
        request.status,
        request.priority,
        request.channel,
        names.get(request.assigned, request.assigned),
        request.unfinished,
        clock(due(request, visit.site.limits), visit.now),
        bool(request.merged),
        doubled,
    )


def agreed(request: Request) -> str:
    """What was agreed on, in the order of the service, days as people write them."""
    order = dict.fromkeys([*told()["services"].get(request.intent, ()), *request.slots])
    slots = {name: request.slots[name] for name in order if name in request.slots}
    text = masked(told_slots(slots))
    return _ISO.sub(lambda day: _day_told(int(day[1]), int(day[2])), text)


def _day_told(month: int, day: int) -> str:
    return str(told()["board"]["day_of"]).format(m=month, d=day)


def names_of(visit: Visit) -> Mapping[str, str]:
    """Logins and the names they stand for; read once a visit."""
    state = visit.web.state
    if not hasattr(state, "names"):
        state.names = {each.login: each.name for each in visit.site.accounts.members()}
        for each in helpers.helpers(visit.site.ledger.store):
            state.names[f"helper:{each.id}"] = each.name
    names: Mapping[str, str] = state.names
    return names


def pulse_part(visit: Visit) -> Response:
    """How many are new, for the head of an open page; the same for all."""
    return shared(visit, "pulse", lambda: part(visit, "pulse.html", **pulse(visit)))
