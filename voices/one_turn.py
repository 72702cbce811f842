"""One turn from its first sample on, and how turns ended too early are put together."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, replace

import numpy as np

from .decoding import other_readings
from .events import Heard, NoiseHeard, TurnEnded
from .turn import Kind, Policy
from .types import RATE, Pcm, Transcript


@dataclass(slots=True)
class OneTurn:
    """A turn under way or just ended."""

    policy: Policy
    """How patient to be."""
    kind: Kind
    """What had been asked."""
    start: int
    """First voiced sample of the whole turn."""
    end: int = 0
    """End of the last voiced sample."""
    ended: int = 0
    """The sample at which the turn was ended."""
    silence: float = 0.0
    """Seconds of silence that ended it."""
    cut: bool = False
    """It had become too long."""
    reopens: int = 0
    """How often it was ended too early before."""
    audio: Pcm | None = None
    """What was heard since it was (re)opened."""
    text: Future[Transcript] | None = None
    """The text of `audio`."""
    before: OneTurn | None = None
    """What had been taken for the whole turn."""


def told(turn: OneTurn) -> Heard:
    """The event of a turn whose text is there."""
    transcript, audio = whole(turn)
    start, end = turn.start / RATE, turn.end / RATE
    if not transcript.text:
        return NoiseHeard(transcript.guard, start, end, audio, turn.kind)
    return TurnEnded(transcript, start, end, audio, turn.silence, turn.reopens, turn.kind, turn.cut)


def whole(turn: OneTurn) -> tuple[Transcript, Pcm]:
    """Text and audio of a turn, with what was said before it was reopened."""
    if turn.text is None or turn.audio is None:
        raise RuntimeError("a turn is told only after it has ended")
    text = turn.text.result()
    if turn.before is None:
        return text, turn.audio
    earlier, audio = whole(turn.before)
    return _merge(earlier, text), np.concatenate([audio, turn.audio])


def _merge(first: Transcript, second: Transcript) -> Transcript:
    if not second.text or not first.text:
        return first if first.text else second
    pieces = [(first.text, *first.alternatives), (second.text, *second.alternatives)]
    return replace(
        second,
        text=_join(first.text, second.text),
        confidence=min(first.confidence, second.confidence),
        alternatives=other_readings(pieces, lambda texts: _join(*texts)),
        words=(*first.words, *second.words),
        decode_ms=first.decode_ms + second.decode_ms,
    )


def merged_text(before: OneTurn | None, text: str) -> str:
    """`text` after what was said before the turn was reopened."""
    if before is None or before.text is None or not before.text.done():
        return text
    return _join(whole(before)[0].text, text)


def _join(first: str, second: str) -> str:
    if not first or not second:
        return first or second
    return first.rstrip("，。！？,.!? ") + "，" + second
