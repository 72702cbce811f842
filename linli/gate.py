"""Half duplex: while Linli speaks, and while its last words still ring, it hears nothing.

Sound comes back later than it was played: the card holds some, a cheap loudspeaker
on USB or HDMI up to a fifth of a second, and a bare room rings after that.
"""

from __future__ import annotations

import math
from typing import Final

TAIL_S: Final = 0.4
"""Seconds after the last sound was handed over; measured in `linli/bench/echo.py`."""


class Gate:
    """Times are seconds of any clock that only goes forward."""

    def __init__(self, tail: float = TAIL_S) -> None:
        self._tail = tail
        self._ended = -math.inf
        self._spoke = False

    def closed(self, now: float, *, speaking: bool) -> bool:
        """Whether what is heard now may be Linli itself."""
        if self._spoke and not speaking:
            self._ended = now
        self._spoke = speaking
        return speaking or now - self._ended < self._tail
