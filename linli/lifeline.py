"""The last way to a person: where nothing else works, the red button still writes into the ledger.

It opens a ledger of its own, on a thread of its own, so that neither a worker that is stuck
nor a connection that is broken stands in the way; what the ledger cannot take waits in
the spool, but then nobody is promised.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable

import structlog

from kiosk.turned import CallOut, Command
from station.requests import FiledRequest
from station.settings import Settings

from .screen_news import News
from .wiring import open_ledger

log = structlog.get_logger(__name__)


class Lifeline:
    """Carries `CallOut` out, and tells the presenter whether it came through."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self.level = 0.0
        """Nobody listens."""

    def do(self, command: Command) -> None:
        """Call somebody; anything else is nothing that can be done. Returns at once."""
        if isinstance(command, CallOut):
            threading.Thread(
                target=self._call, args=(command,), name="lifeline", daemon=True
            ).start()

    def told(self) -> Iterable[News]:
        """What has happened since; returns at once."""
        while not self._news.empty():
            yield self._news.get()

    def _call(self, command: CallOut) -> None:
        try:
            filed = call_out(self._settings, command)
        except Exception as error:  # noqa: BLE001 - the screen must say so whatever it was
            log.critical("lifeline_broken", reason=f"{type(error).__name__}: {error}")
            self._news.put(lambda p, now: p.called_out(now, came=False))
        else:
            log.critical("called_past_a_broken_kiosk", what=command.what, number=filed)
            self._news.put(lambda p, now: p.called_out(now, came=True))


def call_out(settings: Settings, command: CallOut) -> str:
    """Write it down, durably; gives the number. Raises LedgerError, OSError."""
    if command.what == "emergency":
        filed = FiledRequest("emergency", {"kind": "other"}, kind="emergency", priority="emergency")
    else:
        filed = FiledRequest(
            "operator", {"reason": "broken"}, kind="handed_over", priority="urgent"
        )
    with open_ledger(settings) as ledger:
        return ledger.file(filed).number
