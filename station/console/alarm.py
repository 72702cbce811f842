"""The alarm: over everything else, until somebody confirms that they go."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response

from station import alarm_calls, handling
from station.alarm_calls import AlarmCall
from station.requests import Request
from station.residents import Contact, Resident
from station.words import told_value, words

from .mask import masked
from .shared import Shared
from .site import Visit
from .words import intent, told


@dataclass(frozen=True, slots=True)
class Alarm:
    """One emergency that nobody has confirmed."""

    number: str
    """The request's."""
    since: int
    """Since when, milliseconds since 1970."""
    seconds: int
    """How long ago, as of now."""
    who: str
    """The resident's name, empty when not known."""
    where: str
    """Where they live, or where the alarm came from."""
    what: str
    """What happened, as far as it is known."""
    channel: str
    """Where it came in."""
    contacts: tuple[Contact, ...]
    """Whom to tell, in this order."""
    more: int
    """So many further ones wait behind it."""
    told: tuple[AlarmCall, ...]
    """Who was rung about it, and what became of it."""


def shown(visit: Visit) -> Alarm | None:
    """The oldest emergency that nobody has confirmed."""
    waiting = handling.alarms(visit.site.ledger)
    if not waiting:
        return None
    return _alarm(visit, waiting[0], len(waiting) - 1)


def _alarm(visit: Visit, request: Request, more: int) -> Alarm:
    resident = visit.site.ledger.resident(request.resident) if request.resident else None
    waited = (visit.now - request.created).total_seconds()
    return Alarm(
        request.number,
        int(request.created.timestamp() * 1000),
        max(0, int(waited)),
        request.resident_name or masked(request.phone),
        _where(visit, request, resident),
        _what(request),
        words()["channels"][request.channel],
        resident.contacts if resident else (),
        more,
        tuple(alarm_calls.of_request(visit.site.ledger.store, request.id)),
    )


def _what(request: Request) -> str:
    kind = request.slots.get("kind")
    return masked(told_value(kind)) if kind else intent(request.intent)


def _where(visit: Visit, request: Request, resident: Resident | None) -> str:
    """Where it was said to be; who stands at the kiosk is at the station, not at home."""
    said = request.slots.get("place") or request.slots.get("address")
    home, station = resident.address if resident else "", visit.site.name
    if request.channel == "kiosk" and not said:
        there = str(told()["alarm"]["at_station"]).format(station=station, home=home)
        return there if home else station
    return str(said or home)


def part_of(visit: Visit) -> Response:
    """The alarm alone, for a page that is open already; mostly there is none."""
    from .render import part

    shared: Shared = visit.web.app.state.shared
    waits = shared.get("alarm", lambda: "yes" if handling.alarms(visit.site.ledger) else "")
    return part(visit, "alarm.html", alarm=shown(visit) if waits else None)


def confirm(visit: Visit) -> Response:
    """Somebody confirms: the seconds are in the ledger from now on."""
    number = visit.web.path_params["number"]
    handling.acknowledge(visit.site.ledger, number, by=visit.member.login)
    return RedirectResponse(f"/requests/{number}?did=acknowledged", 303)
