"""Listener: audio goes in as it comes, what the elder did comes out as events.

A face (screen, telephone, demo) makes one listener a conversation and then only

    listener.expect("yes_no")            # the question has been asked
    for event in listener.feed(pcm): …   # at every piece of audio
    for event in listener.tick(): …      # now and then, also when no audio comes

Time is counted in samples, so the same audio always gives the same events.
Where audio stops coming (a telephone key held down), `tick` puts silence in its
place by the clock on the wall.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

import numpy as np

from .events import (
    Heard,
    NoiseHeard,
    PartialText,
    Reopened,
    SpeechStarted,
    StartTimeout,
    TurnEnded,
)
from .one_turn import OneTurn, merged_text, told
from .turn import Completeness, Kind, Policies, policies, verdict
from .types import RATE, Channel, Pcm, Recognizer, RecognizerStream
from .vad import FRAME, VoiceActivity

__all__ = [
    "SPECULATE",
    "Heard",
    "Listener",
    "NoiseHeard",
    "PartialText",
    "Reopened",
    "SpeechStarted",
    "StartTimeout",
    "TurnEnded",
]

SPECULATE = 0.25
"""Seconds of silence after which decoding starts on trial."""

OnPause: TypeAlias = Callable[[Pcm, float, float], object]
"""The turn's audio until now (16 kHz), its first voiced sample and the end of its last, seconds."""

_LEAD = 0.4
_GAP = 0.3


