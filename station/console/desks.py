"""Ringing somebody from one's desk: the wish goes to the line, the page shows what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import time
from typing import TYPE_CHECKING, Final

from starlette.responses import RedirectResponse, Response

from station import callbacks, desk_calls
from station.desk_calls import DeskBusy, DeskCall, RungOften
from station.errors import StationError
from station.requests import Request
from station.residents import Resident

from .mask import masked
from .words import told

if TYPE_CHECKING:
    from .site import Visit


@dataclass(frozen=True, slots=True)
class Desks:
    """The telephones staff can ring from."""

    telephones: tuple[tuple[str, str], ...] = ()
    """Name of who sits there, and extension."""
    may_ring: Callable[[time], bool] = lambda _: True
    """Whether elders are rung at this time of day."""
    per_hour: int = 8
    """One number is rung so often at most."""

    def of(self, name: str) -> str:
        """The extension of a member of staff, empty where none is set."""
        return next((desk for each, desk in self.telephones if each == name), "")


@dataclass(frozen=True, slots=True)
class Ring:
    """What a page offers: whom to ring, from where, and how the last call stands."""

    to: str
    """Address of the form, and of the part that tells how it stands."""
    people: tuple[tuple[str, str], ...]
    """Whom: a word for the form, and what is read."""
    desks: tuple[tuple[str, str], ...]
    """All telephones: extension and name."""
    own: str
    """The member's own one; empty: one has to be chosen."""
    quiet: bool
    """Elders sleep now: staff have to say that they mean it."""
    state: str
    """How the last call stands, in words; empty: there was none."""
    going_on: bool
    """It is not over."""


class RingRefused(StationError):
    """Nobody is rung: something has to be chosen, or it is night."""

    code = "ring_refused"


_DESK: Final = "desk"


def of_request(visit: Visit, request: Request) -> Ring:
    """What the page of a request offers."""
    last = desk_calls.last(visit.site.ledger.store, visit.now, request=request.id)
    people = _people(visit, request)
    quiet = _quiet(visit) and request.kind != "emergency"
    return _offered(visit, f"/requests/{request.number}/ring", people, last, quiet=quiet)


def of_callback(visit: Visit, entry: callbacks.Callback) -> Ring:
    """What an entry of the call-back list offers."""
    last = desk_calls.last(visit.site.ledger.store, visit.now, callback=entry.id)
    people = {"caller": entry.phone} if entry.phone else {}
    return _offered(visit, f"/calls/{entry.id}/ring", people, last, quiet=_quiet(visit))


def _offered(
    visit: Visit, to: str, people: Mapping[str, str], last: DeskCall | None, *, quiet: bool
) -> Ring:
    desks, said = visit.site.desks, told()["ring"]
    names = tuple((word, _label(word, masked(number))) for word, number in people.items())
    state = ""
    if last is not None:
        words = said["outcomes"] if last.over else said["states"]
        name = next((name for name, desk in desks.telephones if desk == last.desk), last.desk)
        state = words[last.outcome if last.over else last.state].format(
            desk=last.desk, name=name, minutes=last.seconds // 60, seconds=last.seconds % 60
        )
    return Ring(
        to,
        names,
        tuple((desk, f"{name} {desk}") for name, desk in desks.telephones),
        desks.of(visit.member.name),
        quiet,
        state,
        last is not None and not last.over,
    )


def _label(word: str, number: str) -> str:
    kind, _, name = word.partition(" ")
    said = told()["ring"]["people"]
    return f"{name or said[kind]} {number}"


def _people(visit: Visit, request: Request) -> dict[str, str]:
    """Everybody who can be rung about a request: a word for the form → the number."""
    found = {"caller": request.phone} if request.phone else {}
    if request.resident is not None:
        known: Resident = visit.site.ledger.resident(request.resident)
        for place, phone in enumerate(known.phones):
            if phone not in found.values():
                found[f"own {known.name}" if not place else f"own{place} {known.name}"] = phone
        for each in known.contacts:
            if each.phone:
                found.setdefault(f"family {each.relation} {each.name}", each.phone)
    return found


def _quiet(visit: Visit) -> bool:
    return not visit.site.desks.may_ring(visit.now.time())


# --- what is done ---------------------------------------------------------------------------


def ring_request(visit: Visit) -> Response:
    """Ring somebody about a request."""
    request = visit.site.ledger.request(visit.web.path_params["number"])
    number = _chosen(visit, _people(visit, request), always=request.kind == "emergency")
    _want(visit, DeskCall("", number, "", request.resident, request=request.id))
    return RedirectResponse(f"/requests/{request.number}#ring", 303)


def ring_callback(visit: Visit) -> Response:
    """Call somebody back who reached nobody."""
    entry = _entry(visit)
    number = _chosen(visit, {"caller": entry.phone} if entry.phone else {})
    _want(visit, DeskCall("", number, "", entry.resident, callback=entry.id))
    return RedirectResponse(f"/calls#ring{entry.id}", 303)


def request_state(visit: Visit) -> Response:
    """How the call about a request stands, alone."""
    request = visit.site.ledger.request(visit.web.path_params["number"])
    return _part(visit, of_request(visit, request))


def callback_state(visit: Visit) -> Response:
    """How the call about an entry of the list stands, alone."""
    return _part(visit, of_callback(visit, _entry(visit)))


def _part(visit: Visit, ring: Ring) -> Response:
    from .render import part

    return part(visit, "ring_state.html", ring=ring)


def _entry(visit: Visit) -> callbacks.Callback:
    from .site import whole

    return callbacks.callback(visit.site.ledger.store, whole(visit.web.path_params["id"]) or 0)


def _chosen(visit: Visit, people: Mapping[str, str], *, always: bool = False) -> str:
    """The number that is to be rung; at night only where staff mean it, or `always`."""
    wanted = visit.filled("whom")
    number = people.get(wanted) if wanted else next(iter(people.values()), None)
    if number is None:
        raise RingRefused("nobody with a number is chosen", code="ring_nobody")
    if _quiet(visit) and not always and not visit.filled("meant"):
        raise RingRefused("elders sleep now", code="ring_quiet")
    return number


def _from(visit: Visit) -> str:
    desks = visit.site.desks
    desk = visit.filled(_DESK) or desks.of(visit.member.name)
    if desk not in {each for _, each in desks.telephones}:
        raise RingRefused("no telephone to ring from is chosen", code="ring_no_desk")
    return desk


def _want(visit: Visit, about: DeskCall) -> None:
    desks, store = visit.site.desks, visit.site.ledger.store
    call = replace(about, desk=_from(visit), by=visit.member.login)
    try:
        desk_calls.want(store, call, visit.now, per_hour=desks.per_hour)
    except DeskBusy as error:
        raise RingRefused(str(error), code="ring_busy") from error
    except RungOften as error:
        raise RingRefused(str(error), code="ring_often") from error
