"""The ears of a kiosk: those of the talk, or between talks those that wait for a request.

Half duplex: they are deaf while Linli speaks.
"""

from __future__ import annotations

import threading
import time
from typing import Final

import numpy as np

from voices.listener import Listener
from voices.types import Pcm

from .ears import Caught, Ears
from .gate import Gate
from .stage import Station

_FULL: Final = 0.12
"""Loudness (RMS) that fills the ring."""


class KioskEars:
    """One pair at a time, on the worker's thread; between talks none where it is not to listen."""

    def __init__(self, *, listens: bool) -> None:
        self._listens = listens
        self._now: Ears | None = None
        self._gate = Gate()
        self._closing: list[threading.Thread] = []
        self.level = 0.0
        """How loud it is now, 0–1."""

    def use(self, ears: Ears | None) -> None:
        """From now on these hear, and what the others still think about is dropped."""
        self._closing = [thread for thread in self._closing if thread.is_alive()]
        if self._now is not None:  # closing waits for a text that is being decoded
            self._closing.append(threading.Thread(target=self._now.listener.close))
            self._closing[-1].start()
        self._now, self.level = ears, 0.0

    def idle(self, station: Station) -> None:
        """Wait for a request or a cry for help near the screen."""
        if not self._listens:
            return
        listener = Listener(
            station.recognizer, completeness=station.engine.completeness, wait=station.wait
        )
        listener.muted = True
        self.use(Ears(listener, None, station.engine.emergency))

    def mute(self) -> None:
        """Linli is about to speak."""
        if self._now is not None:
            self._now.listener.muted = True

    def opened(self, *, speaking: bool) -> Ears | None:
        """Be deaf where Linli speaks; the ears, at the moment they begin to hear again."""
        ears = self._now
        if ears is None:
            return None
        closed = self._gate.closed(time.monotonic(), speaking=speaking)
        was, ears.listener.muted = ears.listener.muted, closed
        return ears if was and not closed else None

    def feed(self, piece: Pcm) -> list[Caught]:
        """Hear mono float32 audio at 16 kHz."""
        if self._now is None:
            return []
        self.level = min(1.0, float(np.sqrt(np.mean(piece**2))) / _FULL)
        return self._now.feed(piece)

    def close(self) -> None:
        """Hear nothing more; waits for texts that are being decoded."""
        self.use(None)
        for thread in self._closing:
            thread.join()
