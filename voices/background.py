"""Renders speech on a thread of its own, most urgent first, so that nobody waits for it."""

from __future__ import annotations

import heapq
import itertools
import os
import threading
import time
from collections import OrderedDict
from enum import IntEnum

import structlog

from .cache import SpeechCache
from .types import Pcm, Speaker

log = structlog.get_logger(__name__)

_KEPT_IN_MEMORY = 64
_MOST_WAITING = 60
_NICENESS = 10

REST = 20.0
"""Seconds without a request before what is needed only `SOMETIME` is begun: a
rendering cannot be interrupted, and the next turn must not wait for it."""


class Urgency(IntEnum):
    """How soon a text is needed; lower is sooner."""

    NOW = 0
    """It is being spoken and waits for this."""
    SOON = 1
    """It is likely to be spoken in this conversation."""
    SOMETIME = 2
    """It was composed; next time it should be whole."""


class Background:
    """Renders what is asked for with `speaker`; results stay in memory and in `cache`.

    The thread starts with the first request, runs at low priority (listening
    goes first) and ends with the program or with `close`.
    """

    def __init__(
        self, speaker: Speaker, cache: SpeechCache | None = None, *, rest: float = REST
    ) -> None:
        self._speaker = speaker
        self._cache = cache
        self._rest = rest
        self._last_asked = 0.0
        self._ready: OrderedDict[str, Pcm] = OrderedDict()
        self._failed: set[str] = set()
        self._waiting: list[tuple[Urgency, int, str]] = []
        self._asked: dict[str, Urgency] = {}
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    def want(self, text: str, urgency: Urgency) -> None:
        """Ask for a text; asking again can only make it more urgent. Never blocks for long."""
        with self._changed:
            asked = self._asked.get(text)
            if self._closed or text in self._ready or (asked is not None and asked <= urgency):
                return
            if urgency == Urgency.SOMETIME and len(self._waiting) >= _MOST_WAITING:
                return
            self._failed.discard(text)
            self._asked[text] = urgency
            self._last_asked = time.monotonic()
            heapq.heappush(self._waiting, (urgency, next(self._order), text))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="speech", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def get(self, text: str) -> Pcm | None:
        """What is ready now, mono at 24 kHz; looks on the disk too."""
        with self._changed:
            pcm = self._ready.get(text)
        if pcm is None and self._cache is not None:
            pcm = self._cache.get(text)
        return pcm

    def wait(self, text: str, seconds: float) -> Pcm | None:
        """What is ready within `seconds`; None when it is not, or could not be rendered."""
        with self._changed:
            self._changed.wait_for(
                lambda: text in self._ready or text in self._failed or self._closed, seconds
            )
            return self._ready.get(text)

    def idle(self, seconds: float) -> bool:
        """Wait until nothing is left to render, without rest; False when that takes longer."""
        with self._changed:
            rest, self._rest = self._rest, 0.0
            self._changed.notify_all()
            done = self._changed.wait_for(lambda: not self._asked, seconds)
            self._rest = rest
            return done

    def close(self) -> None:
        """Stop after the text being rendered; what waits is forgotten."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._asked.clear()
            self._changed.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _next(self) -> str | None:
        with self._changed:
            while not self._closed:
                if not self._waiting:
                    self._changed.wait()
                    continue
                urgency, _, text = self._waiting[0]
                rest = self._last_asked + self._rest - time.monotonic()
                if urgency == Urgency.SOMETIME and rest > 0:
                    self._changed.wait(rest)
                    continue
                heapq.heappop(self._waiting)
                if self._asked.get(text) == urgency:
                    return text
            return None

    def _work(self) -> None:
        try:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
        except (AttributeError, OSError):
            log.info("speech_thread_not_niced")
        while (text := self._next()) is not None:
            pcm = self._rendered(text)
            with self._changed:
                self._asked.pop(text, None)
                if pcm is None:
                    self._failed.add(text)
                else:
                    self._ready[text] = pcm
                    while len(self._ready) > _KEPT_IN_MEMORY:
                        self._ready.popitem(last=False)
                self._changed.notify_all()
            if pcm is not None and self._cache is not None:
                self._cache.keep(text, pcm)

    def _rendered(self, text: str) -> Pcm | None:
        try:
            return self._speaker.say(text, rate=24_000).pcm
        except Exception as error:  # noqa: BLE001 - one bad text must not end the mouth
            log.warning("speech_not_rendered", text=text, reason=f"{type(error).__name__}: {error}")
            return None
