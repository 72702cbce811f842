"""What several open pages read at the same moment is worked out once.

Twenty pages hear of the same change together; without this the twentieth would wait for
nineteen boards that look the same.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

FRESH_S: Final = 1.0
"""Names and clocks are no older than this."""
MOST: Final = 100
"""Different boards that are remembered."""


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: int
    at: float
    text: str


class Shared:
    """Texts by name; safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def get(self, name: str, stamp: int, make: Callable[[], str]) -> str:
        """The text of this name, made anew when the stamp is another or it is a second old.

        Who asks while it is being made waits for that.
        """
        with self._guard:
            if len(self._locks) >= MOST and name not in self._locks:
                self._locks.clear()
                self._kept.clear()
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            kept = self._kept.get(name)
            if kept is None or kept.stamp != stamp or self._clock() - kept.at >= FRESH_S:
                began = self._clock()
                kept = _Kept(stamp, began, make())
                self._kept[name] = kept
            return kept.text
