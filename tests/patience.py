"""Waiting for something that another thread, process or task does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(true: Callable[[], T | None], seconds: float = 60, told: Callable[[], object] = str) -> T:
    """What it gives once it gives something; fails the test when that takes too long."""
    for _ in range(int(seconds * 10)):
        if found := true():
            return found
        threading.Event().wait(0.1)
    raise AssertionError(f"it did not come to that {told()}")


async def until_async(true: Callable[[], object], seconds: float = 60) -> None:
    """The same among tasks; raises TimeoutError when that takes too long."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)
