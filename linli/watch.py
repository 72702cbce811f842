"""`linli kiosk --watch`: keeps a kiosk alive, whatever happens to its process.

The kiosk runs as a child. When it ends by itself (a crash in a library, out of
memory) or gives no more signs of life (a thread that hangs), it is ended for good
and started again, after a wait that grows with every failure. Meanwhile a stand-in,
a process of its own, shows that staff will help. The watcher itself imports nothing
that draws, listens or computes.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, Final

import structlog

from station.settings import Settings

from .errors import USAGE
from .heart import PIPE, Organ, Pulse

log = structlog.get_logger(__name__)

TICK: Final = 0.25
"""Seconds between two looks at the child."""
KEPT: Final = 3
"""What so many earlier children wrote to stderr is kept."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for what; seconds."""

    first_screen: float = 120.0
    """From the start to the first sign of the screen."""
    silence: dict[Organ, float] = field(default_factory=lambda: {"screen": 30.0, "worker": 180.0})
    """Without a sign of an organ that has given one."""
    waits: tuple[float, ...] = (0.5, 2.0, 5.0, 15.0, 30.0, 60.0)
    """Before the first, second … start again; the last one for all that follow."""
    well: float = 600.0
    """A child that lived so long has not failed again but anew."""
    parting: float = 5.0
    """For a child that was asked to end."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended."""

    why: str
    """closed, exit 1, SIGSEGV, screen silent, worker silent, no screen."""
    code: int
    """For whoever started the watcher, where it ends too."""
    lived: float
    """Seconds."""
    seen: bool
    """Its screen was alive once."""


class Watch:
    """One kiosk and its stand-in; `run` returns when the kiosk was closed on purpose.

    `command` starts the kiosk, `stand_in` the process that shows the screen out of
    order; `errors` is the file for what the kiosk writes to stderr.
    """

    def __init__(
        self,
        command: Sequence[str],
        stand_in: Sequence[str],
        errors: Path,
        patience: Patience | None = None,
    ) -> None:
        self._command, self._errors = list(command), errors
        self._patience = patience or Patience()
        self._stand_in = StandIn(stand_in, errors.with_name("stand-in.err"))
        self._stopping = False
        self._failures = 0

    def run(self) -> int:
        """Watch; gives the exit code."""
        before = {
            number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            while True:
                ended = self._live()
                if self._stopping or ended.why == "closed":
                    return 0
                if ended.code == USAGE and not ended.seen:  # it said what to mend
                    sys.stderr.write(self._errors.read_text("utf-8", "replace"))
                    return ended.code
                self._failed(ended)
        finally:
            self._stand_in.close()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, _: int, __: FrameType | None) -> None:
        self._stopping = True

    def _failed(self, ended: Ended) -> None:
        """Tell, show, wait."""
        self._failures = 1 if ended.lived >= self._patience.well else self._failures + 1
        waits = self._patience.waits
        wait = waits[min(self._failures, len(waits)) - 1]
        log.critical(
            "kiosk_died",
            why=ended.why,
            lived_s=round(ended.lived),
            failures=self._failures,
            again_in_s=wait,
            stderr=str(self._errors),
        )
        self._stand_in.show()
        until = time.monotonic() + wait
        while time.monotonic() < until and not self._stopping:
            time.sleep(min(TICK, wait))

    # --- one child ----------------------------------------------------------------------------

    def _live(self) -> Ended:
        """Start a child and follow it to its end."""
        read, write = os.pipe()
        with os.fdopen(read, "rb", buffering=0) as signs, kept(self._errors) as errors:
            child = subprocess.Popen(
                self._command,
                pass_fds=[write],
                stderr=errors,
                env={**os.environ, PIPE: str(write), "PYTHONFAULTHANDLER": "1"},
            )
            os.close(write)
            try:
                return self._follow(child, signs)
            finally:
                if child.poll() is None:
                    child.kill()
                child.wait()

    def _follow(self, child: subprocess.Popen[bytes], signs: IO[bytes]) -> Ended:
        """Until it has ended, or gives no more signs."""
        born = time.monotonic()
        pulse, seen = Pulse(signs.fileno()), False
        while True:
            if not pulse.listen(TICK):  # it closed its end, and is about to end itself
                time.sleep(TICK)
            if "screen" in pulse.quiet and not seen:
                seen = True
                self._stand_in.hide()
                log.info("kiosk_alive", after_s=round(time.monotonic() - born, 1))
            code = child.poll()
            if self._stopping and code is None:
                code = _parted(child, self._patience.parting)
            why = _how(code) if code is not None else self._silent(pulse)
            if why:
                lived = time.monotonic() - born
                return Ended(why, 1 if code is None else code, lived, seen)

    def _silent(self, pulse: Pulse) -> str:
        """What has been silent for too long; empty when nothing has."""
        if "screen" not in pulse.quiet:
            return "no screen" if pulse.waited > self._patience.first_screen else ""
        late = (o for o, seconds in pulse.quiet.items() if seconds > self._patience.silence[o])
        return next((f"{organ} silent" for organ in late), "")


class StandIn:
    """A process that waits with the screen out of order, and shows it when it is told to."""

    def __init__(self, command: Sequence[str], errors: Path) -> None:
        self._command, self._errors = list(command), errors
        self._process: subprocess.Popen[bytes] | None = None

    def show(self) -> None:
        """Show it; started where there is none."""
        self._tell(b"show\n")

    def hide(self) -> None:
        """The kiosk is there; stay ready."""
        self._tell(b"hide\n")

    def close(self) -> None:
        """End it."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.kill()
            self._process.wait()

    def _tell(self, word: bytes) -> None:
        if self._process is None or self._process.poll() is not None:
            with kept(self._errors) as errors:
                self._process = subprocess.Popen(
                    self._command, stdin=subprocess.PIPE, stderr=errors
                )
        pipe = self._process.stdin
        try:
            if pipe is not None:
                pipe.write(word)
                pipe.flush()
        except BrokenPipeError:
            log.exception("stand_in_died", code=self._process.wait())


def kept(file: Path) -> IO[bytes]:
    """A fresh file for what the next child writes to stderr; older ones move one number on."""
    file.parent.mkdir(parents=True, exist_ok=True)
    for number in range(KEPT - 1, 0, -1):
        older = file.with_name(f"{file.name}.{number}")
        newer = file.with_name(f"{file.name}.{number - 1}") if number > 1 else file
        if newer.exists():
            newer.replace(older)
    return file.open("wb")


def _parted(child: subprocess.Popen[bytes], patience: float) -> int:
    """Ask it to end, then make it."""
    child.terminate()
    try:
        return child.wait(patience)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def _how(code: int) -> str:
    """A child's end in words."""
    if code < 0:
        return signal.Signals(-code).name
    return f"exit {code}" if code else "closed"


def watched(
    settings: Settings, arguments: Sequence[str], file: Path | None, *, fullscreen: bool
) -> int:
    """Watch `linli ARGUMENTS…`, with this interpreter; gives the exit code.

    `file` is the settings file as it was named, for the stand-in.
    """
    from .kiosk import log_to_file

    log_to_file(settings, "watch.log")
    stand_in = [sys.executable, "-m", "linli.stand_in"]
    stand_in += ["--settings", str(file)] if file else []
    stand_in += ["--fullscreen"] if fullscreen else []
    kiosk = [sys.executable, "-m", "linli", *arguments]
    return Watch(kiosk, stand_in, settings.log.path / "kiosk.err").run()
