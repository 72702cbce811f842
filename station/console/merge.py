"""Merging on the console: what may be one matter asked for twice, side by side, made one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from station import alike, merging
from station.errors import LedgerError
from station.ledger import Ledger
from station.requests import Change, Request
from station.words import told_value, words

from .board import agreed, names_of
from .clocks import when
from .mask import masked
from .render import page
from .site import Visit
from .story import Line, lines
from .words import intent, told, trouble

_OTHER: Final = "other"
"""What a form says where the value of the request that ends is taken."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One detail in both requests."""

    name: str
    """The slot."""
    label: str
    """As staff call it."""
    kept: str
    """Its value in the request that goes on; empty: none."""
    ended: str
    """… and in the one that ends."""
    differs: bool
    """Both have one, and not the same: staff choose."""


def compare(visit: Visit) -> Response:
    """Both requests beside each other."""
    return _shown(visit, *_both(visit))


def merge(visit: Visit) -> Response:
    """Make them one; where one of them has changed meanwhile, they are shown anew."""
    one, other = _both(visit)
    kept, _ = merging.leading(one, other)
    take = {name.removeprefix("take.") for name, value in visit.form.items() if value == _OTHER}
    versions = {each.number: visit.number(f"version.{each.number}") for each in (one, other)}
    try:
        merging.merge(
            visit.site.ledger, one.number, other.number,
            by=visit.member.login, take=take, versions=versions,
        )  # fmt: skip
    except LedgerError as error:
        if error.code not in {"conflict", "illegal_status"}:
            raise
        fresh = (visit.site.ledger.request(each.number) for each in (one, other))
        return _shown(visit, *fresh, status=409, said=trouble(error))
    return RedirectResponse(f"/requests/{kept.number}?did=merged", 303)


def _both(visit: Visit) -> tuple[Request, Request]:
    number, other = (visit.web.path_params[name] for name in ("number", "other"))
    ledger = visit.site.ledger
    return ledger.request(number), ledger.request(other)


def _shown(
    visit: Visit, one: Request, other: Request, *, status: int = 200, said: str = ""
) -> Response:
    kept, ended = merging.leading(one, other)
    problem = said
    try:
        merging.check(one, other)
    except LedgerError as error:
        problem = problem or trouble(error)
        possible = False
    else:
        possible = True
    return page(
        visit,
        "merge.html",
        status,
        said=problem,
        wrong=bool(problem),
        kept=kept,
        ended=ended,
        possible=possible and visit.member.role != "auditor",
        pairs=pairs(kept, ended),
        when=lambda moment: when(moment, visit.now),
        intent=intent,
        names=names_of(visit),
    )


def pairs(kept: Request, ended: Request) -> list[Pair]:
    """Every detail of either, those that differ first."""
    order = dict.fromkeys([*told()["services"].get(kept.intent, ()), *kept.slots, *ended.slots])
    found = [
        Pair(
            name,
            words()["slots"].get(name, name),
            _told(kept.slots.get(name)),
            _told(ended.slots.get(name)),
            name in kept.slots and name in ended.slots and kept.slots[name] != ended.slots[name],
        )
        for name in order
        if name in kept.slots or name in ended.slots
    ]
    return sorted(found, key=lambda pair: not pair.differs)


def _told(value: object) -> str:
    return "" if value is None else masked(told_value(value))


def card(visit: Visit, request: Request) -> Mapping[str, Any]:
    """What a request's page says of merging: where it went, what came to it, what is like it."""
    store = visit.site.ledger.store
    standing = merging.standing(store, request) if request.merged else None
    doubles = alike.doubles_of(store, request) if request.is_open else ()
    return {
        "into": standing.number if standing and standing.uid != request.uid else "",
        "came": [(each.number, agreed(each)) for each in merging.family(store, request)],
        "doubles": [
            (each.number, when(each.created, visit.now), words()["channels"][each.channel],
             agreed(each), f"/requests/{quote(request.number)}/merge/{quote(each.number)}")
            for each in doubles
        ],
    }  # fmt: skip


def story(visit: Visit, request: Request) -> list[Line]:
    """Everything that happened to a request and to those that were merged into it, newest first."""
    ledger, names = visit.site.ledger, names_of(visit)
    told_of = [
        (each, ledger.history(each.number))
        for each in (request, *merging.family(ledger.store, request))
    ]
    numbers = _numbers(ledger, (change for _, changes in told_of for change in changes))
    found = [
        line
        for each, changes in told_of
        for line in lines(changes, names, numbers, "" if each is request else each.number)
    ]
    return sorted(found, key=lambda line: line.at, reverse=True)


def _numbers(ledger: Ledger, changes: Iterable[Change]) -> Mapping[str, str]:
    """The numbers of all requests that these changes name."""
    uids = {
        uid
        for change in changes
        for part in (change.old, change.new)
        for name in ("merged", "absorbed")
        for uid in part.get(name, "").split()
    }
    found = (merging.by_uid(ledger.store, uid) for uid in uids)
    return {each.uid: each.number for each in found if each is not None}
