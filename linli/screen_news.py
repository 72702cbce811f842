"""What the kiosk's worker tells its screen; a worker that is stuck is news too."""

from __future__ import annotations

import math
import queue
import time
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

import structlog

from kiosk.presenter import Presenter
from kiosk.turned import Command, Trouble

log = structlog.get_logger(__name__)

News: TypeAlias = Callable[[Presenter, float], list[Command] | None]
"""Something to tell the presenter: called by the screen's thread with its time."""

STUCK: Final = 30.0
"""Seconds without a round of the worker after which it is taken for stuck."""


class ScreenNews:
    """The worker's thread tells, the screen's thread asks."""

    def __init__(self) -> None:
        self._news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._beat, self._stuck = math.inf, False

    def tell(self, news: News) -> None:
        """Something has happened."""
        self._news.put(news)

    def trouble(self, what: Trouble, *, there: bool) -> None:
        """Something is broken (see `Presenter.trouble`), or no longer."""
        self.tell(lambda p, now: p.trouble(what, now, there=there))

    def at_work(self) -> None:
        """The worker begins a round: until the next one it may be stuck."""
        self._beat = time.monotonic()

    def at_rest(self) -> None:
        """There will be no round for a while."""
        self._beat = math.inf

    def told(self) -> Iterator[News]:
        """What has happened since; returns at once."""
        while True:
            try:
                yield self._news.get_nowait()
            except queue.Empty:
                break
        stuck = time.monotonic() - self._beat > STUCK
        if stuck != self._stuck:
            self._stuck = stuck
            (log.critical if stuck else log.warning)("kiosk_stuck", stuck=stuck)
            yield lambda p, now: p.trouble("broken", now, there=stuck)
