"""Whisper base on CTranslate2, the ears that come with Linli.

What differs from the stock way of running it, all measured in
`linli/bench/hearing.py`:

* the window is the speech plus 1.5 s, at least 8 s, instead of always 30 s;
* decoding starts at the first short silence (`pause`) on a thread of its own and
  is void when speech goes on (`resume`), so the text is usually there before
  the end-of-turn wait is over;
* long pauses inside a turn are shortened before decoding, and a long turn is
  decoded piece by piece at its pauses, so memory and waiting stay bounded;
* no prompt with domain words: it makes the model hear them where they were not said.
"""

from __future__ import annotations

import threading
import time
import warnings
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from .errors import ModelUnusable
from .guards import Guards, collapse
from .types import RATE, Channel, Pcm, Transcript

_TASK = ("<|startoftranscript|>", "<|zh|>", "<|transcribe|>", "<|notimestamps|>")
_LONGEST = 28.0
_SHORTEST = 0.1


@dataclass(frozen=True, slots=True)
class Tuning:
    """How audio is cut and decoded; the defaults are the measured best."""

    beam: int = 5
    """Hypotheses kept while decoding."""
    window: float = 8.0
    """Least seconds the encoder is given."""
    margin: float = 1.5
    """Seconds of silence after the speech in that window."""
    lead: float = 0.3
    """Seconds kept before speech goes on after a pause."""
    split: float = 12.0
    """Seconds after which a turn is cut at its next pause."""
    partial_beam: int = 1
    """Hypotheses for partial texts."""
    partial_every: float = 1.0
    """Least seconds of new audio between two partial texts; 0 for none."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """One decoded piece of a turn."""

    text: str
    """Simplified Chinese, before the guards."""
    alternatives: tuple[str, ...]
    """Other readings, best first."""
    logprob: float
    """Average log-probability of a token."""
    no_speech: float
    """Probability that there is no speech."""
    guard: str
    """The guard that withholds the text, or empty."""
    ms: float
    """Pure compute, milliseconds."""
    done: float
    """`time.perf_counter()` when the text was there."""


class Whisper:
    """Recogniser on the model in `directory` (`model.bin`, `tokenizer.json`, …).

    Raises ModelUnusable where the model is missing or damaged. Safe to share
    between threads: final texts queue on one worker, partial texts on another.
    """

    name = "whisper"

    def __init__(
        self,
        directory: Path,
        *,
        threads: int = 1,
        tuning: Tuning | None = None,
        guards: Guards | None = None,
    ) -> None:
        self.directory = directory
        self.tuning = tuning or Tuning()
        self.guards = guards or Guards()
        self.model, self.tokenizer = _load(directory, threads)
        self._mel = _features()
        _converter()
        self._task = [self.tokenizer.token_to_id(word) for word in _TASK]
        self._final = ThreadPoolExecutor(1, "whisper")
        self._rough = ThreadPoolExecutor(1, "whisper-partial")

    def open(self, channel: Channel = "kiosk") -> WhisperStream:
        """Begin a turn; both channels arrive at 16 kHz and are decoded alike."""
        del channel
        return WhisperStream(self)

    def encode(self, pcm: Pcm) -> Any:
        """The encoder's view of `pcm` (mono float32 at `RATE`) in its short window."""
        import ctranslate2

        speech = len(pcm) / RATE
        window = min(30.0, max(self.tuning.window, speech + self.tuning.margin))
        padded = np.zeros(int(window * RATE), np.float32)
        padded[: len(pcm)] = pcm[: len(padded)]
        mel = np.ascontiguousarray(self._mel(padded, padding=0)[None], np.float32)
        return self.model.encode(ctranslate2.StorageView.from_array(mel))

    def decode(self, pcm: Pcm, *, beam: int | None = None) -> Decoded:
        """The text of up to 28 s of speech; blocks for as long as that takes."""
        start = time.perf_counter()
        beam = beam or self.tuning.beam
        result = self.model.generate(
            self.encode(pcm),
            [self._task],
            beam_size=beam,
            num_hypotheses=beam,
            # About twice as many tokens as anyone can say in that time.
            max_length=len(self._task) + int(16 + 12 * len(pcm) / RATE),
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        texts = list(dict.fromkeys(map(self._text, result.sequences_ids)))
        logprob, no_speech = float(result.scores[0]), float(result.no_speech_prob)
        now = time.perf_counter()
        return Decoded(
            texts[0],
            tuple(text for text in texts[1:] if text),
            logprob,
            no_speech,
            self.guards.reason(texts[0], logprob=logprob, no_speech=no_speech),
            (now - start) * 1000,
            now,
        )

    def submit(self, pcm: Pcm) -> Future[Decoded]:
        """Decode on the worker for final texts."""
        return self._final.submit(self.decode, pcm)

    def submit_partial(self, pcm: Pcm) -> Future[Decoded]:
        """Decode roughly on the worker for partial texts."""
        return self._rough.submit(self.decode, pcm, beam=self.tuning.partial_beam)

    def _text(self, tokens: list[int]) -> str:
        return collapse(simplified(self.tokenizer.decode(tokens).strip()))


class WhisperStream:
    """One turn going into a Whisper; see `RecognizerStream`."""

    def __init__(self, whisper: Whisper) -> None:
        self._whisper = whisper
        self._tuning = whisper.tuning
        self._lock = threading.Lock()
        self._paused = False
        self._buffer: list[Pcm] = []
        self._limbo: Pcm = np.zeros(0, np.float32)
        self._pieces: list[Future[Decoded]] = []
        self._job: Future[Decoded] | None = None
        self._rough: Future[Decoded] | None = None
        self._begin()

    def feed(self, pcm: Pcm) -> None:
        """Add audio; in a pause only the newest `lead` seconds are kept."""
        with self._lock:
            if self._paused:
                lead = int(self._tuning.lead * RATE)
                self._limbo = np.concatenate([self._limbo, pcm])[-lead:]
                return
            self._buffer.append(np.asarray(pcm, np.float32))
            self._length += len(pcm)
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
            self._job = self._whisper.submit(self._buffer[0])

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
        self._pieces.append(self._whisper.submit(whole[:place]))
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
        self._rough = self._whisper.submit_partial(self._buffer[0])


def simplified(text: str) -> str:
    """Traditional characters as simplified ones."""
    return str(_converter()(text, "zh-cn"))


@lru_cache(maxsize=1)
def _converter() -> Any:
    """The conversion with its tables loaded; loading them, zhconv leaves a file open."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import zhconv

        zhconv.convert("", "zh-cn")
    return zhconv.convert


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
    others = [
        _joined([*texts[:place], other, *texts[place + 1 :]])
        for place, piece in enumerate(said)
        for other in piece.alternatives
    ]
    weight = np.array([len(text) for text in texts], float)
    logprob = float(np.average([piece.logprob for piece in said], weights=weight))
    return Transcript(
        _joined(texts),
        confidence=round(float(np.exp(min(0.0, logprob))), 4),
        alternatives=tuple(others[:8]),
        decode_ms=spent,
    )


def _load(directory: Path, threads: int) -> tuple[Any, Any]:
    import ctranslate2
    import tokenizers

    mend = "run scripts/setup (or `linli doctor`) to fetch it again"
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        if not (directory / name).is_file():
            raise ModelUnusable(f"{directory / name}: the speech model is missing; {mend}")
    try:
        model = ctranslate2.models.Whisper(
            str(directory), compute_type="int8", inter_threads=2, intra_threads=threads
        )
        tokenizer = tokenizers.Tokenizer.from_file(str(directory / "tokenizer.json"))
    except Exception as error:
        raise ModelUnusable(
            f"{directory}: the speech model is damaged ({error}); {mend}"
        ) from error
    return model, tokenizer


def _features() -> Any:
    from faster_whisper.feature_extractor import FeatureExtractor

    return FeatureExtractor()
