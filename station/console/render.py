"""Rendering: templates with everything escaped, and what every page knows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from station.words import words as station_words

from . import alarm
from .mask import masked
from .menu import menu
from .shared import Shared
from .site import Visit
from .words import told

PAGES: Final = Path(__file__).resolve().parent / "pages"
ASSETS: Final = Path(__file__).resolve().parent.parent.parent / "assets" / "console"
"""Style, script, icon: served as they are."""


@cache
def templates() -> Environment:
    """All templates; a name that is not there is an error, and nothing is markup unless we say."""
    environment = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"t": told(), "w": station_words(), "asset": asset}
    return environment


@cache
def asset(name: str) -> str:
    """The address of a shipped file; it changes with the file, so that browsers may keep it."""
    digest = hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?{digest}"


def page(
    visit: Visit, name: str, status: int = 200, *, said: str = "", **values: Any
) -> HTMLResponse:
    """A page as it is sent. `said` is told above it."""
    did = told()["did"].get(visit.asked("did"), "")
    standing = _standing(visit) if visit.session else {}
    return _sent(visit, name, status, {"said": said or did, **standing, **values})


def part(visit: Visit, name: str, **values: Any) -> HTMLResponse:
    """A part of a page that is open already: without what stands in every page's head."""
    return _sent(visit, name, 200, values)


def shared(visit: Visit, name: str, made: Callable[[], Response]) -> HTMLResponse:
    """A part that is the same for everybody: made once for all who ask at the same moment."""
    kept: Shared = visit.web.app.state.shared
    return HTMLResponse(kept.get(name, lambda: bytes(made().body).decode()))


def _sent(visit: Visit, name: str, status: int, values: Mapping[str, Any]) -> HTMLResponse:
    context = {
        "visit": visit,
        "key": visit.key,
        "member": visit.session and visit.session.member,
        "station": visit.site.name,
        "path": visit.web.url.path,
        "hide": masked,
        **values,
    }
    return HTMLResponse(templates().get_template(name).render(context), status)


def _standing(visit: Visit) -> Mapping[str, Any]:
    """What stands on every page of somebody who is logged in."""
    return {
        "alarm": alarm.shown(visit),
        "menu": menu(visit.member.role),
        "since": visit.web.state.since,
        **pulse(visit),
    }


def pulse(visit: Visit) -> Mapping[str, Any]:
    """How many requests nobody has answered yet, and how many of them are urgent."""
    sql = (
        "SELECT COUNT(*) AS new, COALESCE(SUM(priority <> 'ordinary'), 0) AS urgent"
        " FROM requests WHERE status = 'new'"
    )
    row = visit.site.ledger.store.first(sql, what="count what is new")
    return row or {"new": 0, "urgent": 0}
