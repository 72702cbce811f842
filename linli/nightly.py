"""What every long-running program of a station does at night, and only one of them each night.

Kiosk, telephone and console each hold a `Nightly`; whoever comes first sweeps, with a
connection of its own, so that nobody who talks waits for it. On a machine that sleeps
at night it is done after it wakes.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import structlog

from station import clock as station_clock
from station.errors import StationError
from station.settings import Settings

if TYPE_CHECKING:
    # A screen that opens must not wait for what is needed at night.
    from .sweeping import Sweep

log = structlog.get_logger(__name__)

SWEPT: Final = "swept"
"""Beside the ledger: when everything was swept last."""
HOUR: Final = 3
"""When nobody calls."""
FIRST_S: Final = 120.0
"""A program that has just started has better things to do."""
EVERY_S: Final = 600.0


class Nightly:
    """A thread that looks every ten minutes whether a sweep is due."""

    def __init__(
        self,
        settings: Settings,
        *,
        file: Path | None = None,
        clock: Callable[[], datetime] = station_clock.now,
        first_s: float = FIRST_S,
        every_s: float = EVERY_S,
    ) -> None:
        self._settings, self._file, self._clock = settings, file, clock
        self._first_s, self._every_s = first_s, every_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="nightly", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        wait, started = self._first_s, False
        while not self._stopping.wait(wait):
            wait = self._every_s
            try:
                if not started:
                    self._clock_told()
                    started = True
                self.look()
                self._daily()
            except (StationError, OSError) as error:
                # Whatever stands in the way tonight is tried again in ten minutes.
                log.critical("night_work_failed", reason=f"{type(error).__name__}: {error}")

    def _clock_told(self) -> None:
        """After a power cut a clock with a dead battery is wrong at once, not only at night."""
        from . import clock_watch
        from .wiring import open_ledger

        with open_ledger(self._settings) as ledger:
            clock_watch.look(ledger, self._clock())

    def _daily(self) -> None:
        from . import daily

        daily.look(self._settings, self._clock(), self._stopping, file=self._file)

    def look(self) -> Sweep | None:
        """Sweep when that is due and nobody else does; None when there was nothing to do.

        Raises LedgerError or OSError; then it is still due.
        """
        from . import clock_watch, selftest_watch, sweeping
        from .wiring import open_ledger

        marker = self._settings.data.ledger.with_name(SWEPT)
        with alone(marker) as mine:
            now = self._clock()
            if not mine or not is_due(station_clock.moment_in(marker), now):
                return None
            with open_ledger(self._settings) as ledger:
                if clock_watch.leapt(ledger, now):
                    return None
                done = sweeping.sweep(self._settings, ledger, now)
                selftest_watch.look(ledger, now)
            marker.write_text(now.isoformat(), "utf-8")
            return done


def is_due(last: datetime | None, now: datetime, at: time = time(HOUR)) -> bool:
    """Whether an hour of the day, in China, has passed since; also after a clock set back."""
    if last is None or last > now + timedelta(days=1):
        return True
    today = now.astimezone(station_clock.BEIJING)
    night = today.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return last < (night if night <= now else night - timedelta(days=1))


@contextmanager
def alone(marker: Path) -> Iterator[bool]:
    """Whether no other program is at it; the lock lies beside `marker`."""
    marker.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(marker.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(handle)
