"""What the kiosk hears with: a microphone, recorded sentences, or nothing.

All give pieces of mono float32 audio at 16 kHz in real time. `asked` tells that
an answer is being listened for; recorded sentences then begin.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from intents.types import Ask
from voices.sources import PIECE, Microphone, recording
from voices.types import RATE, Pcm

from .samples import Caller, Sample


class Ear(Protocol):
    """Where the kiosk's audio comes from."""

    def get(self, timeout: float) -> Pcm | None:
        """The next piece; None when none came in time. Raises NoAudioDevice when it is broken."""

    def asked(self, ask: Ask | None) -> None:
        """From now on an answer is listened for."""

    def close(self) -> None:
        """Let go of it."""


class LiveEar:
    """The microphone; raises NoAudioDevice where there is none."""

    def __init__(self) -> None:
        self._microphone = Microphone()
        self._microphone.__enter__()

    def get(self, timeout: float) -> Pcm | None:
        """The next piece."""
        return self._microphone.get(timeout)

    def asked(self, ask: Ask | None) -> None:
        """Somebody will speak, or not."""

    def close(self) -> None:
        """Close the device."""
        self._microphone.__exit__(None, None, None)


class _Recorded:
    """Silence in real time, and in it what was recorded."""

    def __init__(self) -> None:
        self._rest: Pcm = np.zeros(0, np.float32)
        self._due = time.monotonic()

    def say(self, pcm: Pcm) -> None:
        """Speak this from now on."""
        self._rest = np.concatenate([self._rest, pcm])

    def get(self, timeout: float) -> Pcm | None:
        """The next piece, when it is due."""
        self._due = max(self._due + PIECE / RATE, time.monotonic() - 1)
        wait = self._due - time.monotonic()
        if wait > timeout:
            self._due -= PIECE / RATE
            time.sleep(timeout)
            return None
        time.sleep(max(0.0, wait))
        piece, self._rest = self._rest[:PIECE], self._rest[PIECE:]
        return np.concatenate([piece, np.zeros(PIECE - len(piece), np.float32)])

    def close(self) -> None:
        """Nothing to let go of."""


class FileEar(_Recorded):
    """Audio files as a microphone: the next one is spoken whenever an answer is listened for."""

    def __init__(self, files: Sequence[Path]) -> None:
        super().__init__()
        self._files = list(files)

    def asked(self, ask: Ask | None) -> None:
        """Speak the next file; a question nobody asked is not answered."""
        if ask is not None and self._files:
            self.say(_whole(recording(self._files.pop(0))))


class CallerEar(_Recorded):
    """A sample caller as a microphone: says what is asked for, and one request only."""

    def __init__(self, sample: Sample) -> None:
        super().__init__()
        self._caller = Caller(sample)
        self.finished = False
        """The last question had no answer."""
        self.settled = False
        """The matter has ended: nothing is said again, only what was not said yet."""

    def asked(self, ask: Ask | None) -> None:
        """Answer, where the caller has an answer."""
        if ask is None:
            return
        once = self.settled or ask.slot == "service"
        again = once and not self._caller.has_more(ask.slot)
        said = None if again else self._caller.answer(ask.slot)
        self.finished = said is None
        if said is not None:
            self.say(said[1])


class NoEar(_Recorded):
    """Hears nothing: everything is touched."""

    def get(self, timeout: float) -> Pcm | None:
        """Never a piece."""
        time.sleep(timeout)
        return None

    def asked(self, ask: Ask | None) -> None:
        """Nobody answers aloud."""


def _whole(pieces: Iterable[Pcm]) -> Pcm:
    return np.concatenate([np.zeros(RATE // 2, np.float32), *pieces])
