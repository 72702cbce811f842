"""A recogniser chosen while the station runs: picked up between conversations, without a restart.

`linli models use` changes one line of station.toml. Whoever hears looks at that file now and
then; when nobody is talking, the new recogniser is loaded beside the old one and takes over.
One that does not load leaves the old one at work.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import structlog

from voices.errors import VoicesError

from .errors import LinliError
from .models import used
from .stage import Station

log = structlog.get_logger(__name__)

LOOK_S: Final = 5.0
"""Seconds between two looks at the settings."""


class Chosen:
    """Follows the choice in a settings file; `look` may be called as often as one likes."""

    def __init__(
        self,
        file: Path,
        station: Station,
        quiet: Callable[[], bool],
        *,
        every_s: float = LOOK_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._file, self._station, self._quiet = file, station, quiet
        self._every_s, self._clock = every_s, clock
        self._due = clock() + every_s
        self._seen: tuple[int, int] | None = (0, 0)
        self._wanted: str | None = None
        self.name = station.settings.speech.recognizer
        """The one at work."""

    def look(self) -> bool:
        """Take over what was chosen, when that is due and nobody talks; whether it was."""
        now = self._clock()
        if now < self._due:
            return False
        self._due = now + self._every_s
        stamp = _stamp(self._file)
        if stamp != self._seen:
            self._seen, self._wanted = stamp, self._read()
        if self._wanted in {None, self.name} or not self._quiet():
            return False
        return self._take(str(self._wanted))

    def _read(self) -> str | None:
        try:
            return used(self._file)
        except (LinliError, OSError) as error:
            log.warning("choice_unreadable", reason=str(error))
            return None

    def _take(self, name: str) -> bool:
        self._wanted = None
        try:
            self._station.hear_with(name)
        except (LinliError, VoicesError, OSError, RuntimeError) as error:
            log.critical("recogniser_not_changed", recogniser=name, reason=str(error))
            return False
        log.info("recogniser_changed", was=self.name, recogniser=name)
        self.name = name
        return True

    @contextmanager
    def following(self) -> Iterator[None]:
        """Look on a thread of its own as long as the block lasts."""
        stop = threading.Event()

        def run() -> None:
            while not stop.wait(self._every_s):
                self.look()

        thread = threading.Thread(target=run, name="chosen", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        state = file.stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_ino
