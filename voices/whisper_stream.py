"""One turn going into a Whisper: pieces, pauses, and text begun before the turn is over."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

import numpy as np

from .decoding import Decoded, Tuning, other_readings
from .intake import accept
from .types import RATE, Pcm, Transcript

_LONGEST = 28.0
_SHORTEST = 0.1


class WhisperStream:
    """See `RecognizerStream`; `submit` and `submit_partial` decode audio on a worker."""

    def __init__(
        self,
        tuning: Tuning,
        submit: Callable[[Pcm], Future[Decoded]],
        submit_partial: Callable[[Pcm], Future[Decoded]],
    ) -> None:
        self._tuning = tuning
        self._submit = submit
        self._submit_partial = submit_partial
        self._lock = threading.Lock()
        self._paused = False
        self._buffer: list[Pcm] = []
        self._limbo: Pcm = np.zeros(0, np.float32)
        self._pieces: list[Future[Decoded]] = []
        self._job: Future[Decoded] | None = None
        self._rough: Future[Decoded] | None = None
        self._begin()

    def feed(self, pcm: Pcm) -> None:
        """Add audio; in a pause only the newest `lead` seconds are kept. Raises AudioUnreadable."""
        samples = accept(pcm)
        with self._lock:
            if self._paused:
                lead = int(self._tuning.lead * RATE)
                self._limbo = np.concatenate([self._limbo, samples])[-lead:]
                return
            self._buffer.append(samples)
            self._length += len(samples)
            if self._length >= _LONGEST * RATE:
                self._cut_at_quietest()
            self._roughly()

    def partial(self) -> str:
        """The texts of finished pieces and the newest reading of the present one."""
        with self._lock:
            newest = self._job if self._job and self._job.done() else self._rough
            pieces = [piece.result() for piece in self._pieces if piece.done()]
            if newest and newest.done() and not newest.cancelled():
                pieces.append(newest.result())
            return _joined([piece.text for piece in pieces if not piece.guard])

    def pause(self) -> None:
        """Start decoding what is there."""
        with self._lock:
            if not self._paused:
                self._paused = True
                self._start()

    def resume(self) -> None:
        """Speech goes on: the decoding is void, or keeps a long turn's first piece."""
        with self._lock:
            if not self._paused:
                return
            self._paused = False
            if self._job and self._length >= self._tuning.split * RATE:
                self._keep()
            elif self._job:
                if self._job.done():
                    self._rough = self._job
                else:
                    self._job.cancel()
                self._job = None
            self._buffer.append(self._limbo)
            self._length += len(self._limbo)
            self._limbo = self._limbo[:0]

    def settle(self) -> None:
        """Wait until `partial` is as new as the audio allows."""
        with self._lock:
            waiting = [*self._pieces, self._job, self._rough]
        for job in waiting:
            if job and not job.cancelled():
                job.exception()

    def finish(self) -> Transcript:
        """Wait for the text of everything fed, then start anew."""
        with self._lock:
            if not self._paused:
                self._start()
            if self._job:
                self._keep()
            pieces = list(self._pieces)
            self._begin()
        return _transcript([piece.result() for piece in pieces])

    def close(self) -> None:
        """Drop what was fed and what is being decoded."""
        with self._lock:
            for job in (*self._pieces, self._job, self._rough):
                if job:
                    job.cancel()
            self._begin()

    def _begin(self) -> None:
        self._buffer, self._length = [], 0
        self._limbo = np.zeros(0, np.float32)
        self._paused = False
        self._pieces = []
        self._job = self._rough = None
        self._rough_at = 0
        self._rough_began = 0.0

    def _start(self) -> None:
        if self._length >= _SHORTEST * RATE:
            self._buffer = [np.concatenate(self._buffer)]
            self._job = self._submit(self._buffer[0])

    def _keep(self) -> None:
        """The present piece is complete: its decoding stays, a new piece begins."""
        if self._job:
            self._pieces.append(self._job)
        self._job = self._rough = None
        self._buffer, self._length, self._rough_at = [], 0, 0

    def _cut_at_quietest(self) -> None:
        """Nobody paused for 28 s: cut where the last five seconds are quietest."""
        whole = np.concatenate(self._buffer)
        tail = whole[-5 * RATE :]
        step = RATE // 10
        power = (tail[: len(tail) // step * step].reshape(-1, step) ** 2).mean(axis=1)
        place = len(whole) - len(tail) + int(power.argmin()) * step + step // 2
        self._pieces.append(self._submit(whole[:place]))
        self._buffer, self._length = [whole[place:]], len(whole) - place
        self._rough, self._rough_at = None, 0

    def _roughly(self) -> None:
        """A partial text now and then: never two at once, and at most a third of the time."""
        every = self._tuning.partial_every
        if not every or self._length - self._rough_at < every * RATE:
            return
        if self._rough and not self._rough.done():
            return
        now = time.perf_counter()
        spent = self._rough.result().ms / 1000 if self._rough else 0.0
        if now - self._rough_began < 3 * spent:
            return
        self._rough_at, self._rough_began = self._length, now
        self._buffer = [np.concatenate(self._buffer)]
        self._rough = self._submit_partial(self._buffer[0])


def _joined(texts: list[str]) -> str:
    return "，".join(text.rstrip("，。！？,.!? ") for text in texts[:-1]) + (
        ("，" if len(texts) > 1 else "") + texts[-1] if texts else ""
    )


def _transcript(pieces: list[Decoded]) -> Transcript:
    spent = sum(piece.ms for piece in pieces)
    said = [piece for piece in pieces if not piece.guard]
    if not said:
        return Transcript("", guard=pieces[0].guard if pieces else "empty", decode_ms=spent)
    texts = [piece.text for piece in said]
    weight = np.array([len(text) for text in texts], float)
    logprob = float(np.average([piece.logprob for piece in said], weights=weight))
    return Transcript(
        _joined(texts),
        confidence=round(float(np.exp(min(0.0, logprob))), 4),
        alternatives=other_readings([(p.text, *p.alternatives) for p in said], _joined),
        decode_ms=spent,
    )
