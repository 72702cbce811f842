"""The words of the speech room: audio, transcripts, recognisers, speakers.

Audio everywhere inside Linli is mono float32 in the range -1…1 at 16 kHz
(`RATE`) on the way in; the way out states its own rate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

RATE = 16_000
"""Samples a second of everything a recogniser is fed."""

Pcm: TypeAlias = npt.NDArray[np.float32]
"""Mono samples, shape (n,), -1…1."""

Channel: TypeAlias = Literal["kiosk", "phone"]
"""Wideband microphone, or 8 kHz telephone audio upsampled to `RATE`."""

Agreed: TypeAlias = Callable[[Sequence[str]], int]
"""Readings of the same sound, best first → the place of the one to believe."""


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word, for engines that time their words."""

    text: str
    """As the engine wrote it."""
    start: float
    """Seconds into the stream."""
    end: float
    """Seconds into the stream."""
    confidence: float
    """0–1."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a recogniser heard in the audio it was fed since it was opened."""

    text: str
    """Simplified Chinese; empty when nothing passed the speech guards."""
    confidence: float = 0.0
    """0–1; 0 for no text."""
    alternatives: tuple[str, ...] = ()
    """Other readings, best first, without `text`."""
    words: tuple[Word, ...] = ()
    """Timed words, where the engine gives them."""
    guard: str = ""
    """Why the text was withheld (a guard's name), empty when it was not."""
    decode_ms: float = 0.0
    """Pure compute spent on this transcript, milliseconds."""

    def believed(self, agreed: Agreed) -> Transcript:
        """The same sound, read as the listener's sense of it has it."""
        if not self.alternatives:
            return self
        readings = [self.text, *self.alternatives]
        text = readings.pop(agreed(readings))
        return replace(self, text=text, alternatives=tuple(readings))


class RecognizerStream(Protocol):
    """One turn's worth of audio going into a recogniser.

    `feed` never blocks for longer than a few milliseconds: engines that need
    longer work on a thread of their own.
    """

    def feed(self, pcm: Pcm) -> None:
        """Add audio: mono float32 at `RATE`, any length."""

    def partial(self) -> str:
        """The newest partial text, empty while there is none."""

    def pause(self) -> None:
        """The speaker fell silent (about 0.25 s): a good moment to start decoding."""

    def resume(self) -> None:
        """Speech went on after `pause`: whatever was begun is void."""

    def finish(self) -> Transcript:
        """The turn is over: wait for the text of everything fed, then start anew."""

    def close(self) -> None:
        """Release threads and buffers; the stream is not used afterwards."""


class Recognizer(Protocol):
    """Ears: interchangeable engines that turn audio into Mandarin text."""

    @property
    def name(self) -> str:
        """The engine's name in settings and reports, e.g. `whisper`."""

    def open(self, channel: Channel = "kiosk") -> RecognizerStream:
        """Begin a turn; several may be open at once."""


@dataclass(frozen=True, slots=True)
class Speech:
    """Audio ready to be played."""

    pcm: Pcm
    """Mono float32."""
    rate: int
    """Samples a second of `pcm`."""
    text: str
    """What it says."""
    source: Literal["pack", "composed", "rendered", "silence"] = "rendered"
    """Where it came from: recorded ahead, put together of pieces, made just now."""


class Speaker(Protocol):
    """Mouth: turns Chinese text into audio, one sentence at a time."""

    @property
    def name(self) -> str:
        """The engine's name in settings and reports, e.g. `kokoro`."""

    def say(self, text: str, *, rate: int = 24_000, pace: float = 1.0) -> Speech:
        """Synthesise one sentence; blocks for as long as that takes.

        `rate` is 24 000, 16 000 or 8 000 samples a second; `pace` below 1 is
        slower than the elder-friendly default of 3.5 characters a second.
        """
