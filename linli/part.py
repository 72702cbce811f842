"""Parts: processes of a station that are kept alive, each started again when it ends or hangs."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from typing import IO, Final

import psutil
import structlog

from .errors import USAGE
from .heart import PIPE, Pulse

log = structlog.get_logger(__name__)

WAITS: Final = (0.5, 2.0, 5.0, 15.0, 30.0)
"""Seconds before a part that ended is started again, the last for all that follow."""
WELL_S: Final = 120.0
"""A part that ran so long has not failed again but anew."""
PARTING_S: Final = 8.0
FIRST_S: Final = 180.0
"""Seconds a part may take to its first sign of life, on the slowest machine."""
LOOK_S: Final = 0.25
UNUSABLE: Final = 4
"""A part that so often cannot use its settings is not tried again: it said what to mend."""


class Part:
    """One process, kept alive.

    `silent_s`: once it has given a sign of life it is killed when none comes for so long;
    None for a part that gives none.
    """

    def __init__(
        self,
        command: Sequence[str],
        clock: Callable[[], float] = time.monotonic,
        *,
        silent_s: float | None = None,
    ) -> None:
        self.command = tuple(command)
        self.starts = 0
        self._clock, self._silent_s = clock, silent_s
        self._failures = 0
        self._unusable = 0
        self._begun = 0.0
        self._due = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._signs: IO[bytes] | None = None
        self._pulse: Pulse | None = None

    @property
    def over(self) -> bool:
        """It cannot be started with these settings."""
        return self._unusable >= UNUSABLE

    @property
    def pid(self) -> int | None:
        """Its process, while there is one."""
        return self._process.pid if self._process else None

    def look(self) -> None:
        """Start it where it does not run and is due; end it where it hangs."""
        now = self._clock()
        if self._process is not None:
            if self._process.poll() is None and not self._hangs():
                return
            self._failures = 0 if now - self._begun > WELL_S else self._failures + 1
            wait = WAITS[min(self._failures, len(WAITS)) - 1] if self._failures else WAITS[0]
            code = self._process.wait()
            self._unusable = self._unusable + 1 if code == USAGE else 0
            log.error("part_ended", part=" ".join(self.command[3:5]), code=code, again_s=wait)
            self._process, self._due = None, now + wait
        if now >= self._due and not self.over:
            self._begun = now
            self.starts += 1
            self._start()

    def _start(self) -> None:
        if self._silent_s is None:
            self._process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL)
            return
        read, write = os.pipe()
        if self._signs is not None:
            self._signs.close()
        self._signs, self._pulse = os.fdopen(read, "rb", buffering=0), Pulse(read)
        told = {**os.environ, PIPE: str(write), "PYTHONFAULTHANDLER": "1"}
        self._process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, pass_fds=[write], env=told
        )
        os.close(write)

    def _hangs(self) -> bool:
        """Whether it gives no more signs of life; then it is killed."""
        if self._process is None or self._pulse is None or self._silent_s is None:
            return False
        self._pulse.listen()
        quiet = max(self._pulse.quiet.values(), default=None)
        late = self._pulse.waited > FIRST_S if quiet is None else quiet > self._silent_s
        if late:
            log.critical(
                "part_hangs",
                part=" ".join(self.command[3:5]),
                pid=self._process.pid,
                silent_s=quiet,
            )
            self._process.kill()
        return late

    def end(self) -> None:
        """Stop it, gently first."""
        if self._signs is not None:
            self._signs.close()
            self._signs = None
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(PARTING_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def keep(parts: Sequence[Part], stop: threading.Event, *, beside: int | None = None) -> None:
    """Look after the parts until told to stop, nobody is there to serve, or none can be started."""
    try:
        while not stop.is_set() and (beside is None or lives(beside)):
            for part in parts:
                part.look()
            if all(part.over for part in parts):
                return
            stop.wait(LOOK_S)
    finally:
        for part in reversed(parts):
            part.end()


def lives(pid: int) -> bool:
    """Whether a process goes on; one that has ended and whom nobody has asked for does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
