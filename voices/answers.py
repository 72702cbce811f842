"""Short answers: which of a few possible things was said, or none of them?

Free recognition of one or two syllables is wrong more often than right, and a
对 taken for 不对 costs somebody a dinner. So the audio is scored against every way
of saying each possible answer, from two sides that err differently: a map of
sounds over Whisper's encoder, and Whisper's own readings compared sound by sound.
What neither side is sure of is not decided: the caller asks again, invites a
longer answer (没问题 / 改一下, or the value itself), a key or a touch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from .confidence import after_second_look, confidence
from .evidence import Evidence, weigh
from .options import OTHER, Option, decide, load_options, with_others, wordings
from .rivals import Rival, rivals
from .soundmap import Floats, SoundMap
from .sounds import places_of
from .speech_span import speech_span
from .types import RATE, Channel, Pcm, Transcript
from .whisper import Whisper

__all__ = ["YES_NO", "AnswerJudge", "Option", "Verdict", "load_options"]

YES_NO: Sequence[Option] = load_options("yes_no")
"""对 / 不对 and their dialect forms, values `yes` and `no`."""

_WINDOW: Final = 4.0
_LEAD: Final = 0.3
_TAIL: Final = 0.5
_READINGS: Final = 5
_LONGEST_READING: Final = 16
_MARGIN: Final = 0.6
_FRAME: Final = RATE // 50
_AFTER: Final = 8
_TASK: Final = ("<|startoftranscript|>", "<|zh|>", "<|transcribe|>", "<|notimestamps|>")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was answered."""

    value: str | None
    """The option's value; None when not sure, or when it was something else."""
    kind: Literal["decided", "unsure", "other"]
    """`other`: plainly something else was said, the free transcript counts."""
    confidence: float = 0.0
    """0–1: how likely the first of `ranked` is right."""
    margin: float = 0.0
    """Log-likelihood between the best and the second value."""
    scores: Mapping[str, float] = field(default_factory=dict)
    """Value → how well its best form fits, a log-likelihood: 0 is perfect."""
    ranked: tuple[str, ...] = ()
    """All values, likeliest first: a good order for asking again."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard, before it is compared with the possible answers."""

    sounds: Floats
    """Log-probabilities of `sounds.UNITS`, 50 a second."""
    texts: tuple[str, ...]
    """Readings, best first."""
    view: Any
    """Whisper's view, of shape (1, n, 512)."""


class AnswerJudge:
    """Judges short answers with the Whisper model the recogniser already holds.

    `whisper` is that recogniser, or the directory of its model. Raises
    ModelUnusable where a model is missing or damaged. May be shared between
    threads.
    """

    def __init__(self, whisper: Whisper | Path, *, sounds: SoundMap | None = None) -> None:
        self._whisper = Whisper(whisper) if isinstance(whisper, Path) else whisper
        self._sounds = sounds or SoundMap.load()

    def judge(
        self,
        audio: Pcm,
        options: Sequence[Option],
        *,
        question: str = "",
        transcript: Transcript | None = None,
        channel: Channel = "kiosk",
    ) -> Verdict:
        """Which of `options` was said in `audio` (mono float32 at `RATE`, a turn long).

        `transcript` is what the recogniser made of the same audio, if anything.
        `question` and `channel` are for judges that need them; this one uses
        neither, and what they would gain was not measured.
        """
        del question, channel
        if _seconds(audio) > decide("longest"):
            return _long(transcript, options)
        heard = self.hear(audio, transcript=transcript) if wordings(tuple(options)) else None
        if heard is None:
            return Verdict(None, "unsure", ranked=tuple(option.value for option in options))
        evidence = weigh(heard.sounds, heard.texts, with_others(options))
        return verdict(evidence, self.second_look(heard, evidence, options))

    def hear(self, audio: Pcm, *, transcript: Transcript | None = None) -> Heard | None:
        """What can be heard in a turn, whatever was asked; None where that is too little."""
        start, end = span = speech_span(audio)
        if end - start < decide("shortest"):
            return None
        encoded, frames = self.encode(audio, span)
        sounds = self._sounds.listen(np.array(encoded)[0, :frames])
        return Heard(sounds, (*self.readings(encoded), *_texts(transcript)), encoded)

    def second_look(
        self, heard: Heard, evidence: Evidence, options: Sequence[Option]
    ) -> Sequence[Rival] | None:
        """Words to be held against the likeliest answer; None where it would not be decided."""
        if confidence(evidence) < decide("look") or doubtful(evidence):
            return None
        return rivals(self._whisper, heard.view, heard.sounds, evidence, with_others(options))

    def encode(self, audio: Pcm, span: tuple[float, float]) -> tuple[Any, int]:
        """Whisper's view of the speech at `span` seconds, and how many states are worth reading.

        States come 50 a second, 512 numbers each; the view is of shape (1, n, 512).
        """
        import ctranslate2

        cut = _around(audio, span)
        window = np.zeros(int(max(_WINDOW, len(cut) / RATE + _MARGIN) * RATE), np.float32)
        window[: len(cut)] = cut
        mel = np.ascontiguousarray(self._mel(window, padding=0)[None], np.float32)
        view = self._whisper.model.encode(ctranslate2.StorageView.from_array(mel))
        return view, len(cut) // _FRAME + _AFTER

    def readings(self, encoded: Any) -> list[str]:
        """Whisper's own readings, best first, of an encoded answer."""
        found = self._whisper.model.generate(
            encoded,
            [list(_TASK)],
            beam_size=_READINGS,
            num_hypotheses=_READINGS,
            max_length=len(_TASK) + _LONGEST_READING,
        )[0]
        return [self._whisper.tokenizer.decode(tokens) for tokens in found.sequences_ids]

    @cached_property
    def _mel(self) -> Any:
        from faster_whisper.feature_extractor import FeatureExtractor

        return FeatureExtractor()


