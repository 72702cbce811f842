"""Calls that we make: one number until it is answered, or many at once that are told an alarm."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import structlog

from .errors import PhoneError, SwitchError
from .manager import Manager
from .numbers import Numbers, digits, masked

log = structlog.get_logger(__name__)

Outcome: TypeAlias = Literal["answered", "no_answer", "refused", "failed"]
"""What became of a call we made.

`refused`: the number may not be rung; `failed`: it is busy, not logged in, or
the carrier could not, which Asterisk does not tell apart.
"""

_NO_ANSWER: Final = "3"
"""How Asterisk says that it only rang."""


class Ringer:
    """Rings through a manager; every method may be called on any thread.

    `limits` is the group `line` of the numbers that bind; `own` is the number shown.
    """

    def __init__(
        self, manager: Manager, numbers: Numbers, limits: Mapping[str, Any], own: str = ""
    ) -> None:
        self._manager, self._numbers, self._limits = manager, numbers, limits
        self._shown = {"CallerID": f"<{digits(own)}>"} if digits(own) else {}
        self._lock = threading.Lock()
        self._ringing: dict[str, _Ringing] = {}

    def ring(
        self,
        number: str,
        *,
        notice: Path | None = None,
        task: str = "",
        context: str = "linli-out",
        variables: Mapping[str, str] | None = None,
        call_id: str = "",
    ) -> Outcome:
        """Ring a number and wait until it is answered or not (at most `line.ring_s`).

        Who answers hears `notice` (a sound file, its ending left out) and then
        talks with Linli. `call_id` names the call from its first ring on. Raises SwitchError
        when Asterisk cannot be told.
        """
        way = self._way(number)
        if not way:
            return "refused"
        ours, ringing = call_id or uuid.uuid4().hex, _Ringing()
        own = {"__LINLI_CALLER": digits(number), **_told(number, task, notice)}
        with self._lock:
            self._ringing[ours] = ringing
        begun = time.monotonic()
        try:
            keys = {**self._keys(way, context), "ChannelId": ours}
            self._manager.ask("Originate", keys, {**own, **(variables or {})}, action_id=ours)
            ringing.done.wait(float(self._limits["ring_s"]) + float(self._limits["answer_wait_s"]))
        finally:
            with self._lock:
                self._ringing.pop(ours, None)
        took = round(time.monotonic() - begun, 1)
        log.info("number_rung", number=masked(number), outcome=ringing.outcome, seconds=took)
        return ringing.outcome

    def alert(self, numbers: Iterable[str], notice: Path, *, task: str) -> int:
        """Ring all these at once, each told `notice` until 1 is pressed; how many are being rung.

        Returns at once and never raises; `AlertHeard` tells who has heard it.
        """
        rung = 0
        for number in numbers:
            way = self._way(number)
            if not way:
                continue
            try:
                keys = self._keys(way, "linli-alert")
                self._manager.ask("Originate", keys, _told(number, task, notice))
            except SwitchError as error:
                log.critical("alert_not_rung", number=masked(number), reason=str(error))
            else:
                rung += 1
        return rung

    def from_desk(self, desk: str, number: str, *, task: str = "") -> Outcome:
        """A member of staff calls somebody: their telephone rings first. Raises SwitchError."""
        way = self._way(number)
        if not way:
            return "refused"
        variables = {"LINLI_DIAL": way, "LINLI_NUMBER": digits(number)}
        return self.ring(desk, task=task, context="linli-desk-calls", variables=variables)

    def heard(self, keys: Mapping[str, str]) -> None:
        """Asterisk tells what became of a call: its event `OriginateResponse`."""
        with self._lock:
            ringing = self._ringing.get(str(keys.get("ActionID", "")))
        if ringing is not None:
            if str(keys.get("Response", "")).lower() == "success":
                ringing.outcome = "answered"
            elif str(keys.get("Reason", "")) == _NO_ANSWER:
                ringing.outcome = "no_answer"
            ringing.done.set()

    def lost(self) -> None:
        """The connection is lost: nobody will tell what becomes of the calls that ring."""
        with self._lock:
            waiting = list(self._ringing.values())
        for ringing in waiting:
            ringing.done.set()

    def _way(self, number: str) -> str:
        """The channel that leads to a number; empty where it may not be rung."""
        try:
            return self._numbers.channel(number)
        except PhoneError as error:
            log.warning("number_not_rung", reason=str(error))
            return ""

    def _keys(self, way: str, context: str) -> dict[str, str]:
        return {
            "Channel": way,
            "Context": context,
            "Exten": "s",
            "Priority": "1",
            "Timeout": str(int(float(self._limits["ring_s"]) * 1000)),
            "Async": "true",
            **self._shown,
        }


class _Ringing:
    """A call of ours that rings."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.outcome: Outcome = "failed"


def _told(number: str, task: str, notice: Path | None) -> dict[str, str]:
    """What the dialplan knows of a call of ours."""
    return {
        "LINLI_NUMBER": digits(number),
        "LINLI_TASK": task,
        "LINLI_NOTICE": str(notice.with_suffix("")) if notice else "",
    }
