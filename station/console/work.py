"""One work order for staff: its track, its link, its paper, and what is told by telephone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, TypeAlias, cast

from starlette.responses import RedirectResponse, Response

from station import work_correct, work_orders
from station.clock import BEIJING
from station.errors import StationError
from station.work_correct import Correction
from station.work_model import Order, OrderError, StepName, steps
from station.work_orders import Told
from station.work_time import fen_of

from .board import names_of
from .dispatch import dpage
from .order_facts import facts_of, request_for
from .qr import drawn
from .site import Visit, whole
from .sound import NoSound
from .words import trouble

Act: TypeAlias = Callable[[Visit, Order], str]
"""Does something with an order; gives the word in `did`."""

_BY_HAND: Final = ("accepted", "arrived", "done", "declined")


def _order(visit: Visit) -> Order:
    return work_orders.order(visit.site.ledger.store, whole(visit.web.path_params["id"]) or 0)


def work(visit: Visit) -> Response:
    """The page of an order."""
    return _shown(visit, _order(visit))


def _shown(visit: Visit, order: Order, status: int = 200, wrong: str = "") -> Response:
    links, names = visit.site.work.links, names_of(visit)
    local = str(visit.web.base_url).rstrip("/")
    track = [
        (each, names.get(each.by, order.helper_name if each.by.startswith("helper:") else each.by),
         work_orders.told_step(order.helper_name, each.what, each.note))
        for each in steps(visit.site.ledger.store, order.id)
    ]  # fmt: skip
    return dpage(
        visit, "work_order.html", status, said=wrong, wrong=bool(wrong), order=order,
        request=request_for(visit.site, order), facts=facts_of(visit.site, order),
        track=track, ways=_ways(order),
        link=links.address(order, local), public=bool(links.public),
        over=visit.now >= order.expires,
    )  # fmt: skip


def _ways(order: Order) -> list[str]:
    """Which steps staff may tell for the helper now."""
    after = {"given": {"accepted", "declined"}, "accepted": {"arrived", "done", "declined"},
             "arrived": {"done"}}  # fmt: skip
    return [each for each in _BY_HAND if each in after.get(order.status, ())]


def act(visit: Visit) -> Response:
    """Do what the form says; then the order's page as it is afterwards."""
    order, name = _order(visit), visit.web.path_params["act"]
    if name not in ACTS:
        raise OrderError(f"nothing called {name!r} is done with an order", code="missing")
    try:
        did = ACTS[name](visit, order)
    except (StationError, ValueError) as error:
        code = getattr(error, "code", "order_value")
        if not code.startswith("order_"):
            raise
        wrong = trouble(error if isinstance(error, StationError) else OrderError("", code=code))
        return _shown(visit, order, 400, wrong)
    return RedirectResponse(f"/orders/{order.id}?did={did}", 303)


def _renew(visit: Visit, order: Order) -> str:
    terms = visit.site.work.terms
    work_orders.renew(visit.site.ledger, order.id, by=visit.member.login, terms=terms)
    return "renewed"


def _step(visit: Visit, order: Order) -> str:
    what = visit.filled("what")
    if what not in _BY_HAND:
        raise OrderError(f"{what!r} is no step", code="order_step")
    told = Told(visit.member.login, visit.filled("note"), at=_moment(visit, "at"))
    work_orders.step(visit.site.ledger, order.id, cast("StepName", what), told)
    return "stepped"


def _correct(visit: Visit, order: Order) -> str:
    money = visit.filled("fen") if visit.member.role == "supervisor" else ""
    wanted = Correction(
        _changed(_moment(visit, "arrived"), order.arrived),
        _changed(_moment(visit, "done"), order.done),
        _count(visit, "minutes"),
        _count(visit, "items"),
        fen_of(money) if money else None,
    )
    work_correct.correct(
        visit.site.ledger, order.id, wanted, by=visit.member.login, why=visit.filled("why")
    )
    return "corrected"


def _void(visit: Visit, order: Order) -> str:
    by, why = visit.member.login, visit.filled("why")
    work_correct.void(visit.site.ledger, order.id, by=by, why=why)
    return "void"


ACTS: Final[Mapping[str, Act]] = {
    "renew": _renew,
    "step": _step,
    "correct": _correct,
    "void": _void,
}
"""By the last part of the address."""


def _moment(visit: Visit, name: str) -> datetime | None:
    """What a field of date and time says. Raises ValueError."""
    text = visit.filled(name)
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING) if text else None


def _changed(told: datetime | None, before: datetime | None) -> datetime | None:
    """A field shows whole minutes: the same minute is no change."""
    if told and before and told == before.replace(second=0, microsecond=0):
        return None
    return told


def _count(visit: Visit, name: str) -> int | None:
    text = visit.filled(name)
    if not text:
        return None
    found = whole(text)
    if found is None or found > 100_000:
        raise ValueError(text)
    return found


def paper(visit: Visit) -> Response:
    """The order as it is printed; the audit knows, for it shows where somebody lives."""
    order = _order(visit)
    visit.note("order.printed", f"order {order.id}")
    public = visit.site.work.links.public
    return dpage(
        visit, "work_paper.html", order=order, request=request_for(visit.site, order),
        facts=facts_of(visit.site, order),
        qr=bool(public) and order.is_open and visit.now < order.expires,
    )  # fmt: skip


def qr(visit: Visit) -> Response:
    """The link as a picture that a telephone reads."""
    order = _order(visit)
    local = str(visit.web.base_url).rstrip("/")
    address = visit.site.work.links.address(order, local)
    return Response(drawn(address), media_type="image/svg+xml")


def photo(visit: Visit) -> Response:
    """A picture that the helper sent; the audit knows who looked."""
    order, step = _order(visit), whole(visit.web.path_params["step"]) or 0
    jpeg = work_orders.photo(visit.site.ledger.store, order.id, step)
    if jpeg is None:
        raise NoSound("this picture is not kept any more")
    visit.note("photo.seen", f"order {order.id}")
    return Response(jpeg, media_type="image/jpeg")
