"""Vosk: ears that write along while somebody speaks.

Vosk decodes as the audio comes in, so there is a text half a second behind the
speaker and almost nothing left to do when the turn ends. One chunk in ten costs
up to a second of computing, so every stream decodes on a thread of its own; the
model is shared by all of them.

Vosk closes a sentence by itself after a pause. Those sentences are gathered until
`finish`; whether the *turn* is over is not Vosk's to say.
"""

from __future__ import annotations

import json
import re
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import suppress
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np

from .audio import Resampler, to_pcm16
from .errors import ModelUnusable, VoicesError
from .guards import runaway
from .intake import accept
from .readings import Reading, joined, reading_list, told
from .types import RATE, Channel, Pcm, Transcript
from .vad import VoiceActivity

_STEP = RATE // 10
_PARTS = ("am/final.mdl", "conf/mfcc.conf")


class Vosk:
    """Recogniser on the Vosk model in `directory`.

    With `grammar` (phrases of words the model knows) only those words are heard,
    about ten times faster. `alternatives` is how many readings are kept a sentence.
    Raises ModelUnusable where the model is missing or damaged, VoicesError where
    the grammar has words the model does not know.
    """

    def __init__(
        self,
        directory: Path,
        *,
        name: str = "vosk",
        grammar: Sequence[str] = (),
        alternatives: int = 4,
    ) -> None:
        self._name = name
        self.directory = directory
        self.alternatives = alternatives
        self.rate = _rate(directory)
        self._model = _load(directory)
        self._grammar = self._checked(grammar)
        self.decoder()

    @property
    def name(self) -> str:
        """The engine's name in settings and reports."""
        return self._name

    def open(self, channel: Channel = "kiosk") -> VoskStream:
        """Begin a turn; both channels arrive at 16 kHz and are decoded alike."""
        return VoskStream(self, channel)

    def listening_for(self, phrases: Sequence[str]) -> Vosk:
        """The same ears on the same loaded model, but for these phrases only.

        Raises VoicesError where a phrase has words the model does not know.
        """
        ears = copy(self)
        ears._grammar = self._checked(phrases)
        ears.decoder()
        return ears

    def decoder(self) -> Any:
        """A fresh Kaldi decoder on the shared model (0.1 s, with a grammar 1 ms)."""
        import vosk

        words = [json.dumps(self._grammar, ensure_ascii=False)] if self._grammar else []
        try:
            decoder = vosk.KaldiRecognizer(self._model, self.rate, *words)
        except Exception as error:  # vosk raises nothing narrower
            raise _damaged(self.directory) from error
        decoder.SetWords(True)
        decoder.SetMaxAlternatives(self.alternatives)
        return decoder

    def _checked(self, phrases: Sequence[str]) -> list[str]:
        """Vosk drops words it does not know with no more than a line in its log."""
        words = {word for phrase in phrases for word in phrase.split()}
        strange = sorted(word for word in words if self._model.vosk_model_find_word(word) < 0)
        if strange:
            raise VoicesError(
                f"{self.directory}: this model does not know {' '.join(strange)}; "
                "use words of its vocabulary, separated by spaces"
            )
        other = ["[unk]"] if phrases and self._model.vosk_model_find_word("[unk]") >= 0 else []
        return [*phrases, *other]


class VoskStream:
    """One turn going into a Vosk; see `RecognizerStream`. Word times are of this turn."""

    def __init__(self, vosk: Vosk, channel: Channel) -> None:
        self._pool = ThreadPoolExecutor(1, "vosk")
        self._waiting: deque[Pcm] = deque()
        self._turn: _Turn | None = None
        self._failure: Exception | None = None
        self._closed = False
        self._vosk = vosk
        self._channel = channel
        self._pool.submit(self._work)

    def feed(self, pcm: Pcm) -> None:
        """Add audio; decoded on the stream's own thread. Raises AudioUnreadable."""
        samples = accept(pcm)
        if not self._closed and len(samples):
            self._waiting.append(samples)
            self._pool.submit(self._work)

    def partial(self) -> str:
        """The newest text, empty until enough of the audio is voiced."""
        turn = self._turn
        return turn.newest if turn else ""

    @property
    def ended_at(self) -> float | None:
        """Seconds into the turn where Vosk heard a sentence end; None while one is open."""
        turn = self._turn
        return turn.ended_at if turn else None

    def pause(self) -> None:
        """Nothing to do: the decoding has kept up with the speaker."""

    def resume(self) -> None:
        """Nothing to do: no decoding is thrown away."""

    def settle(self) -> None:
        """Wait until `partial` is as new as the audio allows."""
        if not self._closed:
            with suppress(CancelledError, RuntimeError):
                self._pool.submit(self._work).result()

    def finish(self) -> Transcript:
        """Wait for the text of everything fed, then start anew. Raises ModelUnusable."""
        if self._closed:
            return Transcript("", guard="empty")
        job = self._pool.submit(self._conclude)
        self._pool.submit(self._work)
        try:
            return job.result()
        except CancelledError:
            return Transcript("", guard="empty")

    def close(self) -> None:
        """Drop what is waiting; a chunk being decoded ends by itself."""
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _work(self) -> None:
        """Decode everything that waits (on the worker)."""
        try:
            turn = self._turn = self._turn or _Turn(self._vosk, self._channel)
            while self._waiting:
                turn.decode(self._waiting.popleft())
        except Exception as error:  # noqa: BLE001 (kept for `finish`, which raises it)
            self._failure = self._failure or error

    def _conclude(self) -> Transcript:
        self._work()
        turn, self._turn = self._turn, None
        failure, self._failure = self._failure, None
        if failure is not None or turn is None:
            raise failure or _damaged(self._vosk.directory)
        return turn.transcript()


