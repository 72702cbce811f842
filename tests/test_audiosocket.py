"""The second way to bring a call: a plain stream, played to our own clock."""

from __future__ import annotations

import asyncio
import struct
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias

import numpy as np
import pytest
from test_media import TONE, Answering, server, until

from ivr.leg import Ended, Leg, Played, Started

Stream: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]
CALL = uuid.UUID(int=7)


def message(kind: int, payload: bytes = b"") -> bytes:
    return struct.pack(">BH", kind, len(payload)) + payload


@asynccontextmanager
async def stream(
    port: int | None,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def frames(reader: asyncio.StreamReader, count: int) -> list[tuple[int, bytes]]:
    """So many messages from the server."""
    found = []
    for _ in range(count):
        kind, length = struct.unpack(">BH", await reader.readexactly(3))
        found.append((kind, await reader.readexactly(length)))
    return found


@pytest.mark.parametrize(("kind", "rate"), [(0x10, 8_000), (0x12, 16_000)])
def test_a_call_tells_its_id_and_rate_and_brings_sound_and_keys(kind: int, rate: int) -> None:
    async def main() -> None:
        answering = Answering()
        async with server(answering, plain=True) as taken:
            async with stream(taken.plain_port) as (_, writer):
                writer.write(message(0x01, CALL.bytes) + message(kind, b"\1\2" * (rate // 50)))
                writer.write(message(0x03, b"9"))
                await until(lambda: answering.keys() == "9")
            await until(lambda: Ended("hung_up") in answering.events)
        assert answering.started == [Started(rate, str(CALL))]
        assert answering.heard() == b"\1\2" * (rate // 50)

    asyncio.run(main())


def test_a_frame_goes_out_every_20_ms_and_a_mark_is_told_once_heard() -> None:
    async def main() -> None:
        async def speak(leg: Leg) -> None:
            leg.play(TONE[:4_000], "heard")

        answering = Answering(speak)
        async with server(answering, plain=True) as taken, stream(taken.plain_port) as both:
            reader, writer = both
            writer.write(message(0x01, CALL.bytes) + message(0x10, bytes(320)))
            began = asyncio.get_running_loop().time()
            got = await frames(reader, 50)
            took = asyncio.get_running_loop().time() - began
            assert {(kind, len(pcm)) for kind, pcm in got} == {(0x10, 320)}
            assert took > 0.9
            loud = sum(bool(np.frombuffer(pcm, "<i2").any()) for _, pcm in got)
            assert loud == 13
            writer.write(message(0x10, bytes(320)))
            await until(lambda: Played("heard") in answering.events)

    asyncio.run(main())


def test_hanging_up_is_told_to_the_far_end() -> None:
    async def main() -> None:
        async def leave(leg: Leg) -> None:
            leg.hang_up()

        async with server(Answering(leave), plain=True) as taken, stream(taken.plain_port) as both:
            reader, writer = both
            writer.write(message(0x01, CALL.bytes) + message(0x10, bytes(320)))
            assert (await frames(reader, 1))[-1] == (0x00, b"")

    asyncio.run(main())
