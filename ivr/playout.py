"""What waits to be played on a leg, cut into pieces that are sent ahead of the clock, but not far.

Asterisk silently drops what is more than 20 s ahead, and what is sent late is
heard as a gap. So sound goes out in pieces, at most `ahead` seconds before it is
heard; while nothing is to be said silence goes out, because a carrier hangs up on
a line without any sound. No I/O here: the leg asks what is due now.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Piece:
    """Sound to be sent now."""

    pcm: bytes
    """16-bit mono, whole frames."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Everything before this has been sent."""

    name: str
    """As given to `put`."""
    at: float
    """When it will have sounded, on the clock of `due`."""


Item: TypeAlias = Piece | Mark

WIDTH = 2
"""Bytes of a sample."""


class Playout:
    """The queue of one leg at `rate` samples a second.

    `piece` seconds are sent at a time, `ahead` seconds at most before they sound.
    Silence goes out in pieces of `idle` seconds and is hardly ever ahead, so that
    words never wait behind it.
    """

    def __init__(
        self,
        rate: int,
        *,
        piece: float = 0.5,
        ahead: float = 5.0,
        idle: float = 0.1,
        frame: float = 0.02,
    ) -> None:
        self._frame = WIDTH * round(frame * rate)
        self._piece = self._frame * max(1, round(piece / frame))
        self._quiet = bytes(self._frame * max(1, round(idle / frame)))
        self._ahead = ahead
        self._bytes_a_second = WIDTH * rate
        self._waiting: deque[bytes | str] = deque()
        self._rest = b""
        self._sounding_until = float("-inf")

    @property
    def empty(self) -> bool:
        """Whether everything has been sent, but for less than a frame."""
        return not self._waiting and len(self._rest) < self._frame

    def put(self, pcm: bytes, mark: str = "") -> None:
        """Add sound; with a mark it is filled up to whole frames first."""
        if pcm:
            self._waiting.append(pcm)
        if mark:
            self._waiting.append(mark)

    def flush(self) -> None:
        """Forget what waits and what was sent ahead."""
        self._waiting.clear()
        self._rest = b""
        self._sounding_until = float("-inf")

    def due(self, now: float) -> Item | None:
        """What is to be sent at `now`, one at a time; silence where there is nothing else."""
        self._sounding_until = max(self._sounding_until, now)
        if not self.empty:
            return self._next() if self._sounding_until - now < self._ahead else None
        return self._sent(self._quiet) if self._sounding_until <= now else None

    def wait(self, now: float) -> float:
        """Seconds until something is due again."""
        ahead = 0.0 if self.empty else self._ahead
        return max(0.0, self._sounding_until - ahead - now)

    def _next(self) -> Item | None:
        """A piece, or a mark once the sound before it is out."""
        while self._waiting and len(self._rest) < self._piece:
            first = self._waiting[0]
            if isinstance(first, str):
                if not self._rest:
                    self._waiting.popleft()
                    return Mark(first, self._sounding_until)
                self._rest += bytes(-len(self._rest) % self._frame)
                break
            self._rest += first
            self._waiting.popleft()
        size = min(self._piece, len(self._rest) // self._frame * self._frame)
        piece, self._rest = self._rest[:size], self._rest[size:]
        return self._sent(piece) if piece else None

    def _sent(self, pcm: bytes) -> Piece:
        self._sounding_until += len(pcm) / self._bytes_a_second
        return Piece(pcm)