class _Turn:
    """The decoding of one turn; touched by the worker only, but for the newest text."""

    def __init__(self, vosk: Vosk, channel: Channel) -> None:
        self._vosk = vosk
        self._decoder = vosk.decoder()
        self._change = Resampler(RATE, vosk.rate) if vosk.rate != RATE else None
        self._activity = VoiceActivity(channel=channel)
        self._sentences: list[list[Reading]] = []
        self._rest: Pcm = np.zeros(0, np.float32)
        self._heard = 0
        self._spent = 0.0
        self.newest = ""
        self.ended_at: float | None = None

    def decode(self, pcm: Pcm) -> None:
        """Decode audio in steps of one length, so that the pieces it came in do not matter."""
        start = time.perf_counter()
        self._activity.feed(pcm)
        pcm = np.concatenate([self._rest, pcm])
        whole = len(pcm) // _STEP * _STEP
        self._rest = pcm[whole:].copy()
        for place in range(0, whole, _STEP):
            self._accept(pcm[place : place + _STEP])
        if self._activity.speaking and whole:
            present = json.loads(self._decoder.PartialResult()).get("partial", "")
            self.newest = joined([*(readings[0].text for readings in self._sentences), present])
        self._spent += time.perf_counter() - start

    def transcript(self) -> Transcript:
        """Everything that was heard; withheld where nobody seems to have spoken."""
        start = time.perf_counter()
        self._accept(self._rest, last=True)
        self._keep(self._decoder.FinalResult())
        spent = (self._spent + time.perf_counter() - start) * 1000
        return told(self._sentences, self._guard(), spent)

    def _accept(self, pcm: Pcm, *, last: bool = False) -> None:
        self._heard += len(pcm)
        if self._change is not None:
            pcm = self._change.feed(pcm, last=last)
        if self._decoder.AcceptWaveform(to_pcm16(pcm)):
            self._keep(self._decoder.Result())
            self.ended_at = self._heard / RATE
        elif self.ended_at is not None and self._speaking():
            self.ended_at = None

    def _speaking(self) -> bool:
        return bool(json.loads(self._decoder.PartialResult()).get("partial"))

    def _keep(self, result: str) -> None:
        readings = reading_list(json.loads(result))
        if readings:
            self._sentences.append(readings)

    def _guard(self) -> str:
        if not self._activity.speaking:
            return "voiced"
        text = joined([readings[0].text for readings in self._sentences])
        return "repetition" if runaway(text) else ""


def _load(directory: Path) -> Any:
    import vosk

    vosk.SetLogLevel(-1)
    try:
        return vosk.Model(str(directory))
    except Exception as error:  # vosk raises nothing narrower
        raise _damaged(directory) from error


def _rate(directory: Path) -> int:
    """The rate the model was made for; given another one unknowingly it hears nonsense."""
    for part in _PARTS:
        if not (directory / part).is_file():
            raise ModelUnusable(
                f"{directory / part}: not there, so this is no Vosk model; "
                "run `linli models repair` or copy the folder again"
            )
    found = re.search(
        r"^--sample-frequency=(\d+)", (directory / "conf/mfcc.conf").read_text("utf-8"), re.M
    )
    return int(found[1]) if found else RATE


def _damaged(directory: Path) -> ModelUnusable:
    return ModelUnusable(
        f"{directory}: the Vosk model is incomplete or damaged; "
        "run `linli models repair` or copy the folder again"
    )
