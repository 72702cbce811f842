"""Signs of life: the kiosk tells whoever watches it that its screen and its worker go on.

One letter a sign, through a pipe that the watcher has opened; nothing touches a disk.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import Final, Literal, Self, TypeAlias

PIPE: Final = "LINLI_HEART"
"""Environment variable with the pipe's number; without it nobody watches."""
EVERY: Final = 0.5
"""Seconds between two signs of the same organ."""

Organ: TypeAlias = Literal["screen", "worker"]
"""What gives signs: the thread that draws, the thread that listens and files."""
LETTERS: Final[dict[Organ, bytes]] = {"screen": b"s", "worker": b"w"}


class Heart:
    """The child's end of the pipe; `beat` may be called by any thread and never waits."""

    def __init__(self, pipe: int | None = None) -> None:
        self._pipe = pipe
        self._last: dict[Organ, float] = {}
        self.alone = False
        """Whoever watched is gone: nobody would start this kiosk again, another one may come."""
        if pipe is not None:
            os.set_blocking(pipe, False)
            os.set_inheritable(pipe, False)

    @classmethod
    def given(cls) -> Self:
        """The pipe that the watcher has left in the environment, if one did."""
        named = os.environ.pop(PIPE, "")
        return cls(int(named) if named.isdigit() else None)

    def beat(self, organ: Organ) -> None:
        """This organ is alive."""
        now = time.monotonic()
        if self._pipe is None or now - self._last.get(organ, -EVERY) < EVERY:
            return
        self._last[organ] = now
        with suppress(BlockingIOError):  # the watcher is busy and has signs enough
            try:
                os.write(self._pipe, LETTERS[organ])
            except BrokenPipeError:
                self.alone = True