def _seconds(audio: Pcm) -> float:
    start, end = speech_span(audio)
    return end - start


def _around(audio: Pcm, span: tuple[float, float]) -> Pcm:
    """The speech with some of what surrounds it, filled up with silence."""
    first, last = int((span[0] - _LEAD) * RATE), int((span[1] + _TAIL) * RATE)
    cut = audio[max(0, first) : last]
    filled = np.pad(cut, (max(0, -first), max(0, last - len(audio))))
    return np.asarray(filled, np.float32)


def _texts(transcript: Transcript | None) -> list[str]:
    if transcript is None or not transcript.text:
        return []
    return [transcript.text, *transcript.alternatives][:_READINGS]


def _long(transcript: Transcript | None, options: Sequence[Option]) -> Verdict:
    """A long answer is the free transcript's, unless that is an answer and nothing else."""
    values = tuple(option.value for option in options)
    heard = tuple(places_of(transcript.text)) if transcript else ()
    plain = {word.value for word in wordings(tuple(options)) if word.sounds == heard}
    if heard and len(plain) == 1:
        return Verdict(plain.pop(), "decided", 1.0, ranked=values)
    return Verdict(None, "other", ranked=values)


def verdict(evidence: Evidence, against: Sequence[Rival] | None) -> Verdict:
    """Decide, or not, on what speaks for each value, and for other words.

    `against` is None where there was no second look: nothing is decided then.
    """
    ranked = tuple(value for value in evidence.ranked if value != OTHER)
    first = confidence(evidence)
    sure = first if against is None else after_second_look(first, against)
    scores = {value: round(evidence.scores[value], 3) for value in ranked}
    said = Verdict(None, "unsure", round(sure, 4), round(evidence.margin, 3), scores, ranked)
    if against is not None and sure >= decide("sure"):
        return replace(said, value=ranked[0], kind="decided")
    unlike = max(evidence.readings.values()) < decide("unlike")
    if evidence.ranked[0] == OTHER or (evidence.fit < decide("other") and unlike):
        return replace(said, kind="other")
    return said


def doubtful(evidence: Evidence) -> bool:
    """What no confidence outweighs: a negation not accounted for, noise, two values alike."""
    needed = decide("contradicted" if evidence.contradicted else "margin")
    first = next(value for value in evidence.ranked if value != OTHER)
    said_something = evidence.sounding[first] - evidence.nothing
    return evidence.margin < needed or said_something < decide("noise")
