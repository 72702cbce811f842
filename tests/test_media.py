"""Asterisk brings calls over real sockets; whatever else comes in harms no call."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import numpy as np
import pytest
from far_end import FarEnd, calling
from patience import until_async as until
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from ivr import media
from ivr.leg import Digit, Ended, Event, Leg, Played, Sound, Started
from ivr.media import Doors, MediaServer
from voices.audio import to_pcm16
from voices.types import Pcm

TONE = to_pcm16(np.full(8_000, 0.25, np.float32))
"""A second of something loud at 8 kHz."""


class Answering:
    """Takes every call and remembers what came; `then` does something with the leg."""

    def __init__(self, then: Callable[[Leg], Awaitable[None]] | None = None) -> None:
        self.started: list[Started] = []
        self.events: list[Event] = []
        self._then = then

    async def __call__(self, leg: Leg, started: Started, events: AsyncIterator[Event]) -> None:
        self.started.append(started)
        acting = asyncio.create_task(self._then(leg)) if self._then else None
        async for event in events:
            self.events.append(event)
        if acting is not None:
            await acting

    def keys(self) -> str:
        return "".join(event.key for event in self.events if isinstance(event, Digit))

    def heard(self) -> bytes:
        return b"".join(event.pcm for event in self.events if isinstance(event, Sound))


@asynccontextmanager
async def server(
    answering: Answering, *, most: int = 60, plain: bool = False
) -> AsyncIterator[MediaServer]:
    doors = Doors("asterisk", "secret", 0, 0 if plain else None, most=most)
    taken = MediaServer(doors, answering)
    async with taken.running():
        yield taken


def test_a_call_tells_who_rings_and_brings_sound_and_keys() -> None:
    async def main() -> None:
        answering = Answering()
        async with server(answering) as taken, calling(taken.port, number="0376") as far:
            far.say(np.full(3_200, 0.5, np.float32))
            await until(lambda: len(answering.heard()) > 6_000)
            for key in "12#":
                await far.press(key, held=0.02)
            await until(lambda: answering.keys() == "12#")
            await far.hang_up()
            await until(lambda: Ended("hung_up") in answering.events)
        assert answering.started == [Started(8_000, "1763800000.1", "0376", "100")]
        assert np.abs(np.frombuffer(answering.heard(), "<i2")).max() > 10_000

    asyncio.run(main())


def test_a_call_is_answered_by_its_first_sound_and_a_mark_tells_when_it_was_heard() -> None:
    async def main() -> None:
        seen: list[bool] = []

        async def speak(leg: Leg) -> None:
            await asyncio.sleep(0.3)
            seen.append(far.answered)
            leg.play(TONE, "done")

        answering = Answering(speak)
        async with server(answering) as taken, calling(taken.port) as far:
            await until(lambda: Played("done") in answering.events)
            assert seen == [False]
            assert far.answered
            assert loud(far) == pytest.approx(1.0, abs=0.1)

    asyncio.run(main())


def test_a_flush_is_silence_and_what_is_said_next_is_heard() -> None:
    async def main() -> None:
        async def speak(leg: Leg) -> None:
            leg.play(TONE * 20, "never")
            await far.spoken_to()
            leg.flush()
            await far.silent(0.2)
            leg.play(TONE[:8_000], "after")

        answering = Answering(speak)
        async with server(answering) as taken, calling(taken.port) as far:
            await until(lambda: Played("after") in answering.events)
            assert Played("never") not in answering.events
            assert loud(far) < 2.0
            assert far.most_queued < 6.0

    asyncio.run(main())


def test_a_leg_that_hangs_up_is_over_once_its_last_words_are_out() -> None:
    async def main() -> None:
        async def leave(leg: Leg) -> None:
            leg.play(TONE)
            leg.hang_up()

        async with server(Answering(leave)) as taken, calling(taken.port) as far:
            await far.ended()
            assert far.commands[-1] == "HANGUP"

    asyncio.run(main())


@pytest.mark.parametrize(("user", "password"), [("asterisk", "wrong"), ("other", "secret")])
def test_wrong_credentials_are_not_let_in(user: str, password: str) -> None:
    async def main() -> None:
        answering = Answering()
        async with server(answering) as taken:
            with pytest.raises(InvalidStatus, match="401"):
                async with calling(taken.port, user=user, password=password):
                    raise AssertionError
        assert answering.started == []

    asyncio.run(main())


def test_one_call_too_many_is_closed_at_once_and_the_others_go_on() -> None:
    async def main() -> None:
        answering = Answering()
        async with server(answering, most=2) as taken:
            async with calling(taken.port) as first, calling(taken.port) as second:
                await until(lambda: len(answering.started) == 2)
                async with calling(taken.port) as third:
                    await third.ended(2)
                    assert not third.answered
                assert not first.over
                assert not second.over
                assert taken.refused == 1
            await until(lambda: taken.calls == 0)

    asyncio.run(main())


def test_what_says_nothing_or_speaks_garbage_is_closed_and_harms_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(media, "PATIENCE_S", 0.3)

    async def main() -> None:
        answering = Answering()
        async with server(answering, plain=True) as taken, calling(taken.port) as far:
            for port in (taken.port, taken.plain_port):
                for said in (b"\x00\xff" * 500, b"GET / HTTP/1.1\r\n\r\n", b""):
                    reader, writer = await asyncio.open_connection("127.0.0.1", port)
                    writer.write(said)
                    async with asyncio.timeout(5):
                        await reader.read()
                    writer.close()
            async with silent_websocket(taken.port) as closed:
                async with asyncio.timeout(5):
                    await closed
            await until(lambda: taken.calls == 1)
            await far.press("5")
            await until(lambda: answering.keys() == "5")

    asyncio.run(main())


@asynccontextmanager
async def silent_websocket(port: int) -> AsyncIterator[Awaitable[None]]:
    """A connection with the right password that never becomes a call."""
    key = "Basic YXN0ZXJpc2s6c2VjcmV0"
    async with connect(
        f"ws://127.0.0.1:{port}/",
        additional_headers={"Authorization": key},
        subprotocols=[Subprotocol("media")],
    ) as connection:
        await connection.send("not JSON")
        await connection.send(json.dumps(["neither", "an", "object"]))
        await connection.send(json.dumps({"event": "MEDIA_START", "format": "mp3"}))
        yield connection.wait_closed()


def test_a_caller_who_takes_nothing_is_still_heard() -> None:
    async def main() -> None:
        async def speak(leg: Leg) -> None:
            leg.play(TONE * 60)

        answering = Answering(speak)
        async with server(answering) as taken:
            reader, writer = await handshake(taken.port)
            writer.write(frame(0x1, json.dumps({"event": "MEDIA_START", "format": "slin"})))
            for _ in range(200):
                writer.write(frame(0x2, "x" * 320))
            await writer.drain()
            await until(lambda: len(answering.heard()) == 200 * 320)
            writer.close()
            del reader

    asyncio.run(main())


async def handshake(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A WebSocket by hand, whose owner never reads."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 10)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    writer.write(
        b"GET /media HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Protocol: media\r\nAuthorization: Basic YXN0ZXJpc2s6c2VjcmV0\r\n\r\n"
    )
    assert b"101" in await reader.readuntil(b"\r\n\r\n")
    return reader, writer


def frame(kind: int, text: str) -> bytes:
    """One masked WebSocket message."""
    payload = text.encode()
    return bytes([0x80 | kind, 0x80 | 126, *len(payload).to_bytes(2), 0, 0, 0, 0]) + payload


def loud(far: FarEnd) -> float:
    """Seconds of the tone that were heard."""
    heard: Pcm = np.abs(np.frombuffer(bytes(far.heard), "<i2").astype(np.float32))
    return float((heard > 4_000).sum() / far.rate)
