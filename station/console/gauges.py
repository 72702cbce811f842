"""`/metrics`: the station's numbers for a monitoring program, to this machine or with the key.

Behind a reverse proxy everybody comes from this machine: whatever a proxy has forwarded, or was
asked for under another name, needs the key.
"""

from __future__ import annotations

import hmac
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from station.errors import StationError
from station.metrics import families, text

from .guard import site_of

_OWN: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_KIND: Final = "text/plain; version=0.0.4; charset=utf-8"


async def metrics(request: Request) -> Response:
    """The numbers of this moment; for anybody else there is no such page."""
    site = site_of(request)
    if not (_from_here(request) or _has_key(request, site.metrics_key)):
        raise HTTPException(404)
    if site.watched is None:
        raise HTTPException(404)
    watched = site.watched
    try:
        found = await run_in_threadpool(lambda: text(families(site.ledger, watched)))
    except StationError as error:
        return PlainTextResponse(f"{error.code}\n", 503)
    return Response(found, media_type=_KIND)


def _from_here(request: Request) -> bool:
    if any(name in request.headers for name in _FORWARDED):
        return False
    name = request.headers.get("host", "").lower()
    name = name if name in _OWN else name.rpartition(":")[0]
    with suppress(ValueError):
        here = ip_address(request.client.host).is_loopback if request.client else False
        return here and name in _OWN
    return False


def _has_key(request: Request, key: str) -> bool:
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    return bool(key) and hmac.compare_digest(given.encode(), key.encode())
