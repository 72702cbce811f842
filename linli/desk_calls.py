"""Calls from a desk: what staff ask for on the console is rung by the line.

The wish lies in the ledger (`station.desk_calls`); here it is taken up within a quarter of a
second, carried out, and what became of it is written where the console reads it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

from ivr.errors import SwitchError
from ivr.events import SwitchEvent
from ivr.office_events import DeskCallEnded, DeskRings, DeskThrough
from ivr.ringer import Outcome
from ivr.switch import Switch
from station import desk_calls
from station.desk_calls import DeskCall
from station.ledger import Ledger

from .clerk import Clerk
from .phone_sounds import words

log = structlog.get_logger(__name__)

EVERY_S: Final = 0.25
"""Seconds between two looks at what is wanted."""
_TASK: Final = "desk-"

_OF_DESK: Final[dict[Outcome, str]] = {
    "no_answer": "desk_no_answer",
    "failed": "desk_failed",
    "refused": "refused",
}
_OF_STATUS: Final = {
    "ANSWER": "talked",
    "NOANSWER": "no_answer",
    "BUSY": "busy",
    "CANCEL": "given_up",
}
"""What became of it, by Asterisk's word; anything else is `failed`."""


class DeskCaller(Clerk):
    """Takes up wishes and carries them out."""

    def __init__(self, ledger: Ledger, switch: Switch, clock: Callable[[], datetime]) -> None:
        super().__init__("desks", every_s=EVERY_S)
        self._ledger, self._switch, self._clock = ledger, switch, clock

    def wants(self, event: SwitchEvent) -> bool:
        """What is told of calls from desks."""
        return isinstance(event, DeskRings | DeskThrough | DeskCallEnded)

    def begin(self) -> None:
        """What was going on when the line died is over."""
        desk_calls.abandon(self._ledger.store, self._clock())

    def round(self) -> None:
        """Ring what is wanted now."""
        for call in desk_calls.take(self._ledger.store, self._clock()):
            threading.Thread(target=self._ring, args=(call,), name="desk", daemon=True).start()

    def _ring(self, call: DeskCall) -> None:
        """The desk first; on a thread of its own."""
        try:
            outcome = self._switch.ringer.from_desk(call.desk, call.phone, task=f"{_TASK}{call.id}")
        except SwitchError as error:
            log.warning("desk_not_rung", reason=str(error))
            self.safely(lambda: self._over(call.id, "no_exchange"))
            return
        if outcome != "answered":
            self.safely(lambda: self._over(call.id, _OF_DESK[outcome]))

    def happened(self, event: SwitchEvent) -> None:
        """How far a call is."""
        store, now = self._ledger.store, self._clock()
        match event:
            case DeskRings(task):
                desk_calls.goes_on(store, _row(task), "ringing", now)
            case DeskThrough(task):
                desk_calls.goes_on(store, _row(task), "talking", now)
            case DeskCallEnded(task, _, status, seconds):
                self._over(_row(task), _OF_STATUS.get(status, "failed"), seconds)

    def _over(self, row: int, outcome: str, seconds: int = 0) -> None:
        """Write down what became of it, also in the story of the request it was about."""
        call = desk_calls.end(self._ledger.store, row, outcome, self._clock(), seconds=seconds)
        if call is None:
            return
        log.info("desk_call", outcome=outcome, seconds=seconds)
        if call.request is None:
            return
        number = self._ledger.store.first(
            "SELECT number FROM requests WHERE id = ?", (call.request,), what="read the request"
        )
        if number:
            said = words()["desk"][outcome].format(minutes=seconds // 60, seconds=seconds % 60)
            self._ledger.remark(number["number"], said, by=call.by)


def _row(task: str) -> int:
    number = task.removeprefix(_TASK)
    return int(number) if number.isdecimal() else 0
