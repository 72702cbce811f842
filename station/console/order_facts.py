"""What a work order tells: as little as can be before it is taken, then what is needed to do it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from station.dispatch_words import service, words
from station.requests import SELECT_REQUEST, Request, request_of
from station.residents import Resident
from station.words import told_value
from station.words import words as station_words
from station.work_model import Order

from .mask import masked
from .site import Site
from .words import told

_WHEN = frozenset({"date", "time", "part"})
_WHERE = frozenset({"address", "origin"})


@dataclass(frozen=True, slots=True)
class Facts:
    """One order in words."""

    what: str
    """The service."""
    when: str
    """For when."""
    area: str
    """Roughly where: the part of the address before the building."""
    lines: tuple[tuple[str, str], ...]
    """What was agreed on, name and value; numbers in it are hidden."""
    who: str
    """The elder's name and how to address them; empty where the service does not need it."""
    called: str
    """Only how to address them."""
    address: str
    """Where to go; empty where the service does not need it."""
    phone: str
    """Whom to ring, in full; empty where the service does not need it."""
    flags: tuple[str, ...]
    """What to know of the elder, where the service needs it."""
    bring: tuple[str, ...]
    """What the elder has to have at hand."""
    note: str
    """What else was said; numbers in it are hidden."""


def request_for(site: Site, order: Order) -> Request | None:
    """The request of an order; None once it was erased."""
    if order.request is None:
        return None
    row = site.ledger.store.first(f"{SELECT_REQUEST} WHERE requests.id = ?", (order.request,))
    return request_of(row) if row else None


def facts_of(site: Site, order: Order) -> Facts | None:
    """Everything a helper may need; None once the request was erased."""
    request = request_for(site, order)
    if request is None:
        return None
    resident = site.ledger.resident(request.resident) if request.resident is not None else None
    needs = words()["needs"].get(request.intent, words()["other_needs"])
    address = _address(request, resident)
    return Facts(
        what=service(request.intent),
        when=_when(request),
        area=_area(address),
        lines=tuple(_lines(request)),
        who=_who(resident) if "who" in needs else "",
        called=(resident.called or resident.name) if resident and "who" in needs else "",
        address=address if "address" in needs else "",
        phone=_phone(request, resident) if "phone" in needs else "",
        flags=tuple(_flags(resident, needs)) if resident else (),
        bring=site.work.want(request.intent).bring,
        note=masked(request.note),
    )


def _who(resident: Resident | None) -> str:
    if resident is None:
        return str(station_words()["stranger"])
    return " ".join(filter(None, (resident.name, resident.called)))


def _address(request: Request, resident: Resident | None) -> str:
    said = next((request.slots[name] for name in _WHERE if request.slots.get(name)), "")
    return str(said or (resident.address if resident else ""))


def _area(address: str) -> str:
    found = re.match(words()["building"], address)
    return found[1] if found else ""


def _phone(request: Request, resident: Resident | None) -> str:
    return request.phone or (resident.phones[0] if resident and resident.phones else "")


def _flags(resident: Resident, needs: list[str]) -> Iterator[str]:
    said = words()["paper"]
    if "wheelchair" in needs and resident.wheelchair:
        yield said["wheelchair"]
    if "alone" in needs and resident.lives_alone:
        yield said["alone"]
    if "diet" in needs and resident.diet:
        yield f"{said['diet']}：{resident.diet}"


def _lines(request: Request) -> Iterator[tuple[str, str]]:
    names = station_words()["slots"]
    order = dict.fromkeys([*told()["services"].get(request.intent, ()), *request.slots])
    for name in order:
        value = request.slots.get(name)
        if value is not None and name not in _WHEN | _WHERE:
            yield names.get(name, name), masked(told_value(value))


def _when(request: Request) -> str:
    slots = request.slots
    day, moment = _day(slots.get("date")), slots.get("time") or _part(slots.get("part"))
    return " ".join(filter(None, (day, str(moment or "")))) or str(words()["paper"]["soon"])


def _part(value: Any) -> str:
    return told_value(value) if value else ""


def _day(value: object) -> str:
    found = re.fullmatch(r"\d{4}-(\d\d)-(\d\d)", str(value or ""))
    if found is None:
        return ""
    return str(words()["suggestion"]["when"]["day"]).format(m=int(found[1]), d=int(found[2]))
