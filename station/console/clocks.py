"""Clocks: until when somebody has to answer, and how a moment is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from station.deadlines import answer_minutes
from station.requests import Request

from .words import told


@dataclass(frozen=True, slots=True)
class Clock:
    """How long is left."""

    due: int
    """Until when, milliseconds since 1970."""
    late: bool
    """The time is over."""
    text: str
    """`还剩 3 分`, as of now."""


def due(request: Request, limits: Mapping[str, Any]) -> datetime | None:
    """Until when a new request has to be answered; None once it was."""
    if request.status != "new":
        return None
    minutes = answer_minutes(request.intent, request.priority, limits)
    return request.created + timedelta(minutes=minutes)


def clock(until: datetime | None, now: datetime) -> Clock | None:
    """A moment as a clock that runs."""
    if until is None:
        return None
    seconds = (until - now).total_seconds()
    late = seconds < 0
    words = told()["clock"]["over" if late else "left"]
    # Whole minutes that are really left, and at least one that is over.
    minutes = int(-seconds // 60) + 1 if late else int(seconds // 60)
    return Clock(int(until.timestamp() * 1000), late, words.format(n=minutes))


def when(moment: datetime, now: datetime) -> str:
    """A moment as staff read it: the time alone today, else with its day."""
    if moment.date() == now.date():
        return f"{moment:%H:%M}"
    return f"{moment:%m-%d %H:%M}" if moment.year == now.year else f"{moment:%Y-%m-%d %H:%M}"
