"""Plays speech on a thread of its own; falls silent at once when it is told to."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

import numpy as np
import structlog

from .errors import NoAudioDevice
from .sinks import NullSink, Sink
from .types import Pcm, Speech

log = structlog.get_logger(__name__)

BLOCK_S = 0.02
"""Seconds of sound handed over at a time: how soon a stop is noticed."""

STEPS_DB = (-6.0, -3.0, 0.0, 3.0, 6.0, 9.0)
"""What the volume steps do; the loudest keep their peaks by soft limiting."""

FIRST_STEP = 2
"""The step one starts with: as recorded."""

OnPosition = Callable[[Speech, float], None]
"""Told which speech is sounding and how many seconds of it were said."""

_KNEE = 0.7
_LOOK_S = 0.1


class Play:
    """One thing being played."""

    def __init__(self, speeches: Iterable[Speech], on_position: OnPosition | None) -> None:
        self.speeches = speeches
        self.on_position = on_position
        self.said: list[str] = []
        """The texts that were begun."""
        self.seconds = 0.0
        """How much has sounded."""
        self._stop = threading.Event()
        self._done = threading.Event()

    @property
    def done(self) -> bool:
        """Whether it is over, played to its end or stopped."""
        return self._done.is_set()

    @property
    def stopped(self) -> bool:
        """Whether it was cut short."""
        return self._stop.is_set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end; False when it has not come within `seconds`."""
        return self._done.wait(seconds)

    def cut(self) -> None:
        """No block is begun after this."""
        self._stop.set()

    def finish(self) -> None:
        """Called by the player when nothing more will sound."""
        self._done.set()


class Player:
    """Plays into `sink`, one thing after another, in the order of `play`.

    Speech may come as an iterable that renders as it goes: the next piece is
    pulled while the one before is sounding. A loudspeaker that breaks is
    replaced by silence in real time, so that a conversation goes on.
    """

    def __init__(self, sink: Sink, *, step: int = FIRST_STEP) -> None:
        self._sink = sink
        self._step = step
        self._plays: queue.Queue[Play | None] = queue.Queue()
        self._current: Play | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="player", daemon=True)
        self._thread.start()

    # --- volume ----------------------------------------------------------------------------

    @property
    def step(self) -> int:
        """The volume step, an index of `STEPS_DB`."""
        return self._step

    @step.setter
    def step(self, step: int) -> None:
        self._step = min(max(step, 0), len(STEPS_DB) - 1)

    def louder(self) -> bool:
        """One step up; False when it is loudest already."""
        before, self.step = self._step, self._step + 1
        return self._step > before

    def softer(self) -> bool:
        """One step down; False when it is softest already."""
        before, self.step = self._step, self._step - 1
        return self._step < before

    # --- playing ---------------------------------------------------------------------------

    def play(
        self, speech: Speech | Iterable[Speech], *, on_position: OnPosition | None = None
    ) -> Play:
        """Play after what is playing; returns at once.

        `on_position` is called from the player's thread, about 50 times a second.
        """
        play = Play((speech,) if isinstance(speech, Speech) else speech, on_position)
        self._plays.put(play)
        return play

    def stop(self) -> None:
        """Silence, at once; what was waiting is forgotten."""
        with suppress(queue.Empty):
            while True:
                waiting = self._plays.get_nowait()
                if waiting is not None:
                    waiting.cut()
                    waiting.finish()
        with self._lock:
            if self._current is not None:
                self._current.cut()
                self._sink.abort()

    @property
    def playing(self) -> bool:
        """Whether something is sounding or waits to."""
        return self._current is not None or not self._plays.empty()

    def close(self) -> None:
        """Stop, and let go of the sink."""
        self.stop()
        self._plays.put(None)
        self._thread.join()
        self._sink.close()

    # --- the player's thread ---------------------------------------------------------------

    def _work(self) -> None:
        while (play := self._plays.get()) is not None:
            with self._lock:
                self._current = play
            try:
                self._sound(play)
            except Exception as error:  # noqa: BLE001 - a failed prompt must not end the voice
                log.warning("prompt_not_played", reason=f"{type(error).__name__}: {error}")
            finally:
                with self._lock:
                    self._current = None
                play.finish()

    def _sound(self, play: Play) -> None:
        for speech in _pulled_ahead(play):
            if play.stopped:
                return
            play.said.append(speech.text)
            self._open(speech.rate)
            size = round(BLOCK_S * speech.rate)
            for at in range(0, len(speech.pcm), size):
                if play.stopped:
                    return
                block = amplified(speech.pcm[at : at + size], STEPS_DB[self._step])
                self._sink.write(block)
                play.seconds += len(block) / speech.rate
                if play.on_position is not None:
                    play.on_position(speech, (at + len(block)) / speech.rate)
        if not play.stopped and self._plays.empty():
            self._sink.drain()

    def _open(self, rate: int) -> None:
        try:
            self._sink.open(rate)
        except NoAudioDevice as error:
            log.warning("loudspeaker_lost", reason=str(error))
            with self._lock:
                self._sink = NullSink()
            self._sink.open(rate)


def _pulled_ahead(play: Play) -> Iterable[Speech]:
    """The speeches of a play, the next one fetched while the one before sounds."""
    if isinstance(play.speeches, tuple | list):
        yield from play.speeches
        return
    ahead: queue.Queue[Speech | None] = queue.Queue(maxsize=1)

    def put(speech: Speech | None) -> None:
        """Hand over, unless nobody takes it any more."""
        while not play.stopped:
            with suppress(queue.Full):
                ahead.put(speech, timeout=_LOOK_S)
                return

    def fetch() -> None:
        try:
            for speech in play.speeches:
                if play.stopped:
                    return
                put(speech)
        except Exception as error:  # noqa: BLE001 - what was fetched is still played
            log.warning("prompt_cut_short", reason=f"{type(error).__name__}: {error}")
        finally:
            put(None)

    threading.Thread(target=fetch, name="speech-ahead", daemon=True).start()
    while not play.stopped:
        with suppress(queue.Empty):
            speech = ahead.get(timeout=_LOOK_S)
            if speech is None:
                return
            yield speech


def amplified(pcm: Pcm, decibels: float) -> Pcm:
    """Louder or softer; above the knee, peaks are bent instead of cut off."""
    if not decibels:
        return pcm
    out = np.asarray(pcm * 10 ** (decibels / 20), np.float32)
    over = np.abs(out) > _KNEE
    if over.any():
        rest = 1 - _KNEE
        bent = _KNEE + rest * np.tanh((np.abs(out[over]) - _KNEE) / rest)
        out[over] = np.sign(out[over]) * bent
    return out
