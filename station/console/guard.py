"""The guard: who is let in, and what a browser may do with what it gets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias
from urllib.parse import quote

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from station.errors import ConflictError, StationError
from station.sessions import NoSession, Session

from .forms import COOKIE, FORM_COOKIE, Refused, fresh, key_of, read
from .render import page
from .site import Site, Visit
from .words import told, trouble

log = structlog.get_logger(__name__)

Handler: TypeAlias = Callable[[Visit], Response]
Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]

HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        " media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
"""Sent with everything: no script of anybody else runs, nobody frames the console."""

_MISSING: Final = frozenset({"unknown_request", "unknown_resident", "unknown_callback", "missing"})
_ILLEGAL: Final = frozenset(
    {
        "illegal_status",
        "not_undone",
        "conflict",
        "ring_busy",
        "ring_often",
        "ring_quiet",
        "teacher_busy",
    }
)
_BROKEN: Final = frozenset(
    {"busy", "disk_full", "disk_error", "read_only", "cannot_open", "damaged", "gone", "closed"}
)


class Headers:
    """Puts the headers on every answer, and lets nothing personal be kept by a browser."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...]) -> None:
        self.app, self.hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        static = scope["path"].startswith("/static/")

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = dict(HEADERS) | {
                    "cache-control": "max-age=31536000, immutable" if static else "no-store"
                }
                if scope["scheme"] == "https":
                    given["strict-transport-security"] = "max-age=31536000"
                message["headers"] = [
                    *(each for each in message["headers"] if each[0].decode() not in given),
                    *((name.encode(), value.encode()) for name, value in given.items()),
                ]
            await send(message)

        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1").lower()
        if _name(host) not in self.hosts:
            # A foreign name that points here is how other people's pages reach into a console.
            await PlainTextResponse("unknown host", 400)(scope, receive, sent)
            return
        await self.app(scope, receive, sent)


def _name(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdecimal() else host


def opened(handler: Handler) -> Endpoint:
    """A page that anybody may open: the log-in."""

    async def endpoint(request: Request) -> Response:
        given = request.cookies.get(FORM_COOKIE) or ""
        cookie = given or fresh()
        answer = await _answer(request, handler, None, key_of(cookie))
        if not given:
            keep(answer, FORM_COOKIE, cookie, request)
        return answer

    return endpoint


def members(handler: Handler, *roles: str) -> Endpoint:
    """A page for somebody who is logged in, with one of the roles where some are named."""

    async def endpoint(request: Request) -> Response:
        token = request.cookies.get(COOKIE, "")
        try:
            session = await run_in_threadpool(site_of(request).sessions.session, token)
        except NoSession:
            return _to_login(request)
        if roles and session.member.role not in roles:
            visit = _visit(request, session, key_of(token))
            return await run_in_threadpool(_told, visit, "forbidden", 403)
        return await _answer(request, handler, session, key_of(token))

    return endpoint


async def inside(request: Request) -> bool:
    """Whether they are still logged in; a ledger that does not answer puts nobody out."""
    token = request.cookies.get(COOKIE, "")
    try:
        await run_in_threadpool(site_of(request).sessions.session, token)
    except NoSession:
        return False
    except StationError as error:
        log.warning("session_not_read", code=error.code)
    return True


def workers(handler: Handler) -> Endpoint:
    """Something only those do who handle requests: an auditor only looks."""
    return members(handler, "staff", "supervisor")


def keep(answer: Response, name: str, value: str, request: Request) -> None:
    """A cookie that no script sees and no other site sends."""
    secure = request.url.scheme == "https"
    answer.set_cookie(name, value, path="/", httponly=True, samesite="strict", secure=secure)


def site_of(request: Request) -> Site:
    """The site that serves a request."""
    site: Site = request.app.state.site
    return site


def _visit(request: Request, session: Session | None, key: str) -> Visit:
    # Before anything is read: what happens from here on, the open page is told of.
    request.state.since = request.app.state.news.told
    return Visit(request, site_of(request), session, {}, key)


def _to_login(request: Request) -> Response:
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"hx-redirect": "/login?did=again"})
    wanted = request.url.path if request.method == "GET" else "/"
    return RedirectResponse(f"/login?next={quote(wanted)}", 303)


async def _answer(
    request: Request, handler: Handler, session: Session | None, key: str
) -> Response:
    visit = _visit(request, session, key)
    try:
        if request.method == "POST":
            form = await read(request, key)
            visit = Visit(request, visit.site, session, form, key)
        return await run_in_threadpool(handler, visit)
    except Refused as refused:
        return await run_in_threadpool(_told, visit, refused.word, refused.status)
    except StationError as error:
        return await run_in_threadpool(_failed, visit, error)


def _failed(visit: Visit, error: StationError) -> Response:
    status = 400
    if error.code in _MISSING:
        status = 404
    elif error.code in _ILLEGAL or isinstance(error, ConflictError):
        status = 409
    elif error.code in _BROKEN:
        log.error("console_cannot", code=error.code)
        return PlainTextResponse(trouble(error), 503)  # every page would ask the ledger again
    return page(visit, "trouble.html", status, trouble=trouble(error))


def _told(visit: Visit, word: str, status: int) -> Response:
    return page(visit, "trouble.html", status, trouble=told()["troubles"][word])


async def missing(request: Request, error: Exception) -> Response:
    """What is not there, or asked for in a way that is not offered."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    visit = _visit(request, None, "")
    word = "missing" if status in {404, 405} else "bad"
    return await run_in_threadpool(_told, visit, word, status)


async def broken(request: Request, error: Exception) -> Response:  # noqa: ARG001 - Starlette's
    """A fault of ours: it stands in the log, and nobody sees its inside."""
    return PlainTextResponse(told()["troubles"]["ours"], 500)
