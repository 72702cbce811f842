"""What a talk at the kiosk needs besides the conversation itself."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import structlog

from intents.types import Ask, Chose, Event, File, Heard

from .desk import LedgerDesk
from .session import Turn
from .stage import Station

log = structlog.get_logger(__name__)

SURE: Final = 0.5
"""Confidence from which a sentence said to the waiting screen is taken for a request."""

_NO_REQUEST: Final = frozenset({"out_of_scope", "yes", "no", "louder", "slower", "repeat"})


def meant_for_us(station: Station, text: str) -> bool:
    """Whether something said near the waiting screen is a request or a cry for help."""
    if station.engine.emergency(text):
        return True
    meant = station.engine.understand(text, station.clock())
    return meant.first.name not in _NO_REQUEST and not meant.unsure and meant.confidence >= SURE


def shown_of(event: Event, ask: Ask | None) -> str:
    """What was said in answer to this question, for the screen; empty where nothing was."""
    if isinstance(event, Heard):
        return event.text
    if isinstance(event, Chose) and ask is not None:
        return next((each.label for each in ask.choices if each.value == event.value), "")
    return ""


def all_of(turns: Iterable[Turn]) -> Turn:
    """Several turns of which only the last is spoken; nothing filed or raised is lost."""
    whole = Turn()
    for turn in turns:
        filed, alerts = (*whole.filed, *turn.filed), (*whole.alerts, *turn.alerts)
        whole = replace(turn, filed=filed, alerts=alerts)
    return whole


def staff_wanted(desk: LedgerDesk, turn: Turn) -> None:
    """Somebody wants a person: staff find it in the ledger before the elder hears of it."""
    told = any(filed.status in {"handed_over", "emergency"} for filed in turn.filed)
    if turn.connect is None or told or turn.alerts:
        return
    effect = File("operator", {"reason": turn.connect.reason}, "handed_over", priority="urgent")
    try:
        desk.write(effect, None)
    except Exception as error:  # noqa: BLE001 - the elder is told that somebody comes all the same
        log.critical("staff_not_told", reason=f"{type(error).__name__}: {error}")


def print_slip(station: Station, number: str) -> None:
    """Print the slip of a request, without waiting for the printer."""
    today = station.clock().date()

    def work() -> None:
        from .slip import give

        try:
            give(station.settings, station.ledger, number, None, today)
        except Exception as error:  # noqa: BLE001 - a printer without paper must stop nothing
            log.warning(
                "slip_not_printed", number=number, reason=f"{type(error).__name__}: {error}"
            )

    threading.Thread(target=work, name="printer", daemon=True).start()
