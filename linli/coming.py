"""A worker that is on its way: the first screen waits for nothing, and nothing asked is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final

from kiosk.turned import CallOut, Command

if TYPE_CHECKING:
    from .attendant import Attendant
    from .lifeline import Lifeline
    from .screen_news import News

AGAIN: Final = 5.0
"""Seconds before a worker that could not even be made is tried again."""


class Coming:
    """What it is asked meanwhile, the worker does when it is there.

    `make` is called on a thread of its own; `lifeline` calls a person whatever
    becomes of the worker.
    """

    def __init__(
        self, make: Callable[[], Attendant], lifeline: Callable[[], Lifeline] | None = None
    ) -> None:
        self._make, self._make_lifeline = make, lifeline
        self._lifeline: Lifeline | None = None
        self._there: Attendant | None = None
        self._waiting: list[Command] = []
        self._failed: bool | None = None
        self._told = False
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._come, name="coming")

    @property
    def level(self) -> float:
        """How loud it is, once somebody listens."""
        return self._there.level if self._there else 0.0

    def do(self, command: Command) -> None:
        """Have something done, now or soon; returns at once."""
        if isinstance(command, CallOut):
            if self._make_lifeline is not None:
                self._lifeline = self._lifeline or self._make_lifeline()
                self._lifeline.do(command)
            return
        with self._lock:
            if self._there is None:
                self._waiting.append(command)
            else:
                self._there.do(command)

    def told(self) -> Iterator[News]:
        """News that have come."""
        failed = self._failed
        if failed is not None and failed != self._told:
            self._told = failed
            yield lambda p, now: p.trouble("broken", now, there=failed)
        sources: Iterable[Lifeline | Attendant | None] = (self._lifeline, self._there)
        for source in sources:
            if source is not None:
                yield from source.told()

    def start(self) -> None:
        """Begin to come."""
        self._thread.start()

    def close(self) -> None:
        """Go away again."""
        self._stop.set()
        self._thread.join()
        if self._there is not None:
            self._there.close()

    def _come(self) -> None:
        while not self._stop.is_set():
            try:
                attendant = self._make()
            except Exception as error:  # noqa: BLE001 - the screen tells, and it is tried again
                from structlog import get_logger

                reason = f"{type(error).__name__}: {error}"
                get_logger(__name__).critical("no_worker", reason=reason, exc_info=True)
                self._failed = True
                self._stop.wait(AGAIN)
                continue
            attendant.start()
            with self._lock:
                for command in self._waiting:
                    attendant.do(command)
                self._there = attendant
            self._failed = False
            return
