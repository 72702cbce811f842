"""Who is cut off by a power cut is called back: every call is in the ledger while it goes on.

A call belongs to one run of the exchange; when another one runs, nobody can be on the line
any more. They are rung within the limits of all calls that Linli makes; who rings again by
themselves is left in peace; whom Linli may not or cannot reach stands in the staff's list.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from ivr.events import CallCame, CallEnded, Connection, SwitchEvent
from ivr.folders import Folders
from ivr.numbers import digits, masked
from station import callbacks, going_calls, owed_calls
from station.callbacks import MissedCall
from station.going_calls import GoingCall
from station.ledger import Ledger
from station.owed_calls import OwedCall

from .clerk import Clerk
from .limits import limit
from .phone_sounds import words

log = structlog.get_logger(__name__)

EVERY_S: Final = 30.0
"""Seconds between two looks for calls whose end nobody saw."""
GRACE: Final = timedelta(seconds=30)
"""Whoever was cut off has so long to ring again by themselves."""
_UID: Final = "cut-off:"


class CutOff(Clerk):
    """Writes calls down while they go on, and finds those that a power cut ended."""

    def __init__(self, ledger: Ledger, folders: Folders, clock: Callable[[], datetime]) -> None:
        super().__init__("cut-off", every_s=EVERY_S)
        self._ledger, self._folders, self._clock = ledger, folders, clock
        self._up = False

    def wants(self, event: SwitchEvent) -> bool:
        """Calls that begin and end, and the exchange coming back."""
        return isinstance(event, CallCame | CallEnded | Connection)

    def happened(self, event: SwitchEvent) -> None:
        """A call has begun or ended, or the exchange is there again."""
        store = self._ledger.store
        match event:
            case CallCame(call=call, number=number, why=why):
                if why == "call":
                    self._rings_again(number)
                mine = GoingCall(call, digits(number), self._clock(), self._exchange())
                going_calls.begun(store, mine)
            case CallEnded(call=call):
                going_calls.ended(store, call)
            case Connection(up=up):
                self._up = up
                self.round()
            case _:
                pass

    def round(self) -> None:
        """Call those back whose exchange is gone; forget calls that are long over."""
        exchange = self._exchange()
        if not (self._up and exchange):
            return
        longest = timedelta(seconds=2 * limit("line.call_longest_s"))
        for call in going_calls.going(self._ledger.store):
            if call.exchange != exchange:
                self._call_back(call)
            elif self._clock() - call.at < longest:
                continue
            going_calls.ended(self._ledger.store, call.uid)

    def _exchange(self) -> str:
        """Which run of Asterisk this is; empty where none runs. No clock is asked."""
        try:
            found = (self._folders.run / "asterisk.ctl").stat()
        except OSError:
            return ""
        return f"{found.st_ino}-{found.st_mtime_ns}"

    def _call_back(self, call: GoingCall) -> None:
        store, now = self._ledger.store, self._clock()
        log.warning("call_was_cut_off", number=masked(call.phone))
        until = call.at + timedelta(hours=limit("office.cut_off_hours"))
        soon = timedelta(minutes=limit("console.missed_call_min"))
        if not call.phone or not now + GRACE < until:
            if call.phone:
                missed = MissedCall(call.uid, call.at, call.phone, "cut_off", now + soon)
                callbacks.enter(store, missed)
            return
        resident = self._ledger.resident_by_phone(call.phone)
        owed = OwedCall(
            f"{_UID}{call.uid}",
            "notice",
            call.phone,
            tuple(words()["notices"]["cut_off"]),
            now + GRACE,
            until,
            resident.id if resident else None,
        )
        owed_calls.owe(store, owed, now)

    def _rings_again(self, number: str) -> None:
        """They are on the line: what is owed them is settled."""
        for owed in owed_calls.owed(self._ledger.store):
            if owed.uid.startswith(_UID) and owed.phone == digits(number):
                owed_calls.settle(self._ledger.store, owed.uid, "rang_again", self._clock())
