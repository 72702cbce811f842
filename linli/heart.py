"""Signs of life: kiosk and telephone tell whoever watches them that they go on.

One letter a sign, through a pipe that the watcher has opened; nothing touches a disk.
systemd is told too, where a unit asks for it (`WatchdogSec`).
"""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Literal, Self, TypeAlias

PIPE: Final = "LINLI_HEART"
"""Environment variable with the pipe's number; without it nobody watches."""
EVERY: Final = 0.5
"""Seconds between two signs of the same organ."""

NOTIFY: Final = "NOTIFY_SOCKET"
"""Environment variable with the address at which systemd listens."""

Organ: TypeAlias = Literal["screen", "worker", "line", "page"]
"""What gives signs: who draws, who listens and files, the telephone, the staff's pages."""
LETTERS: Final[dict[Organ, bytes]] = {"screen": b"s", "worker": b"w", "line": b"l", "page": b"p"}
_ORGANS: Final = {letters[0]: organ for organ, letters in LETTERS.items()}
_AT_A_TIME: Final = 0.5
"""Seconds that may count between two looks: a watcher that was itself held up must not hold
that against the child."""


class Heart:
    """The child's end of the pipe; `beat` may be called by any thread and never waits."""

    def __init__(self, pipe: int | None = None, manager: str = "") -> None:
        self._pipe = pipe
        self._manager = manager
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
        return cls(int(named) if named.isdigit() else None, os.environ.pop(NOTIFY, ""))

    def beat(self, organ: Organ) -> None:
        """This organ is alive."""
        now = time.monotonic()
        if now - self._last.get(organ, -EVERY) < EVERY:
            return
        self._last[organ] = now
        if self._manager:
            _tell(self._manager, b"READY=1\nWATCHDOG=1")
        if self._pipe is None:
            return
        with suppress(BlockingIOError):  # the watcher is busy and has signs enough
            try:
                os.write(self._pipe, LETTERS[organ])
            except BrokenPipeError:
                self.alone = True


class Pulse:
    """The watcher's end of a pipe: for how long each organ has given no sign."""

    def __init__(self, pipe: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._pipe, self._clock = pipe, clock
        self._looked = clock()
        self.waited = 0.0
        """Seconds since it was opened."""
        self.quiet: dict[Organ, float] = {}
        """Seconds without a sign, by organs that gave one."""

    def listen(self, seconds: float = 0.0) -> bool:
        """Wait so long for a sign; False when the child has closed its end."""
        ready, _, _ = select.select([self._pipe], [], [], seconds)
        heard = os.read(self._pipe, 4096) if ready else b""
        now = self._clock()
        passed, self._looked = min(now - self._looked, _AT_A_TIME), now
        self.waited += passed
        self.quiet = {organ: for_s + passed for organ, for_s in self.quiet.items()}
        self.quiet.update({_ORGANS[letter]: 0.0 for letter in heard if letter in _ORGANS})
        return bool(heard) or not ready


def _tell(manager: str, words: bytes) -> None:
    """systemd, which starts anew whom it does not hear; an address with @ is one without a file."""
    address = "\0" + manager[1:] if manager.startswith("@") else manager
    kind = socket.SOCK_DGRAM | socket.SOCK_NONBLOCK
    with socket.socket(socket.AF_UNIX, kind) as door, suppress(OSError):
        door.sendto(words, address)
