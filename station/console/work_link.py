"""A work order on the helper's own phone: opened by its link, without a log-in or a cookie.

It shows one order and nothing else; who the elder is and where they live only once the order
is taken, and no more once it is over. Each opening and each attempt stands in the audit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias, cast

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from station import audit, work_orders, work_photos
from station.dispatch_words import words
from station.errors import StationError
from station.work_links import BadLink
from station.work_model import Order, OrderError, StepName, steps
from station.work_orders import Told, by_helper
from station.work_photos import PhotoError

from .dispatch import dpage
from .forms import Refused, key_of, read
from .guard import Endpoint, site_of
from .order_facts import facts_of
from .site import Visit

LARGEST: Final = work_photos.MOST_BYTES + 64_000
_NOTE: Final = 300
_STEPS: Final = frozenset({"accepted", "declined", "arrived", "done", "noted"})
_WRONG: Final = {"order_reason": "reason", "photo_many": "many", "photo_large": "large"}

Handler: TypeAlias = Callable[[Visit, Order], Response]


def linked(handler: Handler) -> Endpoint:
    """A page that only the link opens."""

    async def endpoint(request: Request) -> Response:
        token = request.path_params["token"]
        visit = Visit(request, site_of(request), None, {}, key_of(token))
        address = request.client.host if request.client else ""
        if not visit.site.work.throttle.allows(address):
            return await run_in_threadpool(_over, visit, "often", 429)
        try:
            order = await run_in_threadpool(_opened, visit, token)
            if request.method == "POST":
                request.state.largest = LARGEST
                form = await read(request, visit.key)
                visit = Visit(request, visit.site, None, form, visit.key)
            return await run_in_threadpool(handler, visit, order)
        except BadLink as bad:
            return await run_in_threadpool(_refused, visit, bad)
        except Refused as refused:
            word = "large" if refused.status == 413 else "forged"
            return await run_in_threadpool(_over, visit, word, refused.status)
        except StationError as error:
            return PlainTextResponse(words()["phone"]["over"]["broken"], _status(error))

    return endpoint


def _status(error: StationError) -> int:
    return 404 if error.code == "unknown_order" else 503


def _opened(visit: Visit, token: str) -> Order:
    return visit.site.work.links.check(token, visit.site.ledger.store, visit.now)


def _refused(visit: Visit, bad: BadLink) -> Response:
    _note(visit, "link.refused", bad.order, {"why": bad.code})
    return _over(visit, bad.code, 404 if bad.code == "forged" else 410)


def _over(visit: Visit, word: str, status: int) -> Response:
    said = words()["phone"]
    told = said["over"].get(word) or said["wrong"][word]
    return dpage(visit, "work_over.html", status, told=told, desk_phone=visit.site.work.phone)


def _note(visit: Visit, what: str, order: int | None, detail: dict[str, Any]) -> None:
    target = "" if order is None else f"order {order}"
    by = "link" if order is None else f"link:{order}"
    store = visit.site.ledger.store
    audit.record(store, at=visit.now, by=by, what=what, target=target, detail=detail)


def show(visit: Visit, order: Order) -> Response:
    """The order as it stands."""
    _note(visit, "link.opened", order.id, {"status": order.status})
    return _shown(visit, order)


def _shown(visit: Visit, order: Order, status: int = 200, wrong: str = "") -> Response:
    if not order.is_open:
        return _over(visit, order.status, 200 if order.status == "done" else 410)
    did = words()["phone"]["did"].get(visit.asked("did"), "")
    return dpage(
        visit, "work_phone.html", status, order=order, facts=facts_of(visit.site, order),
        track=[each for each in steps(visit.site.ledger.store, order.id) if each.what in _STEPS],
        token=visit.web.path_params["token"], said=wrong or did, wrong=bool(wrong), note=_NOTE,
        given=visit.form, desk_phone=visit.site.work.phone,
    )  # fmt: skip


def act(visit: Visit, order: Order) -> Response:
    """One step, with a word and a picture where there are some."""
    what, token = visit.web.path_params["act"], visit.web.path_params["token"]
    if what not in _STEPS:
        raise BadLink("forged", order.id)
    try:
        data: bytes = visit.web.state.file if what in {"done", "noted"} else b""
        photo = work_photos.harmless(data) if data else None
        told = Told(by_helper(order), visit.filled("note")[:_NOTE], photo)
        after = work_orders.step(visit.site.ledger, order.id, cast("StepName", what), told)
    except PhotoError as error:
        _note(visit, "link.refused", order.id, {"why": error.code, "step": what})
        return _shown(visit, order, 400, _told("photo" if error.code == "photo_wrong" else "large"))
    except OrderError as error:
        _note(visit, "link.refused", order.id, {"why": error.code, "step": what})
        word = "note" if what == "noted" else _WRONG.get(error.code, "")
        now = work_orders.order(visit.site.ledger.store, order.id)
        return _shown(visit, now, 400 if word else 409, _told(word) if word else "")
    _note(visit, "link.used", order.id, {"step": what, "photo": photo is not None})
    return RedirectResponse(f"/o/{token}?did={after.status if what != 'noted' else what}", 303)


def _told(word: str) -> str:
    return str(words()["phone"]["wrong"][word])


class Outside:
    """Under the public name only links are answered: the console itself is not to be seen there."""

    def __init__(self, app: ASGIApp, public: str, own: tuple[str, ...]) -> None:
        self.app, self.public = app, "" if public in own else public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        host = dict(scope.get("headers", ())).get(b"host", b"").decode("latin-1").lower()
        path = scope.get("path", "")
        inside = path.startswith(("/o/", "/static/"))
        if self.public and scope["type"] == "http" and _named(host) == self.public and not inside:
            await PlainTextResponse(words()["phone"]["over"]["forged"], 404)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _named(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host


def public_name(public: str) -> str:
    """The name in an address: `https://orders.linli.example:8443` → `orders.linli.example`."""
    return _named(public.partition("://")[2])
