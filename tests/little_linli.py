"""A media server of a few lines: takes Asterisk's calls, or does not, as a test wants it.

`manner`: `talks` (takes the call, plays `sound` if there is one), `mute` (is connected and never
takes the call), `deaf` (lets Asterisk connect and says nothing), `refuses` (wrong password).
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from pathlib import Path
from typing import Literal, Self
from urllib.parse import parse_qs, urlsplit

import soundfile
from websockets.asyncio.server import ServerConnection, basic_auth, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

Manner = Literal["talks", "mute", "deaf", "refuses"]


class LittleLinli:
    """Listens on `port` from `with` on, on a thread of its own."""

    def __init__(
        self, port: int, password: str, manner: Manner = "talks", sound: Path | None = None
    ) -> None:
        self.port, self.manner, self.sound = port, manner, sound
        self.password = password if manner != "refuses" else f"not-{password}"
        self.calls: list[dict[str, str]] = []
        self.heard: list[bytes] = []
        self._came = threading.Semaphore(0)
        self._ready = threading.Event()
        self._sound = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._connections: list[ServerConnection] = []
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    def wait_for_call(self, seconds: float = 30) -> dict[str, str]:
        """What Asterisk told about the next call."""
        assert self._came.acquire(timeout=seconds), "no call came"
        return self.calls[-1]

    def wait_for_sound(self, seconds: float = 30) -> None:
        """Until something of a caller was heard."""
        assert self._sound.wait(seconds), "no sound came"

    def hang_up(self) -> None:
        """End the newest leg, as Linli does when it is done."""
        self._soon(self._connections[-1].send(json.dumps({"command": "HANGUP"})))

    def die(self) -> None:
        """Drop every leg without a word, as a killed process does."""
        assert self._loop is not None
        for each in self._connections:
            self._loop.call_soon_threadsafe(each.transport.abort)

    def _soon(self, doing: object) -> None:
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(doing, self._loop).result(5)  # type: ignore[arg-type]

    async def _run(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        if self.manner == "deaf":
            with socket.socket() as door:
                door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                door.bind(("127.0.0.1", self.port))
                door.listen()
                self._ready.set()
                await self._stop.wait()
            return
        async with serve(
            self._call,
            "127.0.0.1",
            self.port,
            subprotocols=[Subprotocol("media")],
            process_request=basic_auth(realm="x", credentials=("linli", self.password)),
            compression=None,
            ping_interval=None,
            close_timeout=1,
        ):
            self._ready.set()
            await self._stop.wait()

    async def _call(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        asked = parse_qs(urlsplit(connection.request.path).query)
        self.calls.append({name: values[0] for name, values in asked.items()})
        self._connections.append(connection)
        self._came.release()
        try:
            async for message in connection:
                if isinstance(message, bytes):
                    self.heard.append(message)
                    self._sound.set()
                elif json.loads(message).get("event") == "MEDIA_START" and self.manner == "talks":
                    await self._take(connection)
        except ConnectionClosed:
            return

    async def _take(self, connection: ServerConnection) -> None:
        await connection.send(json.dumps({"command": "ANSWER"}))
        if self.sound is not None:
            pcm, _ = soundfile.read(self.sound, dtype="int16")
            await connection.send(json.dumps({"command": "START_MEDIA_BUFFERING"}))
            await connection.send(pcm.tobytes()[:60_000])
            await connection.send(json.dumps({"command": "STOP_MEDIA_BUFFERING"}))

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop is not None
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)