class Listener:
    """Ears of one conversation; see the module.

    `completeness` says whether the text so far is a complete answer.
    With `wait`, `feed` waits for texts instead of giving their events later:
    audio can then be fed faster than it was spoken, with the same outcome.
    All methods may be called from any thread.
    """

    def __init__(
        self,
        recognizer: Recognizer,
        *,
        channel: Channel = "kiosk",
        policy: Policies | None = None,
        completeness: Completeness | None = None,
        wait: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._recognizer = recognizer
        self._channel: Channel = channel
        self._policies = policy or policies()
        self.completeness = completeness
        self.waits = wait
        """Whether texts are waited for."""
        self._clock = clock
        self._lock = threading.RLock()
        self._worker = ThreadPoolExecutor(1, "listener")
        self._activity = VoiceActivity(channel)
        self._stream: RecognizerStream | None = None
        self._spare: RecognizerStream | None = recognizer.open(channel)
        self._kind: Kind = "open"
        self._deadline: int | None = None
        self._rest: Pcm = np.zeros(0, np.float32)
        self._audio: list[Pcm] = []
        self._turn: OneTurn | None = None
        self._last: OneTurn | None = None
        self._untold: list[OneTurn] = []
        self._paused = False
        self._settled = False
        self._partial = ""
        self._fed_at: float | None = None
        self.muted = False
        self.on_pause: OnPause = lambda *_: None
        """Told when somebody falls silent, before it is known whether they will go on."""

    @property
    def now(self) -> float:
        """Seconds of audio heard so far, stand-in silence included."""
        return self._activity.heard / RATE

    @property
    def speaking(self) -> bool:
        """Whether a turn is under way."""
        return self._turn is not None

    @property
    def voiced(self) -> float:
        """Seconds of voice in the turn under way; 0 while there is none."""
        return 0.0 if self._turn is None else self._activity.total / RATE

    @property
    def thinking(self) -> bool:
        """Whether a turn has ended whose text is not there yet."""
        return bool(self._untold)

    def expect(self, kind: Kind, *, after: float = 0.0) -> None:
        """A question was asked: be patient accordingly and wait for the answer to begin.

        `after` are the seconds its prompt still plays. Speech is heard meanwhile.
        """
        with self._lock:
            self._kind = kind
            if self._turn is not None:
                # The answer came while the question was still being asked.
                self._turn.kind, self._turn.policy = kind, self._policies[kind]
                return
            wait = after + self._policies[kind].start
            self._deadline = self._activity.heard + int(wait * RATE)

    def feed(self, pcm: Pcm) -> list[Heard]:
        """Hear `pcm` (mono float32 at `RATE`, any length); gives what has happened.

        While `muted` is set (the machine itself is speaking, without echo
        cancellation) silence is heard instead.
        """
        with self._lock:
            self._fed_at = self._clock()
            return self._hear(np.zeros_like(pcm) if self.muted else pcm) + self._collect()

    def tick(self) -> list[Heard]:
        """Give what has happened since; where audio stays away, silence is heard instead."""
        with self._lock:
            happened: list[Heard] = []
            now = self._clock()
            if self._fed_at is not None and not self.waits and now - self._fed_at > _GAP:
                missing = now - self._fed_at
                self._fed_at = now
                happened = self._hear(np.zeros(int(missing * RATE), np.float32))
            return happened + self._collect()

    def close(self) -> None:
        """Release the recogniser's stream and the thread."""
        with self._lock:
            self._worker.shutdown(wait=True, cancel_futures=True)
            for stream in (self._stream, self._spare):
                if stream is not None:
                    stream.close()
            self._stream = self._spare = None

    def _hear(self, pcm: Pcm) -> list[Heard]:
        happened: list[Heard] = []
        pcm = np.concatenate([self._rest, np.asarray(pcm, np.float32)])
        whole = len(pcm) // FRAME * FRAME
        self._rest = pcm[whole:].copy()
        for start in range(0, whole, FRAME):
            self._step(pcm[start : start + FRAME], happened)
        return happened

    def _step(self, frame: Pcm, happened: list[Heard]) -> None:
        self._activity.feed(frame)
        self._audio.append(frame)
        if self._turn is None:
            if self._activity.speaking:
                self._start(happened)
                return
            self._forget_old()
            self._watch_deadline(happened)
            return
        self._follow(self._turn, frame, happened)

    def _watch_deadline(self, happened: list[Heard]) -> None:
        if self._deadline is None or self._activity.onset is not None:
            return
        if self._activity.heard >= self._deadline:
            happened.append(StartTimeout(self.now))
            self._deadline = None

    def _forget_old(self) -> None:
        """Before speech only its lead is kept."""
        begin = self._activity.heard if self._activity.onset is None else self._activity.onset
        keep = (self._activity.heard - begin + int(_LEAD * RATE)) // FRAME + 1
        del self._audio[:-keep]

    def _start(self, happened: list[Heard]) -> None:
        onset = self._activity.onset or 0
        self._forget_old()
        before = self._reopenable(onset)
        if before is None:
            self._turn = OneTurn(self._policies[self._kind], self._kind, onset)
            happened.append(SpeechStarted(onset / RATE))
        else:
            self._turn = OneTurn(
                before.policy, before.kind, before.start, reopens=before.reopens + 1, before=before
            )
            if before in self._untold:
                self._untold.remove(before)
            else:
                happened.append(Reopened(onset / RATE))
        self._last = None
        self._deadline = None
        self._stream, self._spare = self._spare or self._recognizer.open(self._channel), None
        self._paused, self._partial = False, ""
        self._stream.feed(np.concatenate(self._audio))

    def _reopenable(self, onset: int) -> OneTurn | None:
        last = self._last
        if last is None or last.cut:
            return None
        return last if onset - last.ended <= self._policies.reopen * RATE else None

    def _follow(self, turn: OneTurn, frame: Pcm, happened: list[Heard]) -> None:
        stream = self._stream
        if stream is None:
            return
        silence = self._activity.silence
        if self._paused and silence < SPECULATE:
            stream.resume()
            self._paused = self._settled = False
        stream.feed(frame)
        if not self._paused and silence >= SPECULATE:
            stream.pause()
            self._paused = True
            end = self._activity.last or turn.start
            self.on_pause(np.concatenate(self._audio), turn.start / RATE, end / RATE)
        self._tell_partial(stream, happened)
        # Whoever is voiced in this frame is about to go on: what it is, the next ones tell.
        waits = self._paused and not self._activity.voiced
        if waits and self._over(turn, stream, silence, happened):
            self._end(turn, silence, happened)
        elif self._activity.heard - turn.start >= turn.policy.longest * RATE + self._lost(turn):
            turn.cut = True
            self._end(turn, silence, happened)

    def _lost(self, turn: OneTurn) -> int:
        """A reopened turn may last as long as a new one."""
        return 0 if turn.before is None else turn.before.ended - turn.start

    def _over(
        self, turn: OneTurn, stream: RecognizerStream, silence: float, happened: list[Heard]
    ) -> bool:
        policy = turn.policy
        if silence < policy.shortest:
            return False
        if self.waits and not self._settled:
            settle = getattr(stream, "settle", None)
            if settle is not None:
                settle()
            self._settled = True
            self._tell_partial(stream, happened)
        text = merged_text(turn.before, stream.partial())
        return silence >= policy.patience(verdict(text, turn.kind, self.completeness))

    def _tell_partial(self, stream: RecognizerStream, happened: list[Heard]) -> None:
        text = stream.partial()
        if text and text != self._partial:
            self._partial = text
            happened.append(
                PartialText(merged_text(self._turn and self._turn.before, text), self.now)
            )

    def _end(self, turn: OneTurn, silence: float, happened: list[Heard]) -> None:
        stream, self._stream = self._stream, None
        if stream is None:
            return
        turn.end = self._activity.last or turn.start
        turn.ended = self._activity.heard
        turn.silence = silence
        turn.audio = self._heard_in(turn)
        self._audio = []
        self._activity.begin()
        turn.text = self._worker.submit(stream.finish)
        turn.text.add_done_callback(lambda _: self._give_back(stream))
        self._turn, self._last = None, turn
        self._untold.append(turn)
        if self.waits:
            turn.text.exception()
            happened += self._collect()

    def _heard_in(self, turn: OneTurn) -> Pcm:
        """The turn's audio; of the silence that ended it only a little is kept."""
        audio = np.concatenate(self._audio)
        after = self._activity.heard - turn.end - int(_LEAD * RATE)
        return audio[:-after] if after > 0 else audio

    def _give_back(self, stream: RecognizerStream) -> None:
        """A finished stream serves the next turn; runs on the worker, so without the lock."""
        if self._spare is None:
            self._spare = stream
        else:
            stream.close()

    def _collect(self) -> list[Heard]:
        """Tell of the turns whose text has come, in their order."""
        happened: list[Heard] = []
        while self._untold and self._untold[0].text and self._untold[0].text.done():
            happened.append(told(self._untold.pop(0)))
        return happened
