"""The application: which address leads to which page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from . import (
    alarm,
    audit_page,
    board,
    calls,
    card,
    deeds,
    desks,
    dispatch_pages,
    entry,
    gauges,
    lessons,
    login,
    merge,
    people,
    reports,
    residents,
    slip,
    sound,
    teaching,
)
from .guard import Endpoint, Headers, broken, inside, members, missing, opened, workers
from .news import News
from .render import ASSETS
from .shared import Shared
from .site import Site
from .work_link import Outside, public_name

_PAGES: Final[tuple[tuple[str, Endpoint], ...]] = (
    ("/", members(board.board)),
    ("/pulse", members(board.pulse_part)),
    ("/alarm", members(alarm.part_of)),
    ("/calls", members(calls.calls)),
    ("/calls/{id}/message", members(sound.message)),
    ("/new", workers(entry.empty)),
    ("/slip", members(slip.slip)),
    ("/me", members(login.me)),
    ("/people", members(people.people, "supervisor")),
    ("/reports", members(reports.overview, "supervisor", "auditor")),
    ("/reports/excel", members(reports.excel, "supervisor", "auditor")),
    ("/residents", members(residents.every)),
    ("/residents/new", workers(residents.fresh)),
    ("/residents/{id}", members(residents.one)),
    ("/lessons", members(lessons.every, "supervisor")),
    ("/lessons/trial", members(teaching.trial_part, "supervisor")),
    ("/audit", members(audit_page.record, "supervisor", "auditor")),
    ("/audit/excel", members(audit_page.excel, "supervisor", "auditor")),
    ("/requests/{number}", members(card.request_page)),
    ("/requests/{number}/merge/{other}", members(merge.compare)),
    ("/requests/{number}/ring", members(desks.request_state)),
    ("/calls/{id}/ring", members(desks.callback_state)),
    ("/requests/{number}/sound/{n}", members(sound.play)),
    ("/requests/{number}/wave/{n}", members(sound.wave)),
    *dispatch_pages.PAGES,
    ("/login", opened(login.login)),
    ("/first", opened(login.first)),
    ("/redeem", opened(login.redeem)),
)
"""What is read."""

_FORMS: Final[tuple[tuple[str, Endpoint], ...]] = (
    ("/alarm/{number}", workers(alarm.confirm)),
    ("/calls/{id}/reveal", workers(calls.reveal)),
    ("/calls/{id}/tried", workers(calls.tried)),
    ("/calls/{id}/settle", workers(calls.settle)),
    ("/new", workers(entry.file)),
    ("/me", members(login.change)),
    ("/people", members(people.add, "supervisor")),
    ("/audit/verify", members(audit_page.verify, "supervisor", "auditor")),
    ("/residents", workers(residents.add)),
    ("/residents/{id}", workers(residents.change)),
    ("/residents/{id}/reveal", workers(residents.reveal)),
    ("/residents/{id}/copy", members(residents.copy, "supervisor")),
    ("/residents/{id}/forget", members(residents.forget, "supervisor")),
    ("/lessons/trial/{act}", members(teaching.act, "supervisor")),
    ("/lessons/{id}/{act}", members(lessons.act, "supervisor")),
    ("/people/{login}/{act}", members(people.act, "supervisor")),
    ("/requests/{number}/merge/{other}", workers(merge.merge)),
    ("/requests/{number}/reveal", workers(card.reveal)),
    ("/requests/{number}/ring", workers(desks.ring_request)),
    ("/calls/{id}/ring", workers(desks.ring_callback)),
    ("/requests/{number}/{deed}", workers(deeds.deed)),
    *dispatch_pages.FORMS,
    ("/logout", members(login.leave)),
    ("/login", opened(login.enter)),
    ("/first", opened(login.become)),
    ("/redeem", opened(login.choose)),
)
"""What is done; nothing is done by reading."""


_METRICS: Final = Route("/metrics", gauges.metrics, methods=["GET"])


def build(site: Site) -> Starlette:
    """The console of one station, as an ASGI application."""
    news = News(site.ledger)
    outside = public_name(site.work.links.public)

    @asynccontextmanager
    async def living(_: Starlette) -> AsyncIterator[None]:
        news.start()
        try:
            yield
        finally:
            news.stop()

    app = Starlette(
        routes=[*_routes(), *dispatch_pages.links(), Route("/news", _streamed(news)), _METRICS],
        middleware=[
            Middleware(Headers, (*site.hosts, *filter(None, [outside]))),
            Middleware(Outside, outside, site.hosts),
        ],
        exception_handlers={HTTPException: missing, Exception: broken},
        lifespan=living,
    )
    app.state.site = site
    app.state.news = news
    app.state.shared = Shared(site.ledger.newest_change, lambda: news.told)
    return app


def _routes() -> list[BaseRoute]:
    read = [Route(path, endpoint, methods=["GET"]) for path, endpoint in _PAGES]
    done = [Route(path, endpoint, methods=["POST"]) for path, endpoint in _FORMS]
    return [*read, *done, Mount("/static", StaticFiles(directory=ASSETS))]


def _streamed(news: News) -> Callable[[Request], object]:
    """The stream of changes, for whoever is logged in, and only as long as they are."""

    async def stream(request: Request) -> Response:
        allowed = await members(lambda _: Response(status_code=204))(request)
        if allowed.status_code != 204:
            return allowed
        return await news.stream(request, lambda: inside(request))

    return stream
