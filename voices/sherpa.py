"""SenseVoice and Paraformer on sherpa-onnx: the ears a station with internet should fetch.

Both read a whole turn at once and are quick (a second of speech in some tens of
milliseconds), so a partial text is the turn so far read again, at most once a
second, and the final text is usually there before the end-of-turn wait is over:
decoding starts at the first short silence and is void when speech goes on.

sherpa-onnx ends the whole process when a model file lacks a fact it wants, and
gives no text and no error when a model fails on a piece of audio. So files are
looked at before they are loaded, and very short audio is never handed over.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeGuard

import numpy as np

from .guards import collapse, runaway
from .intake import accept
from .readings import joined
from .sherpa_model import Family, load
from .types import RATE, Channel, Pcm, Transcript, Word
from .vad import VoiceActivity

UNGRADED = 0.7
"""Confidence of every text: these models do not say how sure they are."""

LONGEST = 30.0
"""Seconds read at once; a longer turn is cut at its quietest place."""

PARTIAL_EVERY = 1.0
"""Least seconds of new audio between two partial texts."""

_SHORTEST = RATE // 2


class Sherpa:
    """Recogniser on the model in `directory`: `model.int8.onnx` or `model.onnx`, `tokens.txt`.

    Raises ModelUnusable where the model is missing, damaged or of another family.
    Safe to share between threads: texts queue on one worker.
    """

    def __init__(
        self, directory: Path, *, family: Family, name: str = "", threads: int = 1
    ) -> None:
        self._name = name or family.replace("_", "")
        self.directory = directory
        self._model = load(directory, family, threads)
        self._worker = ThreadPoolExecutor(1, self._name)

    @property
    def name(self) -> str:
        """The engine's name in settings and reports."""
        return self._name

    def open(self, channel: Channel = "kiosk") -> SherpaStream:
        """Begin a turn; both channels arrive at 16 kHz and are read alike."""
        return SherpaStream(self, channel)

    def submit(self, pcm: Pcm) -> Future[Transcript]:
        """Read a piece of up to 30 s on the worker; no guard looks at the text."""
        return self._worker.submit(self.read, pcm)

    def read(self, pcm: Pcm) -> Transcript:
        """The text of a piece of up to 30 s; blocks for as long as that takes."""
        start = time.perf_counter()
        padded = np.pad(pcm, (0, max(0, _SHORTEST - len(pcm))))
        stream = self._model.create_stream()
        stream.accept_waveform(RATE, padded)
        self._model.decode_stream(stream)
        result = stream.result
        # SenseVoice also names the language it takes the sound for, or that it is none.
        speech = "nospeech" not in str(result.lang)
        text = collapse(joined([result.text])) if speech else ""
        return Transcript(
            text,
            confidence=UNGRADED if text else 0.0,
            words=tuple(_words(result.tokens, result.timestamps)) if text else (),
            guard="" if text else "empty",
            decode_ms=(time.perf_counter() - start) * 1000,
        )


