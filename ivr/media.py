"""The server Asterisk brings calls to: every connection becomes a leg that somebody answers.

One event loop carries all calls. It never waits for recognition, for a disk or for
a slow far end: whoever answers a leg takes its events and works elsewhere.
"""

from __future__ import annotations

import asyncio
import hmac
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import structlog
from websockets.asyncio.server import ServerConnection, basic_auth, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from .audiosocket import AudioSocketLeg
from .leg import Ended, Event, Leg, Started
from .websocket import WebSocketLeg

log = structlog.get_logger(__name__)

PATIENCE_S: Final = 5.0
"""Seconds a connection may take to become a call; then it is closed."""

PARTING_S: Final = 2.0
"""Seconds a leg may take to end once it was hung up."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Where Asterisk finds the server, and what it must know to be let in."""

    user: str
    """Of the WebSocket's credentials."""
    password: str
    """The other half."""
    port: int = 8765
    """TCP port for WebSockets; 0: any free one."""
    plain_port: int | None = None
    """TCP port for AudioSocket, which knows no credentials; None: closed."""
    host: str = "127.0.0.1"
    """Where to listen."""
    most: int = 60
    """Calls at a time; the next one is sent on to a person."""


Answer: TypeAlias = Callable[[Leg, Started, AsyncIterator[Event]], Coroutine[Any, Any, None]]
"""Carries one call: gets the leg, how it started and all that comes after."""


class MediaServer:
    """Takes calls and hands each to `answer`; use `running` or `serve`."""

    def __init__(self, doors: Doors, answer: Answer) -> None:
        self.doors = doors
        self.port = doors.port
        """The port for WebSockets, once `running`."""
        self.plain_port = doors.plain_port
        """The port for AudioSocket, once `running`."""
        self.calls = 0
        """How many there are now."""
        self.refused = 0
        """How many were sent on because there were too many."""
        self._answer = answer

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen as long as the block lasts."""
        async with serve(
            self._websocket,
            self.doors.host,
            self.doors.port,
            subprotocols=[Subprotocol("media")],
            process_request=basic_auth(realm="linli", check_credentials=self._known),
            compression=None,
            ping_interval=None,
            open_timeout=PATIENCE_S,
            close_timeout=PARTING_S,
            max_size=1 << 17,
        ) as server:
            self.port = server.sockets[0].getsockname()[1]
            if self.doors.plain_port is None:
                yield
                return
            plain = await asyncio.start_server(self._plain, self.doors.host, self.doors.plain_port)
            self.plain_port = plain.sockets[0].getsockname()[1]
            try:
                yield
            finally:
                plain.close()

    async def _known(self, user: str, password: str) -> bool:
        """Whether these are the credentials; takes as long for wrong ones."""
        same = hmac.compare_digest(user.encode(), self.doors.user.encode())
        known = hmac.compare_digest(password.encode(), self.doors.password.encode()) and same
        if not known:
            log.warning("credentials_refused")
        return known

    async def _websocket(self, connection: ServerConnection) -> None:
        await self._carry(WebSocketLeg(connection))

    async def _plain(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            await self._carry(AudioSocketLeg(reader, writer))
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _carry(self, leg: Leg) -> None:
        """One connection from its first event to its last."""
        if self.calls >= self.doors.most:
            # Closing sends the caller on to a person.
            self.refused += 1
            log.warning("too_many_calls", calls=self.calls, most=self.doors.most)
            return
        self.calls += 1
        try:
            events = leg.events()
            started = await _start(events)
            if started is None:
                log.warning("no_call", transport=leg.transport)
                return
            await self._carried(leg, started, events)
        finally:
            self.calls -= 1

    async def _carried(self, leg: Leg, started: Started, events: AsyncIterator[Event]) -> None:
        writer = asyncio.create_task(_write(leg))
        try:
            await self._answer(leg, started, events)
        except Exception as error:
            # The leg is closed, which sends the caller to a person; the others go on.
            log.critical("call_broke", reason=f"{type(error).__name__}: {error}", exc_info=True)
        finally:
            writer.cancel()
            with suppress(asyncio.CancelledError):
                await writer


async def _start(events: AsyncIterator[Event]) -> Started | None:
    """The first event that matters; None when the connection is no call."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            async for event in events:
                if isinstance(event, Started):
                    return event
                if isinstance(event, Ended):
                    return None
    except TimeoutError:
        return None
    return None


async def _write(leg: Leg) -> None:
    with suppress(ConnectionClosed, ConnectionError):
        await leg.write()
