"""What several open pages read at the same moment is worked out once.

Twenty pages hear of the same change together; without this the twentieth would wait for
nineteen boards that look the same. What one of them gets holds at least everything that pages
have been told of; what happened since then they are told of next, and they ask again.
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
    holds: int
    at: float
    text: str


class Shared:
    """Texts by name; safe to share between threads."""

    def __init__(
        self,
        newest: Callable[[], int],
        told: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`newest` gives the ledger's newest change, `told` the newest that pages know of."""
        self._newest, self._told, self._clock = newest, told, clock
        self._kept: dict[str, _Kept] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def get(self, name: str, make: Callable[[], str]) -> str:
        """The text of this name, made anew when pages know of more or it is a second old.

        Who asks while it is being made waits for that.
        """
        with self._guard:
            if len(self._locks) >= MOST and name not in self._locks:
                self._locks.clear()
                self._kept.clear()
            lock = self._locks.setdefault(name, threading.Lock())
        told = self._told()
        with lock:
            kept = self._kept.get(name)
            if kept is None or kept.holds < told or self._clock() - kept.at >= FRESH_S:
                began, holds = self._clock(), self._newest()
                kept = _Kept(holds, began, make())
                self._kept[name] = kept
            return kept.text
