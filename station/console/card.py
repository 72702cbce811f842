"""One request: what was said, what was understood, what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pypinyin import Style, lazy_pinyin
from starlette.responses import Response

from station import alarm_calls, handling
from station.dispatch_words import words as dispatch_words
from station.requests import Request
from station.utterances import Utterance
from station.words import words

from . import desks, dispatch, merge
from .board import names_of
from .clocks import clock, due, when
from .mask import masked
from .render import page
from .site import Visit
from .slots import fields
from .story import label
from .words import intent, told

_SURE, _FAIRLY = 0.8, 0.5


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the elder, with what the machine answered."""

    n: int
    """Running number."""
    kind: str
    """What came in, in words."""
    text: str
    """What was heard."""
    pinyin: str
    """How it sounds."""
    others: tuple[str, ...]
    """What it may have been instead."""
    percent: int | None
    """How sure the recogniser was; None where nothing was recognised."""
    sure: str
    """The same in words."""
    guard: str
    """Why it was not taken for said."""
    asked: str
    """The slot that had been asked for."""
    said: tuple[str, ...]
    """What the machine answered."""
    audio: bool
    """A recording can be played."""


def request_page(visit: Visit) -> Response:
    """The page of a request."""
    return shown(visit, visit.site.ledger.request(visit.web.path_params["number"]))


def reveal(visit: Visit) -> Response:
    """The same page with numbers in full; the audit knows who wanted to see them."""
    request = visit.site.ledger.request(visit.web.path_params["number"])
    visit.note("phone.revealed", f"request {request.number}")
    return shown(visit, request, revealed=True)


def shown(
    visit: Visit,
    request: Request,
    *,
    revealed: bool = False,
    status: int = 200,
    said: str = "",
    wrong: bool = False,
) -> Response:
    """A request's page as it stands now; `wrong`: what is said above it is a trouble."""
    last = handling.undoable(visit.site.ledger, request.number, visit.site.undo)
    return page(
        visit,
        "request.html",
        status,
        said=said,
        wrong=wrong,
        request=request,
        revealed=revealed,
        hide=(lambda text: text) if revealed else masked,
        what=intent(request.intent),
        fields=fields(request.intent, request.slots, hidden=not revealed),
        clock=clock(due(request, visit.site.limits), visit.now),
        seconds=_seconds(request),
        ring=desks.of_request(visit, request),
        alarm_calls=alarm_calls.of_request(visit.site.ledger.store, request.id),
        turns=_turns(visit, request),
        lines=merge.story(visit, request),
        merging=merge.card(visit, request),
        names=names_of(visit),
        undo=last and label(last),
        when=lambda moment: when(moment, visit.now),
        may=visit.member.role != "auditor",
        dispatch=dispatch.card(visit, request),
        dispatch_words=dispatch_words(),
        **_resident(visit, request),
        people=[each.name for each in visit.site.accounts.members() if each.active],
    )


def _seconds(request: Request) -> int | None:
    """How long an alarm had to wait."""
    if request.acknowledged is None:
        return None
    return max(0, round((request.acknowledged - request.created).total_seconds()))


def _resident(visit: Visit, request: Request) -> Mapping[str, Any]:
    if request.resident is None:
        return {"resident": None, "others": []}
    others = visit.site.ledger.open_requests(request.resident)
    return {
        "resident": visit.site.ledger.resident(request.resident),
        "others": [
            (each.number, intent(each.intent)) for each in others if each.number != request.number
        ],
    }


def _turns(visit: Visit, request: Request) -> list[Turn]:
    if request.conversation is None:
        return []
    folder = visit.site.recordings.folder
    return [
        _turn(each, audio=bool(each.audio) and (folder / str(each.audio)).is_file())
        for each in visit.site.ledger.utterances(request.conversation)
    ]


def _turn(utterance: Utterance, *, audio: bool) -> Turn:
    heard = utterance.kind == "heard" and bool(utterance.text)
    others = [each for each in utterance.alternatives if each != utterance.text]
    return Turn(
        utterance.n,
        told()["kinds_of_turn"][utterance.kind],
        utterance.text,
        " ".join(lazy_pinyin(masked(utterance.text), style=Style.TONE)) if heard else "",
        tuple(dict.fromkeys(others)),
        round(utterance.confidence * 100) if heard else None,
        _sure(utterance.confidence) if heard else "",
        utterance.guard,
        words()["slots"].get(utterance.asked, utterance.asked),
        utterance.said,
        audio,
    )


def _sure(confidence: float) -> str:
    level = "high" if confidence >= _SURE else "middle" if confidence >= _FAIRLY else "low"
    return str(told()["sure"][level])
