"""`linli phone run`: Asterisk and the voice beside each other, each started again when it ends.

The voice is also ended and started again when it gives no more signs of life: whoever
talks with it hears nothing any more, and Asterisk gives them to a person only then.
`scripts/run` starts it beside the kiosk. On a station that runs them as systemd
units it is not needed: there systemd does the same.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import structlog

from ivr.errors import PhoneError
from ivr.folders import Folders
from station.settings import Settings

from .asterisk_packages import TREE
from .heart import PIPE, Pulse
from .limits import limit
from .phone_setup import set_up, telephones
from .phone_sounds import words

log = structlog.get_logger(__name__)

PARTS: Final = ("asterisk", "serve")
"""The commands of `linli phone` that make the line."""
ALIVE: Final = frozenset({"serve"})
"""Those of them that give signs of life."""
WAITS: Final = (0.5, 2.0, 5.0, 15.0, 30.0)
"""Seconds before a part that ended is started again, the last for all that follow."""
WELL_S: Final = 120.0
"""A part that ran so long has not failed again but anew."""
PARTING_S: Final = 8.0
FIRST_S: Final = 180.0
"""Seconds a part may take to its first sign of life, on the slowest machine."""
LOOK_S: Final = 0.25


class Part:
    """One process of the line, kept alive.

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
        self._begun = 0.0
        self._due = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._signs: IO[bytes] | None = None
        self._pulse: Pulse | None = None

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
            log.error("phone_part_ended", code=self._process.wait(), again_s=wait)
            self._process, self._due = None, now + wait
        if now >= self._due:
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
            log.critical("phone_part_hangs", pid=self._process.pid, silent_s=quiet)
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


def run(
    settings: Settings, path: Path | None, *, beside: int | None, tell: Callable[[str], None]
) -> None:
    """Keep the line up until told to stop, or until the process `beside` is gone."""
    said = words()["run"]
    if not settings.phone.enabled:
        tell(said["switched_off"])
        return
    if not TREE.here():
        tell(said["absent"])
        return
    if not Folders(settings.phone.folder.absolute()).conf.exists():
        set_up(settings, out=None, check=False, tell=tell)
    _invite(settings, tell)
    given = ["--settings", str(path)] if path else []
    parts = [
        Part(
            [sys.executable, "-m", "linli", "phone", each, *given],
            silent_s=limit("line.silent_s") if each in ALIVE else None,
        )
        for each in PARTS
    ]
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    keep(parts, stop, beside=beside)


def keep(parts: Sequence[Part], stop: threading.Event, *, beside: int | None = None) -> None:
    """Look after the parts until told to stop, or until nobody is there to serve."""
    try:
        while not stop.is_set() and (beside is None or _lives(beside)):
            for part in parts:
                part.look()
            stop.wait(LOOK_S)
    finally:
        for part in reversed(parts):
            part.end()


def _invite(settings: Settings, tell: Callable[[str], None]) -> None:
    """How to ring it with a softphone."""
    try:
        server, *lines = telephones(settings)
    except PhoneError as error:
        tell(str(error))
        return
    tell(words()["run"]["ring"].format(server=server))
    for line in lines[:1]:
        tell(line)


def _lives(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False
