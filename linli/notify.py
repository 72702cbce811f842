"""Telling systemd: ready, and still alive. Where no systemd listens, nothing is told.

The protocol is one datagram to the socket named in `NOTIFY_SOCKET`.
"""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Final

SOCKET: Final = "NOTIFY_SOCKET"
WATCHDOG: Final = "WATCHDOG_USEC"
READY: Final = "READY=1"
ALIVE: Final = "WATCHDOG=1"


def tell(word: str) -> bool:
    """Send one word; whether somebody listens."""
    name = os.environ.get(SOCKET, "")
    if not name:
        return False
    address = f"\0{name[1:]}" if name.startswith("@") else name
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
        try:
            line.connect(address)
            line.sendall(word.encode())
        except OSError:
            return False
    return True


def every_s() -> float | None:
    """Seconds between two signs of life, half of what is waited for; None: nobody waits."""
    told = os.environ.get(WATCHDOG, "")
    return int(told) / 2e6 if told.isdigit() and int(told) else None


@asynccontextmanager
async def beating() -> AsyncIterator[None]:
    """Signs of life of the event loop that runs this, as long as the block lasts."""
    wait = every_s()

    async def beat(seconds: float) -> None:
        while True:
            tell(ALIVE)
            await asyncio.sleep(seconds)

    task = asyncio.create_task(beat(wait)) if wait else None
    try:
        yield
    finally:
        if task:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@contextmanager
def answering(well: Callable[[], bool]) -> Iterator[None]:
    """Signs of life as long as `well` says so; for a program whose loop is not ours."""
    wait, stop = every_s(), threading.Event()

    def watch(seconds: float) -> None:
        while not stop.wait(seconds):
            if well():
                tell(ALIVE)

    thread = threading.Thread(target=watch, args=(wait,), name="watchdog", daemon=True)
    if wait:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        if wait:
            thread.join()
