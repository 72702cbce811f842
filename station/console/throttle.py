"""The throttle: so many tries a minute from one address, whoever it is that is tried."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

MOST_KEYS: Final = 10_000
"""Addresses that are remembered; beyond that the oldest are forgotten."""


class Throttle:
    """Counts tries in memory; safe to share between threads."""

    def __init__(
        self, tries: int = 20, seconds: float = 60, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tries, self._seconds, self._clock = tries, seconds, clock
        self._seen: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def allows(self, key: str) -> bool:
        """Whether one more try is borne; it is counted."""
        now = self._clock()
        with self._lock:
            times = self._seen.pop(key, deque())
            while times and now - times[0] >= self._seconds:
                times.popleft()
            self._seen[key] = times
            if len(self._seen) > MOST_KEYS:
                del self._seen[next(iter(self._seen))]
            if len(times) >= self._tries:
                return False
            times.append(now)
            return True