class SherpaStream:
    """One turn going into a Sherpa; see `RecognizerStream`."""

    _job: Future[Transcript] | None
    _rough: Future[Transcript] | None
    _pieces: list[tuple[int, Future[Transcript]]]

    def __init__(self, sherpa: Sherpa, channel: Channel) -> None:
        self._sherpa = sherpa
        self._channel = channel
        self._lock = threading.Lock()
        self._closed = False
        self._begin()

    def feed(self, pcm: Pcm) -> None:
        """Add audio; read on the recogniser's thread. Raises AudioUnreadable."""
        samples = accept(pcm)
        with self._lock:
            if self._closed or len(samples) == 0:
                return
            self._activity.feed(samples)
            self._buffer.append(samples)
            self._length += len(samples)
            while self._length >= LONGEST * RATE:
                self._cut_at_quietest()
            self._roughly()

    def partial(self) -> str:
        """The newest text, empty until enough of the audio is voiced."""
        with self._lock:
            if not self._activity.speaking:
                return ""
            jobs = [*(job for _, job in self._pieces), self._job or self._rough]
            return joined([job.result().text for job in jobs if _done(job)])

    def pause(self) -> None:
        """Start reading what is there."""
        with self._lock:
            if self._job is None and self._length:
                self._job, self._read_to = self._sherpa.submit(self._whole()), self._length

    def resume(self) -> None:
        """Speech goes on: what was begun is void."""
        with self._lock:
            self._forget()

    def settle(self) -> None:
        """Wait until `partial` is as new as the audio allows."""
        with self._lock:
            waiting = [*(job for _, job in self._pieces), self._job, self._rough]
        for job in waiting:
            if job and not job.cancelled():
                with suppress(CancelledError):
                    job.exception()

    def finish(self) -> Transcript:
        """Wait for the text of everything fed, then start anew."""
        with self._lock:
            spoke = self._activity.speaking
            self._settle()
            pieces = self._pieces
            self._begin()
        try:
            read = [(start, job.result()) for start, job in pieces]
        except CancelledError:
            return Transcript("", guard="empty")
        return _told(read, "" if spoke else "voiced")

    def close(self) -> None:
        """Drop what was fed; what is being read ends by itself."""
        with self._lock:
            self._closed = True
            self._forget()
            for _, job in self._pieces:
                job.cancel()
            self._begin()

    def _begin(self) -> None:
        self._activity = VoiceActivity(channel=self._channel)
        self._buffer: list[Pcm] = []
        self._length = self._start = 0
        self._pieces = []
        self._job = self._rough = None
        self._read_to = 0

    def _whole(self) -> Pcm:
        self._buffer = [np.concatenate(self._buffer)]
        return self._buffer[0]

    def _settle(self) -> None:
        """The last piece is complete; silence after a pause need not be read again."""
        if not self._length:
            return
        last = self._activity.last
        news = last is None or last > self._start + self._read_to
        if self._job is None or news:
            self._forget()
            self._job = self._sherpa.submit(self._whole())
        self._pieces.append((self._start, self._job))

    def _forget(self) -> None:
        for job in (self._job, self._rough):
            if job:
                job.cancel()
        self._job = self._rough = None

    def _cut_at_quietest(self) -> None:
        """Cut where the last five seconds are quietest."""
        whole, step = self._whole(), RATE // 10
        power = (whole[-5 * RATE :].reshape(-1, step) ** 2).mean(axis=1)
        place = len(whole) - 5 * RATE + int(power.argmin()) * step + step // 2
        self._forget()
        self._pieces.append((self._start, self._sherpa.submit(whole[:place])))
        self._buffer, self._length = [whole[place:]], len(whole) - place
        self._start += place
        self._read_to = 0

    def _roughly(self) -> None:
        """A partial text now and then, never two at once."""
        if self._job or not self._activity.speaking or (self._rough and not self._rough.done()):
            return
        if self._length - self._read_to >= PARTIAL_EVERY * RATE:
            self._rough, self._read_to = self._sherpa.submit(self._whole()), self._length


def _done(job: Future[Transcript] | None) -> TypeGuard[Future[Transcript]]:
    return job is not None and job.done() and not job.cancelled()


def _told(pieces: list[tuple[int, Transcript]], guard: str) -> Transcript:
    """A turn's pieces as one transcript, withheld where a guard says so."""
    text = joined([piece.text for _, piece in pieces])
    spent = sum(piece.decode_ms for _, piece in pieces)
    guard = guard or ("" if text else "empty") or ("repetition" if runaway(text) else "")
    if guard:
        return Transcript("", guard=guard, decode_ms=spent)
    words = tuple(
        replace(word, start=word.start + start / RATE, end=word.end + start / RATE)
        for start, piece in pieces
        for word in piece.words
    )
    return Transcript(text, confidence=UNGRADED, words=words, decode_ms=spent)


def _words(tokens: Sequence[str], starts: Sequence[float]) -> list[Word]:
    """Characters with their times, where the model gives any; one ends where the next begins."""
    if len(tokens) != len(starts):
        return []
    ends = [*starts[1:], starts[-1] + 0.3] if starts else []
    return [
        Word(token, round(start, 3), round(min(end, start + 0.6), 3), UNGRADED)
        for token, start, end in zip(tokens, starts, ends, strict=True)
    ]
