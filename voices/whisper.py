"""Whisper base on CTranslate2, the ears that come with Linli.

What differs from the stock way of running it, all measured in
`linli/bench/hearing.py`:

* the window is the speech plus 1.5 s, at least 8 s, instead of always 30 s;
* decoding starts at the first short silence (`pause`) on a thread of its own and
  is void when speech goes on (`resume`), so the text is usually there before
  the end-of-turn wait is over;
* of several readings the one that is heard well and that people say comes first
  (`language`), characters that only sound right are put right (`homophones.py`), and
  the other readings go along;
* long pauses inside a turn are shortened before decoding, and a long turn is
  decoded piece by piece at its pauses, so memory and waiting stay bounded;
* no prompt with domain words: it makes the model hear them where they were not said.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from .decoding import Decoded, Tuning
from .errors import ModelUnusable
from .guards import Guards, any_words, collapse
from .homophones import Homophones
from .language import Language
from .types import RATE, Channel, Pcm
from .whisper_stream import WhisperStream

__all__ = ["Decoded", "Tuning", "Whisper", "simplified"]

_TASK = ("<|startoftranscript|>", "<|zh|>", "<|transcribe|>", "<|notimestamps|>")


class Whisper:
    """Recogniser on the model in `directory` (`model.bin`, `tokenizer.json`, …).

    `language` tells how likely people say a reading; without it sound alone decides.
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
        language: Language | None = None,
    ) -> None:
        self.directory = directory
        self.language = language
        self.tuning = tuning or Tuning()
        self._homophones = Homophones(language, self.tuning.exchange) if language else None
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
        return WhisperStream(self.tuning, self.submit, self.submit_partial)

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
        beam = beam or (self.tuning.readings if self.language else self.tuning.beam)
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
        texts = [self._text(tokens) for tokens in result.sequences_ids]
        logprob, no_speech = float(result.scores[0]), float(result.no_speech_prob)
        reason = self.guards.reason(texts[0], logprob=logprob, no_speech=no_speech)
        tokens = map(len, result.sequences_ids)
        sound = [score * count for score, count in zip(result.scores, tokens, strict=True)]
        text, *others = self._likeliest(texts, sound)
        now = time.perf_counter()
        return Decoded(
            text,
            tuple(others),
            logprob,
            no_speech,
            reason,
            (now - start) * 1000,
            now,
        )

    def submit(self, pcm: Pcm) -> Future[Decoded]:
        """Decode on the worker for final texts."""
        return self._final.submit(self.decode, pcm)

    def submit_partial(self, pcm: Pcm) -> Future[Decoded]:
        """Decode roughly on the worker for partial texts."""
        return self._rough.submit(self.decode, pcm, beam=self.tuning.partial_beam)

    def _likeliest(self, texts: Sequence[str], sound: Sequence[float]) -> list[str]:
        """Readings that differ, best first: likely by their sound and as something people say."""
        readings = list(zip(texts, sound, strict=True))
        language, weight, homophones = self.language, self.tuning.sense, self._homophones
        if language and homophones:
            readings = [(text, by + weight * language.score(text)) for text, by in readings]
            readings.sort(key=itemgetter(1), reverse=True)
            readings = [(homophones.put_right(text), likely) for text, likely in readings]
        return list(dict.fromkeys(text for text, _ in readings if any_words(text))) or [""]

    def _text(self, tokens: list[int]) -> str:
        """The tokens as words; half a character, which a token may end in, is none."""
        written = self.tokenizer.decode(tokens).replace("\N{REPLACEMENT CHARACTER}", "")
        return collapse(simplified(written.strip()))


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
