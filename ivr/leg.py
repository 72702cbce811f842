"""One leg: the sound and the keys of one call, whichever way Asterisk brings them.

A leg is used on the event loop it was made on. Sound is signed 16-bit
little-endian mono at the leg's own rate, in both directions.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

from .playout import Mark, Piece, Playout

FRAME_S = 0.02
"""Seconds of one frame on the line."""


@dataclass(frozen=True, slots=True)
class Started:
    """The call is there: sound flows in both directions from now on."""

    rate: int
    """Samples a second, 8000 (G.711) or 16000 (G.722)."""
    call_id: str
    """The caller's own channel, as Asterisk's unique id."""
    number: str = ""
    """Who calls; empty where it is withheld or the transport does not tell."""
    line: str = ""
    """What was dialled."""
    why: str = ""
    """`call`, `out` (we rang them) or `family` (who was rung did not answer)."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What the caller said."""

    pcm: bytes
    """16-bit mono at the leg's rate, any length."""


@dataclass(frozen=True, slots=True)
class Digit:
    """A key was pressed and let go."""

    key: str
    """One of 0–9 * #."""


@dataclass(frozen=True, slots=True)
class Played:
    """Everything up to this mark has sounded."""

    mark: str
    """As given to `play`."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing more comes from this call."""

    reason: str
    """hung_up, lost or bad, for the log."""


Event: TypeAlias = Started | Sound | Digit | Played | Ended


class Leg(ABC):
    """What both transports share: what waits to be played, and who sends it when.

    The reader never waits for the writer: however slow the far end takes what it
    is sent, what it says is still heard.
    """

    transport = ""
    """Its name in the log."""

    def __init__(self, playout: Playout) -> None:
        self._playout = playout
        self._changed = asyncio.Event()
        self._flushed = False
        self._over = False
        self._answered = False

    @property
    def answered(self) -> bool:
        """Whether the caller hears us; before that they hear it ring."""
        return self._answered

    @abstractmethod
    def events(self) -> AsyncIterator[Event]:
        """`Started` first, `Ended` last; raises nothing."""

    def play(self, pcm: bytes, mark: str = "") -> None:
        """Let this sound after what waits already; with a mark, `Played` tells when it has.

        The first sound answers the call; until then the caller hears it ring, and is given
        to a person when that takes too long.
        """
        self._playout.put(pcm, mark)
        self._changed.set()

    def flush(self) -> None:
        """Be silent at once; what waits is forgotten, its marks are never told."""
        self._playout.flush()
        self._flushed = True
        self._changed.set()

    def hang_up(self) -> None:
        """End this leg once what was given to `play` has been sent; the dialplan goes on."""
        self._over = True
        self._changed.set()

    async def write(self) -> None:
        """Send what is due, when it is due, until the leg ends; run as a task beside `events`."""
        while True:
            self._changed.clear()
            if self._flushed:
                self._flushed = False
                await self._send_flush()
            if self._over and self._playout.empty:
                await self._send_end()
                return
            if self._answered or not self._playout.empty:
                await self._send_due()
            else:
                await self._changed.wait()

    async def _send_due(self) -> None:
        """Send one thing that is due, or wait for one."""
        clock = asyncio.get_running_loop().time
        if not self._answered:
            self._answered = True
            await self._send_answer()
        item = self._playout.due(clock())
        if isinstance(item, Piece):
            await self._send_sound(item.pcm)
        elif item is not None:
            await self._send_mark(item)
        else:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), self._playout.wait(clock()))

    @abstractmethod
    async def _send_answer(self) -> None: ...

    @abstractmethod
    async def _send_sound(self, pcm: bytes) -> None: ...

    @abstractmethod
    async def _send_mark(self, mark: Mark) -> None: ...

    @abstractmethod
    async def _send_flush(self) -> None: ...

    @abstractmethod
    async def _send_end(self) -> None: ...
