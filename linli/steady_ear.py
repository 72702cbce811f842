"""A microphone that may be pulled out and put back: it is looked for again and again."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import structlog

from intents.types import Ask
from voices.errors import NoAudioDevice
from voices.types import Pcm

from .hearing_from import Ear, NoEar

log = structlog.get_logger(__name__)

AGAIN: Final = 5.0
"""Seconds before a lost microphone is looked for again."""


class SteadyEar:
    """Gives sound while there is some; `lost` is told True when it is gone, False when back."""

    def __init__(self, open_ear: Callable[[], Ear], lost: Callable[[bool], None]) -> None:
        self._open, self._lost = open_ear, lost
        self._ear: Ear = NoEar()
        self._due = 0.0
        self._deaf = False

    def get(self, timeout: float) -> Pcm | None:
        """The next piece; None when none came in time, or there is no microphone now."""
        try:
            if isinstance(self._ear, NoEar) and time.monotonic() >= self._due:
                self._due = time.monotonic() + AGAIN
                self._ear = self._open()
                self._deaf = False
                self._lost(False)
            return self._ear.get(timeout)
        except NoAudioDevice as error:
            if not self._deaf:
                log.warning("microphone_lost", reason=str(error))
                self._lost(True)
            self._deaf = True
            self._ear.close()
            self._ear, self._due = NoEar(), time.monotonic() + AGAIN
            return None

    def asked(self, ask: Ask | None) -> None:
        """From now on an answer is listened for."""
        self._ear.asked(ask)

    def close(self) -> None:
        """Let go of it."""
        self._ear.close()
