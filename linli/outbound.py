"""Calls that Linli makes: owed ones are rung, told, and what could not be told goes to staff.

What to ring and when is planned in `ivr.outbound`; here it is done. A call
that is being made when the machine dies is still owed afterwards.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, time
from pathlib import Path
from time import time as unix_time
from typing import Any, Final

import structlog

from ivr.errors import PhoneError, SwitchError
from ivr.folders import Folders
from ivr.numbers import masked
from ivr.outbound import Policy, after, due, overdue, safety_calls
from ivr.ringer import Outcome
from ivr.switch import Switch
from station import owed_calls, residents
from station.clock import BEIJING
from station.errors import LedgerError
from station.ledger import Ledger
from station.owed_calls import OwedCall
from station.requests import FiledRequest
from station.settings import Settings

from .closing import said_file
from .limits import limits
from .notices import Notices
from .phone_sounds import words

log = structlog.get_logger(__name__)

Render = Callable[[tuple[str, ...], Path], None]
"""Speaks sentences into a sound file (path without its ending)."""

STAFF: Final = "linli"
NOTICE_KEPT_S: Final = 900.0
"""Seconds after which a notice has been heard, or never will be."""


class Caller:
    """Makes the calls that are due; `round` is called every few seconds and never raises."""

    def __init__(
        self,
        settings: Settings,
        ledger: Ledger,
        switch: Switch,
        *,
        render: Render,
        folders: Folders,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings, self._ledger, self._switch = settings, ledger, switch
        self._render, self._folders, self._clock = render, folders, clock
        self._notices = folders.notices
        self._changes = Notices(settings, ledger, clock)
        self._policy = Policy.of(settings.phone, limits()["line"])
        self._ringing: dict[str, threading.Thread] = {}
        self._lock = threading.Lock()

    @property
    def busy(self) -> frozenset[str]:
        """Numbers that are being rung."""
        with self._lock:
            self._ringing = {n: each for n, each in self._ringing.items() if each.is_alive()}
            return frozenset(self._ringing)

    def round(self) -> None:
        """Owe the day's calls, hand over what is too late, ring what is due."""
        try:
            self._round(self._clock())
        except LedgerError as error:
            log.critical("calls_not_made", code=error.code, reason=str(error))

    def _round(self, now: datetime) -> None:
        store = self._ledger.store
        self._forget_notices()
        self._changes.round()
        alone = residents.living_alone(store)
        says = tuple(words()["notices"]["safety"])
        for call in safety_calls(alone, self._settings.phone, now, says):
            owed_calls.owe(store, call, now)
        owed = owed_calls.owed(store)
        for call in overdue(owed, now, self.busy):
            self._to_staff(call, now)
        if not self._switch.connected:
            return
        midnight = datetime.combine(now.astimezone(BEIJING).date(), time(), BEIJING)
        rung = owed_calls.rung_since(store, midnight)
        for call in due(owed, now, self._policy, rung, self.busy):
            self._begin(call)

    def _begin(self, call: OwedCall) -> None:
        thread = threading.Thread(target=self._make, args=(call,), name="outbound", daemon=True)
        with self._lock:
            self._ringing[call.phone] = thread
        thread.start()

    def _make(self, call: OwedCall) -> None:
        """Ring one; on a thread of its own."""
        try:
            notice = self._notices / f"owed-{call.id}"
            self._render(call.says, notice)
            outcome = self._switch.ringer.ring(
                call.phone,
                notice=notice,
                task=f"owed-{call.id}",
                context="linli-closing" if call.kind == "closing" else "linli-out",
                variables=self._variables(call),
            )
        except SwitchError as error:
            log.warning("call_not_made", number=masked(call.phone), reason=str(error))
            return  # Asterisk was not there: no try
        except (PhoneError, OSError) as error:
            log.critical("notice_not_spoken", reason=f"{type(error).__name__}: {error}")
            return
        self._made(call, outcome)

    def _variables(self, call: OwedCall) -> dict[str, str]:
        if call.kind == "closing":
            return {"LINLI_SAID": str(said_file(self._folders, call.id))}
        # A notice ends with it; whoever lives alone is not left without a person.
        return {"LINLI_ELSE": "end" if call.kind == "notice" else "operator"}

    def _made(self, call: OwedCall, outcome: Outcome) -> None:
        now = self._clock()
        verdict = after(call, outcome, self._policy)
        try:
            if verdict == "staff" and call.kind != "closing":
                self._file(call, call.tries + 1)
            owed_calls.tried(self._ledger.store, call, outcome, now, settled=verdict != "later")
        except LedgerError as error:
            log.critical("call_not_noted", code=error.code, reason=str(error))
        log.info("owed_call", kind=call.kind, number=masked(call.phone), outcome=outcome)

    def _forget_notices(self) -> None:
        """Delete notices nobody is listening to any more; one that was just answered still is."""
        before = unix_time() - NOTICE_KEPT_S
        for path in self._notices.glob("owed-*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()

    def _to_staff(self, call: OwedCall, now: datetime) -> None:
        if call.kind != "closing":  # how it was done is asked, not owed to anybody
            self._file(call, call.tries)
        owed_calls.settle(self._ledger.store, call.uid, "too_late", now)

    def _file(self, call: OwedCall, tries: int) -> None:
        """A task for staff; its identity is the call's, so that it is filed once."""
        tasks: dict[str, Any] = words()["tasks"]
        safety = call.kind == "safety"
        note = tasks["safety" if safety else "untold"].format(tries=tries, says="".join(call.says))
        self._ledger.file(
            FiledRequest(
                intent="companionship",
                channel="phone",
                resident=call.resident,
                phone=call.phone,
                kind="handed_over",
                priority="urgent" if safety else "ordinary",
                note=note,
                by=STAFF,
                uid=f"owed:{call.uid}",
            )
        )
