"""A leg over Asterisk's chan_websocket: Asterisk dials out to us and keeps the playback clock.

Sound comes and goes as binary messages, everything else as JSON in text
messages. Who calls is told in the address Asterisk connects to
(`v(call_id=…,number=…,line=…)` in the dialplan).
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import structlog
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from .leg import Digit, Ended, Event, Leg, Played, Sound, Started
from .playout import Mark, Playout

log = structlog.get_logger(__name__)

RATES: Final = {"slin": 8_000, "slin8": 8_000, "slin16": 16_000}
"""What Asterisk calls its formats → samples a second."""

KEYS: Final = frozenset("0123456789*#")


class WebSocketLeg(Leg):
    """One call on one connection that has passed its handshake."""

    transport = "websocket"

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection
        super().__init__(Playout(8_000))

    async def events(self) -> AsyncIterator[Event]:
        """See `Leg`; what makes no sense is logged and left out."""
        reason = "hung_up"
        try:
            async for message in self._connection:
                if isinstance(message, bytes):
                    yield Sound(message)
                elif (event := self._told(message)) is not None:
                    yield event
        except ConnectionClosed as closed:
            reason = "hung_up" if closed.rcvd is not None else "lost"
        yield Ended(reason)

    def _told(self, message: str) -> Event | None:
        told = _object(message)
        match told.get("event"):
            case "MEDIA_START":
                return self._started(told)
            case "DTMF_END" if told.get("digit") in KEYS:
                return Digit(str(told["digit"]))
            case "MEDIA_MARK_PROCESSED":
                return Played(str(told.get("correlation_id", "")))
            case "MEDIA_XON" | "MEDIA_XOFF" | "DTMF_BEGIN" | "DTMF_END":
                return None
            case other:
                log.info("told_something_else", what=str(other)[:40])
                return None

    def _started(self, told: dict[str, Any]) -> Started | None:
        rate = RATES.get(str(told.get("format")))
        if rate is None:
            log.warning("format_unknown", format=str(told.get("format"))[:40])
            return None
        self._playout = Playout(rate)
        request = self._connection.request
        asked = parse_qs(urlsplit(request.path).query) if request else {}
        said = {name: values[0] for name, values in asked.items()}
        return Started(
            rate,
            said.get("call_id", ""),
            said.get("number", ""),
            said.get("line", ""),
            said.get("why", ""),
        )

    async def _send_answer(self) -> None:
        await self._command("ANSWER")

    async def _send_sound(self, pcm: bytes) -> None:
        await self._connection.send(pcm)

    async def _send_mark(self, mark: Mark) -> None:
        await self._command("MARK_MEDIA", correlation_id=mark.name)

    async def _send_flush(self) -> None:
        await self._command("FLUSH_MEDIA")

    async def _send_end(self) -> None:
        await self._command("HANGUP")

    async def _command(self, command: str, **fields: str) -> None:
        await self._connection.send(json.dumps({"command": command, **fields}))


def _object(message: str) -> dict[str, Any]:
    try:
        told = json.loads(message)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
