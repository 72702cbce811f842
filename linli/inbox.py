"""What a call's thread has still to look at; the event loop puts in and never waits.

Sound is joined while it waits. A call that does not keep up loses its oldest
sound, never a key and never the end.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

MOST: Final = 20 * 32_000
"""Bytes of sound that may wait: 20 s of the widest."""
WAIT_S: Final = 0.1
"""Seconds to wait for sound before looking at the clock again."""
IDLE_S: Final = 0.2
"""Seconds of sound that are worth waking up for while nobody speaks at all."""


@dataclass(frozen=True, slots=True)
class Sounds:
    """The caller's sound since the last thing."""

    pcm: bytes
    """16-bit mono."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key was pressed."""

    key: str
    """One of 0–9 * #."""
    at: float
    """When, on the inbox's clock."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The caller has hung up."""


Thing: TypeAlias = Sounds | Key | Gone


class Inbox:
    """One thread puts, another gets."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._things: deque[bytes | Key | Gone] = deque()
        self._size = 0
        self._batch = 0
        self._urgent = False
        self._sound_at = clock()
        self._changed = threading.Condition()
        self.lost = 0
        """Bytes of sound that were dropped."""

    def sound(self, pcm: bytes) -> None:
        """Add sound."""
        with self._changed:
            self._things.append(pcm)
            self._sound_at = self._clock()
            self._size += len(pcm)
            while self._size > MOST:
                self._drop_oldest()
            if self._size > self._batch:
                self._changed.notify()

    def key(self, key: str) -> None:
        """Add a key."""
        self._add(Key(key, self._clock()))

    def gone(self) -> None:
        """Add the end."""
        self._add(Gone())

    def get(self, seconds: float, batch: int = 0) -> list[Thing]:
        """Everything that waits, in order; waits at most so long for something.

        Sound alone is worth waking up for only when it is more than `batch` bytes.
        """
        with self._changed:
            self._batch = batch
            self._changed.wait_for(lambda: self._urgent or self._size > batch, seconds)
            waiting, self._things, self._size = self._things, deque(), 0
            self._urgent = False
        return _joined(waiting)

    def missing(self, least: float) -> float:
        """Seconds for which no sound has come, once there are `least` of them; else 0.

        They are counted once: the next time only what was missing since.
        """
        with self._changed:
            now = self._clock()
            if self._size or now - self._sound_at < least:
                return 0.0
            missing, self._sound_at = now - self._sound_at, now
            return missing

    def _add(self, thing: Key | Gone) -> None:
        with self._changed:
            self._things.append(thing)
            self._urgent = True
            self._changed.notify()

    def _drop_oldest(self) -> None:
        place = next(at for at, thing in enumerate(self._things) if isinstance(thing, bytes))
        oldest = self._things[place]
        del self._things[place]
        if isinstance(oldest, bytes):
            self._size -= len(oldest)
            self.lost += len(oldest)


def attention(rate: int, *, speaking: bool, busy: bool) -> tuple[float, int]:
    """How many seconds to wait, for how many bytes of sound at this rate.

    Whoever may interrupt, or is about to be answered, is heard frame by frame; `busy`: somebody
    speaks, or a text is due.
    """
    return (WAIT_S, 0) if speaking or busy else (IDLE_S, round(IDLE_S * rate) * 2)


def _joined(waiting: deque[bytes | Key | Gone]) -> list[Thing]:
    things: list[Thing] = []
    sound = b""
    for thing in waiting:
        if isinstance(thing, bytes):
            sound += thing
            continue
        if sound:
            things.append(Sounds(sound))
        sound = b""
        things.append(thing)
    if sound:
        things.append(Sounds(sound))
    return things
