"""A clerk: one thread beside the calls that looks after one kind of the office's work.

It looks round every so often, is handed what the exchange tells, and goes on whatever
breaks: somebody waits for what it does.
"""

from __future__ import annotations

import queue
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial

import structlog

from ivr.events import SwitchEvent
from station.errors import LedgerError

log = structlog.get_logger(__name__)


class Clerk(ABC):
    """`start` returns at once; `told` may be called on any thread and never waits."""

    def __init__(self, name: str, *, every_s: float) -> None:
        self._name, self._every_s = name, every_s
        self._news: queue.SimpleQueue[SwitchEvent | None] = queue.SimpleQueue()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=f"linli-{name}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; calls go on without us."""
        self._stopping = True
        self._news.put(None)
        self._thread.join(5)

    def told(self, event: SwitchEvent) -> None:
        """What the switch tells."""
        if self.wants(event):
            self._news.put(event)

    def _run(self) -> None:
        self.safely(self.begin)
        due = time.monotonic() + self._every_s
        while not self._stopping:
            if (event := self._next(due)) is not None:
                self.safely(partial(self.happened, event))
            if time.monotonic() >= due and not self._stopping:
                self.safely(self.round)
                due = time.monotonic() + self._every_s

    def _next(self, due: float) -> SwitchEvent | None:
        """What was told next; None when it is time to look round, or to stop."""
        try:
            return self._news.get(timeout=max(0.0, due - time.monotonic()))
        except queue.Empty:
            return None

    def safely(self, work: Callable[[], object]) -> None:
        """Do something; what breaks is told, and tried again in the next round."""
        try:
            work()
        except LedgerError as error:
            log.critical("clerk_waits", clerk=self._name, code=error.code)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            log.critical("clerk_interrupted", clerk=self._name, reason=reason, exc_info=True)

    @abstractmethod
    def wants(self, event: SwitchEvent) -> bool:
        """Whether an event is this clerk's business; on the switch's thread."""

    def begin(self) -> None:  # noqa: B027 - most have nothing to do
        """Once, before the first round: what a death left behind."""

    @abstractmethod
    def round(self) -> None:
        """Look round."""

    @abstractmethod
    def happened(self, event: SwitchEvent) -> None:
        """Something it wanted to know of."""
