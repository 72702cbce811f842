"""A leg over AudioSocket: a plain TCP stream, played to a clock of our own.

The way for an Asterisk without chan_websocket. Every message is a kind, a length
and that many bytes. One frame has to go out every 20 ms, also while nothing is
said; the far end plays what it gets when it gets it. It tells no number: who
calls is looked up by the call's id.
"""

from __future__ import annotations

import asyncio
import struct
import uuid
from collections.abc import AsyncIterator
from typing import Final

import structlog

from .leg import FRAME_S, Digit, Ended, Event, Leg, Played, Sound, Started
from .playout import Mark, Playout

log = structlog.get_logger(__name__)

HANG_UP: Final = 0x00
IDENTITY: Final = 0x01
KEY: Final = 0x03
RATES: Final = {0x10: 8_000, 0x12: 16_000}
"""Kind of a message with sound → samples a second."""

_KEYS: Final = frozenset("0123456789*#")


class AudioSocketLeg(Leg):
    """One call on one connection."""

    transport = "audiosocket"

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._kind = 0x10
        self._played: asyncio.Queue[Played] = asyncio.Queue()
        super().__init__(_playout(8_000))

    async def events(self) -> AsyncIterator[Event]:
        """See `Leg`; `Started` comes with the first sound, which tells the rate."""
        reason, call = "hung_up", ""
        try:
            while not reason.startswith("bad"):
                kind, payload = await self._message()
                if kind == HANG_UP:
                    break
                if kind == IDENTITY and len(payload) == 16:
                    call = str(uuid.UUID(bytes=payload))
                elif kind in RATES and call:
                    if not self._started:
                        yield self._start(kind, call)
                    yield Sound(payload)
                elif kind == KEY and self._started and payload.decode("ascii", "replace") in _KEYS:
                    yield Digit(payload.decode("ascii"))
                else:
                    reason = f"bad message {kind:#x} of {len(payload)} bytes"
                while not self._played.empty():
                    yield self._played.get_nowait()
        except asyncio.IncompleteReadError as cut:
            reason = "lost" if cut.partial else "hung_up"
        except ConnectionError:
            reason = "lost"
        yield Ended(reason)

    _started = False

    def _start(self, kind: int, call: str) -> Started:
        self._started, self._kind = True, kind
        self._playout = _playout(RATES[kind])
        return Started(RATES[kind], call)

    async def _message(self) -> tuple[int, bytes]:
        kind, length = struct.unpack(">BH", await self._reader.readexactly(3))
        return kind, await self._reader.readexactly(length) if length else b""

    async def _send_answer(self) -> None:
        """The connection itself is the answer."""

    async def _send_sound(self, pcm: bytes) -> None:
        self._writer.write(struct.pack(">BH", self._kind, len(pcm)) + pcm)
        await self._writer.drain()

    async def _send_mark(self, mark: Mark) -> None:
        loop = asyncio.get_running_loop()
        loop.call_at(mark.at, self._played.put_nowait, Played(mark.name))

    async def _send_flush(self) -> None:
        """Nothing was sent ahead."""

    async def _send_end(self) -> None:
        self._writer.write(struct.pack(">BH", HANG_UP, 0))
        await self._writer.drain()


def _playout(rate: int) -> Playout:
    return Playout(rate, piece=FRAME_S, ahead=FRAME_S, idle=FRAME_S)
