"""The telephone line's other half: what goes on beside the calls that Linli talks in.

An exchange directs Asterisk, enters missed calls, and makes the calls that are
owed. Whatever breaks in it, callers are served on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Final, Self

import structlog

from ivr.conf import urgent_numbers
from ivr.events import CallMissed, SwitchEvent
from ivr.folders import Folders
from ivr.numbers import Numbers
from ivr.passwords import Passwords
from ivr.switch import Switch
from station import clock as station_clock
from station.ledger import Ledger
from station.settings import Settings
from voices.mouth import Mouth

from . import missed_calls
from .closing import Hears
from .limits import limits
from .office import Office
from .outbound import Caller
from .phone_sounds import say

log = structlog.get_logger(__name__)

EVERY_S: Final = 2.0
"""Seconds between two rounds; a missed call is entered at once."""

ALARM: Final = "alarm"
"""The sound told to those who are rung in an emergency."""


def make_switch(
    settings: Settings, passwords: Passwords, listener: Callable[[SwitchEvent], None]
) -> Switch:
    """The station's switch, not yet started."""
    line = limits()["line"]
    shortest, longest = line["number_digits"]
    numbers = Numbers.of(settings, (shortest, longest))
    folders = Folders(settings.phone.folder.absolute())
    return Switch(
        settings.phone.manager_port,
        passwords.manager,
        numbers,
        line,
        listener,
        urgent=urgent_numbers(settings, numbers),
        alert=folders.sounds / f"{ALARM}.wav",
        own=settings.phone.trunk.number or "",
    )


class Exchange:
    """`start` returns at once; `switch` is there from the beginning, connected or not.

    `mouth` speaks notices; `listener` is told everything the switch tells, on
    another thread; `hear` understands what is said in answer to a closing call.
    """

    def __init__(
        self,
        settings: Settings,
        ledger: Ledger,
        mouth: Mouth,
        listener: Callable[[SwitchEvent], None] = lambda _: None,
        *,
        clock: Callable[[], datetime] = station_clock.now,
        hear: Hears | None = None,
    ) -> None:
        self.folders = Folders(settings.phone.folder.absolute())
        self._settings, self._ledger, self._clock = settings, ledger, clock
        self._listener = listener
        self.switch = make_switch(settings, Passwords.read(self.folders.root), self._told)

        def render(says: Iterable[str], path: Path) -> None:
            say(says, mouth, path)

        self.caller = Caller(
            settings,
            ledger,
            self.switch,
            render=render,
            folders=self.folders,
            clock=self._clock,
        )
        self.office = Office(
            settings, ledger, self.switch, self.folders, render=render, clock=clock, hear=hear
        )
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="linli-exchange", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self.office.start()
        self.switch.start()
        self._thread.start()

    def stop(self) -> None:
        """End; calls go on without us."""
        self._stopping.set()
        self._news.set()
        self._thread.join(EVERY_S * 5)
        self.office.stop()
        self.switch.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _told(self, event: SwitchEvent) -> None:
        if isinstance(event, CallMissed):
            self._news.set()
        self.office.told(event)
        self._listener(event)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._news.clear()
            try:
                self.round()
            except Exception as error:
                # One broken round must not end the next ones: people wait to be called back.
                log.critical(
                    "exchange_broke", reason=f"{type(error).__name__}: {error}", exc_info=True
                )
            self._news.wait(EVERY_S)

    def round(self) -> None:
        """Enter missed calls and make owed ones."""
        missed_calls.take(self._settings, self._ledger, self.folders)
        self.caller.round()
