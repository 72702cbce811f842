"""`linli transcribe`: what was said in audio files, a JSON object a line.

By default a file is fed in real time, as a microphone would, and `text_ready_ms`
is the time from the last voiced sample to the final text: decoding begins after
0.25 s of silence, the wait for the end of the turn is not counted. With `fast`
it is fed as fast as it goes and `text_ready_ms` is pure compute.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from voices.audio import blocks, seconds
from voices.errors import AudioUnreadable, VoicesError
from voices.listener import SPECULATE
from voices.types import RATE, Agreed, Channel, Pcm, Recognizer
from voices.vad import FRAME, VoiceActivity

REAL_TIME_LIMIT = 600.0
"""Longest recording fed in real time, seconds."""

FAST_LIMIT = 4 * 3600.0
"""Longest recording at all, seconds; memory does not grow with it."""

_LEAD = 12
_TAIL = 2.0
_AHEAD = 20
_AFTER = 2 * RATE // FRAME


def serve(
    files: Iterable[Path],
    out: TextIO,
    recognizer: Recognizer,
    *,
    channel: str = "kiosk",
    fast: bool = False,
    agreed: Agreed | None = None,
) -> bool:
    """Write a line a file; False when a file could not be read.

    `agreed` chooses among readings, as in a talk where anything may be asked for.
    """
    if channel not in ("kiosk", "phone"):
        raise ChannelUnknown(f"--channel {channel}: no such channel; use kiosk or phone")
    whole = True
    for row in transcribe_files(
        files, recognizer, "phone" if channel == "phone" else "kiosk", fast, agreed
    ):
        whole = whole and "error" not in row
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
        out.flush()
    return whole


class ChannelUnknown(VoicesError):
    """A channel that is neither kiosk nor phone."""

    code = "usage"


def transcribe_files(
    files: Iterable[Path],
    engine: Recognizer,
    channel: Channel = "kiosk",
    fast: bool = False,
    agreed: Agreed | None = None,
) -> Iterator[dict[str, Any]]:
    """A row a file, in their order; a file that cannot be read gives `{"file", "error"}`."""
    for file in files:
        try:
            yield transcribe(file, engine, channel, fast=fast, agreed=agreed)
        except AudioUnreadable as error:
            yield {"file": str(file), "error": str(error)}


def transcribe(
    file: Path,
    engine: Recognizer,
    channel: Channel = "kiosk",
    *,
    fast: bool = False,
    agreed: Agreed | None = None,
) -> dict[str, Any]:
    """One row. Raises AudioUnreadable."""
    length = seconds(file)
    limit = FAST_LIMIT if fast else REAL_TIME_LIMIT
    if length > limit:
        hint = "cut it into shorter files" if fast else "use --fast, or cut it into shorter files"
        raise AudioUnreadable(f"{file}: {length:.0f} s long, at most {limit:.0f} s; {hint}")
    hearing = _Hearing(engine, channel, pace=None if fast else time.monotonic, agreed=agreed)
    for block in blocks(file, size=FRAME, phone_path=channel == "phone"):
        hearing.feed(block)
    result = hearing.finish()
    return {
        "file": str(file),
        "text": result.text,
        "pinyin": pinyin(result.text),
        "speech_end": result.speech_end,
        "text_ready_ms": result.text_ready_ms,
        "confidence": result.confidence,
    }


def hear(
    pcm: Pcm, engine: Recognizer, channel: Channel = "kiosk", agreed: Agreed | None = None
) -> Result:
    """One utterance (16 kHz, as the channel gives it) the whole way, as fast as it goes."""
    hearing = _Hearing(engine, channel, agreed=agreed)
    for start in range(0, len(pcm), FRAME):
        hearing.feed(pcm[start : start + FRAME])
    return hearing.finish()


def pinyin(text: str) -> str:
    """Syllables with tone numbers: wo3 xiang3; anything but Chinese characters stays."""
    from pypinyin import Style, lazy_pinyin

    syllables = lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True)
    return " ".join(word for word in (s.strip(" ，。！？、,.!?") for s in syllables) if word)


@dataclass(frozen=True, slots=True)
class Result:
    """What one recording gave."""

    text: str
    """Empty for no speech."""
    speech_end: float | None
    """End of the last voiced sample, seconds into the file; None for no speech."""
    text_ready_ms: float | None
    """See the module; None for no speech."""
    confidence: float
    """0–1."""


class _Hearing:
    """One recording on its way into a recogniser, by the clock or as fast as it goes."""

    def __init__(
        self,
        engine: Recognizer,
        channel: Channel,
        *,
        pace: Callable[[], float] | None = None,
        agreed: Agreed | None = None,
    ) -> None:
        self._stream = engine.open(channel)
        self._pace = pace
        self._agreed = agreed
        self._began = pace() if pace else 0.0
        self._activity = VoiceActivity(channel)
        self._lead: list[Pcm] = []
        self._open = self._paused = False
        self._last: int | None = None
        self._settled = 0

    def feed(self, frame: Pcm) -> None:
        """The next FRAME samples; waits until they would have been spoken."""
        frame = np.concatenate([frame, np.zeros(FRAME - len(frame), np.float32)])
        if self._pace:
            due = self._began + (self._activity.heard + FRAME) / RATE
            time.sleep(max(0.0, due - self._pace()))
        self._activity.feed(frame)
        if not self._open:
            self._wait_for_speech(frame)
            return
        silence = self._activity.silence
        if self._paused and silence < SPECULATE:
            self._stream.resume()
            self._paused = False
        self._stream.feed(frame)
        if not self._paused and silence >= SPECULATE:
            self._stream.pause()
            self._paused = True
        self._rest_between_utterances(silence)
        self._let_it_catch_up()

    def finish(self) -> Result:
        """The file is over: silence follows, as after any speech, until decoding has begun."""
        for _ in range(_AFTER):
            if self._paused or not self._open:
                break
            self.feed(np.zeros(FRAME, np.float32))
        last = self._activity.last if self._open else self._last
        said = self._stream.finish()
        said = said.believed(self._agreed) if self._agreed else said
        now = self._pace() if self._pace else 0.0
        self._stream.close()
        if not said.text or last is None:
            return Result("", None, None, 0.0)
        ready = (now - self._began - last / RATE) * 1000 if self._pace else said.decode_ms
        return Result(said.text, round(last / RATE, 3), round(ready, 1), said.confidence)

    def _wait_for_speech(self, frame: Pcm) -> None:
        self._lead.append(frame)
        if self._activity.speaking:
            if self._paused:
                self._stream.resume()
                self._paused = False
            self._stream.feed(np.concatenate(self._lead))
            self._lead, self._open = [], True
        elif self._activity.onset is None:
            del self._lead[:-_LEAD]

    def _let_it_catch_up(self) -> None:
        """Audio read faster than it is decoded would pile up."""
        settle = getattr(self._stream, "settle", None)
        if settle and not self._pace and self._activity.heard - self._settled > _AHEAD * RATE:
            settle()
            self._settled = self._activity.heard

    def _rest_between_utterances(self, silence: float) -> None:
        """After a long silence speech must begin anew: a later click is not speech."""
        if silence >= _TAIL:
            self._last = self._activity.last
            self._activity.begin()
            self._open = False
