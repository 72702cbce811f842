"""What a listener tells: speech began, text so far, a turn, noise, nobody there.

Times are seconds into the stream, audio is mono float32 at 16 kHz.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from .turn import Kind
from .types import Pcm, Transcript


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Somebody speaks (≥ 0.25 s of voice)."""

    at: float
    """Seconds into the stream, the first voiced sample."""


@dataclass(frozen=True, slots=True)
class PartialText:
    """What has been heard of the present turn so far; it may still change."""

    text: str
    """Simplified Chinese; passed the guards."""
    at: float
    """Seconds into the stream."""


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The elder has said something and stopped."""

    transcript: Transcript
    """What was said; of the whole turn where it had been reopened."""
    speech_start: float
    """First voiced sample, seconds into the stream."""
    speech_end: float
    """End of the last voiced sample, seconds into the stream."""
    audio: Pcm
    """The turn with a little silence around it, 16 kHz."""
    silence: float
    """Seconds waited after the last voiced sample."""
    reopens: int = 0
    """How many times the turn had been ended too early; replaces what was said then."""
    kind: Kind = "open"
    """What had been asked."""
    cut: bool = False
    """Ended because it had become too long."""


@dataclass(frozen=True, slots=True)
class Reopened:
    """Speech goes on right after a turn was ended: the next TurnEnded replaces it."""

    at: float
    """First voiced sample, seconds into the stream."""


@dataclass(frozen=True, slots=True)
class NoiseHeard:
    """Something was voiced, but its text did not pass the guards."""

    guard: str
    """The guard that withheld it."""
    speech_start: float
    """First voiced sample, seconds into the stream."""
    speech_end: float
    """End of the last voiced sample, seconds into the stream."""
    audio: Pcm
    """For a second look where the answer could only be one of a few."""
    kind: Kind = "open"
    """What had been asked."""


@dataclass(frozen=True, slots=True)
class StartTimeout:
    """Nobody spoke for as long as the policy waits; comes once a question."""

    at: float
    """Seconds into the stream."""


Heard: TypeAlias = SpeechStarted | PartialText | TurnEnded | Reopened | NoiseHeard | StartTimeout
