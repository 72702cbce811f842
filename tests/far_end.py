"""Asterisk's end of a media leg and the caller behind it: speaks, presses keys, hears.

It connects as chan_websocket does, sends 20 ms frames all the time, queues what it is
sent and plays it to a clock of its own.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlencode

import numpy as np
from patience import until_async
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from voices.audio import from_pcm16, resample, to_pcm16
from voices.types import RATE, Pcm

FRAME_S = 0.02
QUIET = 0.003


class FarEnd:
    """One call as Asterisk sees it."""

    def __init__(self, connection: ClientConnection, rate: int) -> None:
        self.rate = rate
        self.heard = bytearray()
        """Everything the caller heard, silence included, at `rate`."""
        self.commands: list[str] = []
        """Every command but sound, in order."""
        self.answered = False
        self.most_queued = 0.0
        """Seconds of sound that waited at most."""
        self._connection = connection
        self._frame = round(rate * FRAME_S) * 2
        self._queue: list[bytes | str] = []
        self._sound = b""
        self._over = asyncio.Event()
        self._held = False

    # --- what the caller does -----------------------------------------------------------------

    def say(self, pcm: Pcm) -> None:
        """Speak this (mono at 16 kHz) from now on."""
        self._sound += to_pcm16(resample(pcm, RATE, self.rate))

    async def press(self, key: str, held: float = 0.1) -> None:
        """Press a key: no sound comes while it is held."""
        self._held = True
        await self._tell(event="DTMF_BEGIN", digit=key)
        await asyncio.sleep(held)
        self._held = False
        await self._tell(event="DTMF_END", digit=key, duration_ms=round(held * 1000))

    async def hang_up(self) -> None:
        """Put the receiver down."""
        await self._connection.close()

    @property
    def over(self) -> bool:
        """Whether the other end has ended the call."""
        return self._over.is_set()

    async def ended(self, seconds: float = 60.0) -> None:
        """Wait until the other end ends the call."""
        async with asyncio.timeout(seconds):
            await self._over.wait()

    async def spoken_to(self, seconds: float = 60.0) -> None:
        """Wait until something is to be heard."""
        await until_async(lambda: self._loud(0.1), seconds)

    async def silent(self, lasting: float = 0.6, seconds: float = 60.0) -> None:
        """Wait until nothing was heard for so long."""
        await until_async(lambda: not self._loud(lasting), seconds)

    def sound(self) -> Pcm:
        """What was heard, mono at 16 kHz."""
        return resample(from_pcm16(bytes(self.heard)), self.rate, RATE)

    def _loud(self, seconds: float) -> bool:
        tail = from_pcm16(bytes(self.heard[-round(seconds * self.rate) * 2 :]))
        return len(tail) > 0 and float(np.abs(tail).max()) > QUIET

    # --- the line -------------------------------------------------------------------------------

    async def run(self, call_id: str) -> None:
        """Be the line until one end hangs up."""
        clock = asyncio.create_task(self._keep_time())
        try:
            await self._tell(
                event="MEDIA_START",
                format="slin" if self.rate == 8_000 else "slin16",
                optimal_frame_size=self._frame,
                channel_id=call_id,
            )
            async for message in self._connection:
                if isinstance(message, bytes):
                    self._queue.append(message)
                else:
                    await self._command(json.loads(message))
        except ConnectionClosed:
            pass
        finally:
            self._over.set()
            clock.cancel()

    async def _command(self, told: dict[str, Any]) -> None:
        command = str(told["command"])
        self.commands.append(command)
        self.answered = self.answered or command == "ANSWER"
        if command == "FLUSH_MEDIA":
            self._queue.clear()
        elif command == "MARK_MEDIA":
            self._queue.append(str(told["correlation_id"]))
        elif command == "HANGUP":
            await self._connection.close()

    async def _keep_time(self) -> None:
        due = time.monotonic()
        with suppress(ConnectionClosed):
            while True:
                due += FRAME_S
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                await self._play()
                if not self._held:
                    frame, self._sound = self._sound[: self._frame], self._sound[self._frame :]
                    await self._connection.send(frame.ljust(self._frame, b"\0"))

    async def _play(self) -> None:
        waiting = sum(len(each) for each in self._queue if isinstance(each, bytes))
        self.most_queued = max(self.most_queued, waiting / 2 / self.rate)
        frame = b""
        while self._queue and len(frame) < self._frame:
            first = self._queue.pop(0)
            if isinstance(first, str):
                await self._tell(event="MEDIA_MARK_PROCESSED", correlation_id=first)
                continue
            need = self._frame - len(frame)
            frame += first[:need]
            if len(first) > need:
                self._queue.insert(0, first[need:])
        self.heard += frame.ljust(self._frame, b"\0")

    async def _tell(self, **event: Any) -> None:
        await self._connection.send(json.dumps(event))


@asynccontextmanager
async def calling(
    port: int,
    *,
    rate: int = 8_000,
    number: str = "",
    call_id: str = "1763800000.1",
    user: str = "asterisk",
    password: str = "secret",  # noqa: S107 - of a server that lives as long as the test
) -> AsyncIterator[FarEnd]:
    """A call to the server at `port`; raises InvalidStatus for wrong credentials."""
    asked = urlencode({"call_id": call_id, "number": number, "line": "100"})
    key = base64.b64encode(f"{user}:{password}".encode()).decode()
    async with connect(
        f"ws://127.0.0.1:{port}/media?{asked}",
        additional_headers={"Authorization": f"Basic {key}"},
        subprotocols=[Subprotocol("media")],
        compression=None,
        ping_interval=None,
        max_size=None,
    ) as connection:
        far = FarEnd(connection, rate)
        line = asyncio.create_task(far.run(call_id))
        try:
            yield far
        finally:
            line.cancel()
