"""Lessons on the console: what corrections would teach; a supervisor decides on each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from starlette.responses import RedirectResponse, Response

from station import lessons
from station.errors import UnknownRequest
from station.ledger import Ledger
from station.lessons import Lesson, LessonError
from station.words import told_value, words

from . import teaching
from .board import names_of
from .clocks import when
from .render import page
from .site import Visit, whole
from .words import intent, told, trouble

SHOWN: Final = 200
"""Lessons on the page, of those that were decided."""

Act: TypeAlias = Callable[[Ledger, int, Visit], object]
"""Does something with a lesson."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A lesson as a supervisor reads it."""

    id: int
    """Its number."""
    text: str
    """What was heard."""
    others: tuple[str, ...]
    """What else was heard."""
    asked: str
    """What had been asked for; empty for words that opened a request."""
    understood: str
    """How it was understood."""
    corrected: str
    """How it should be."""
    who: str
    """Who corrected it, and when."""
    status: str
    """Where it stands: a word of `lessons.statuses`."""
    decided: str
    """Who decided."""
    approved: bool
    """A supervisor said yes."""
    alarm: bool
    """It would raise an alarm, and needs a second yes."""


def every(visit: Visit) -> Response:
    """What waits for a word, then what was decided."""
    return _list(visit)


def act(visit: Visit) -> Response:
    """Approve, reject or change the words of one."""
    id_, name = whole(visit.web.path_params["id"]), visit.web.path_params["act"]
    if id_ is None or name not in ACTS:
        raise UnknownRequest("no such lesson, or nothing called so is done with one")
    try:
        ACTS[name](visit.site.ledger, id_, visit)
    except LessonError as error:
        status = 404 if error.code == "unknown_lesson" else 400
        return _list(visit, status, trouble(error), wrong=True)
    return RedirectResponse(f"/lessons?did=lesson_{name}#lesson{id_}", 303)


ACTS: Final[Mapping[str, Act]] = {
    "approve": lambda ledger, id_, visit: lessons.approve(ledger, id_, by=visit.member.login),
    "reject": lambda ledger, id_, visit: lessons.reject(ledger, id_, by=visit.member.login),
    "edit": lambda ledger, id_, visit: lessons.edit(
        ledger, id_, visit.filled("text"), by=visit.member.login
    ),
}
"""By the last part of the address."""


def _list(visit: Visit, status: int = 200, said: str = "", *, wrong: bool = False) -> Response:
    store, applied = visit.site.ledger.store, visit.site.applied()
    open_ = lessons.lessons(store, "new")
    decided = lessons.lessons(store, "approved", "rejected", limit=SHOWN)
    halves = [each for each in decided if each.half]
    return page(
        visit,
        "lessons.html",
        status,
        said=said,
        wrong=wrong,
        waiting=[shown(each, visit, applied) for each in (*open_, *halves)],
        decided=[shown(each, visit, applied) for each in decided if not each.half],
        ready=sum(each.ready and each.uid not in applied for each in decided),
        **teaching.shown(visit),
    )


def shown(each: Lesson, visit: Visit, applied: frozenset[str]) -> Shown:
    """A lesson in words."""
    names = names_of(visit)
    status = "applied" if each.uid in applied else "half" if each.half else each.status
    return Shown(
        each.id,
        each.text,
        each.alternatives,
        words()["slots"].get(each.asked, each.asked),
        meaning(each.understood),
        meaning(each.corrected),
        f"{names.get(each.by, each.by)} {when(each.at, visit.now)}",
        told()["lessons"]["statuses"][status],
        names.get(each.decided_by, each.decided_by),
        each.status == "approved",
        each.intent == lessons.ALARM,
    )


def meaning(corrected: Mapping[str, Any]) -> str:
    """A service with its details."""
    names = words()["slots"]
    details = [f"{names.get(k, k)} {told_value(v)}" for k, v in corrected.get("slots", {}).items()]
    return "，".join([intent(str(corrected["intent"])), *details])
