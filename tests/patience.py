"""Waiting for something that another thread or process does."""

from __future__ import annotations

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
