"""Readings: what Vosk thinks was said, with how sure it is among the others.

Vosk gives several readings of a sentence with scores that mean nothing alone.
Their shares (the scores' softmax) do: a word is as sure as the readings that
have it at that place are together. On real audio this agrees with the word
confidences Vosk computes when it gives only one reading.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .types import Transcript, Word
from .whisper import simplified

_GAP = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_MARK = re.compile(r"\[unk\]|<[^>]*>")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read one sentence."""

    text: str
    """As the engine wrote it, words separated by spaces."""
    share: float
    """0–1: how much of the readings' likelihood is this one's."""
    words: tuple[Word, ...]
    """Timed words; each is as sure as all readings together make it."""


def reading_list(result: Mapping[str, Any]) -> list[Reading]:
    """The readings in one of Vosk's results, best first; empty where nothing was heard."""
    found = [one for one in result.get("alternatives", ()) if one.get("text")]
    if not found:
        return []
    best = max(float(one["confidence"]) for one in found)
    weights = [math.exp(float(one["confidence"]) - best) for one in found]
    shares = [weight / sum(weights) for weight in weights]
    return [
        Reading(str(one["text"]), share, tuple(_words(one, found, shares)))
        for one, share in zip(found, shares, strict=True)
    ]


def _words(
    one: Mapping[str, Any], every: Sequence[Mapping[str, Any]], shares: Sequence[float]
) -> list[Word]:
    return [
        Word(
            str(word["word"]),
            float(word["start"]),
            float(word["end"]),
            round(
                sum(s for r, s in zip(every, shares, strict=True) if _has(r, word)),
                4,
            ),
        )
        for word in one.get("result", ())
    ]


def _has(reading: Mapping[str, Any], word: Mapping[str, Any]) -> bool:
    """Whether the reading has the same word at an overlapping time."""
    return any(
        other["word"] == word["word"]
        and other["start"] < word["end"]
        and word["start"] < other["end"]
        for other in reading.get("result", ())
    )


def joined(sentences: Sequence[str]) -> str:
    """Sentences as one text: simplified, no spaces between Chinese characters, no marks."""
    text = _MARK.sub(" ", " ".join(sentences))
    return simplified(_GAP.sub("", re.sub(r"\s+", " ", text).strip()))


def told(sentences: Sequence[Sequence[Reading]], guard: str, decode_ms: float) -> Transcript:
    """A turn's sentences as a transcript; the other readings differ in one sentence each."""
    best = [readings[0] for readings in sentences]
    text = joined([reading.text for reading in best])
    if guard or not text:
        return Transcript("", guard=guard or "empty", decode_ms=decode_ms)
    others = sorted(
        (
            (other.share, joined([*_texts(best[:place]), other.text, *_texts(best[place + 1 :])]))
            for place, readings in enumerate(sentences)
            for other in readings[1:]
        ),
        key=lambda pair: -pair[0],
    )
    words = tuple(word for reading in best for word in reading.words)
    sure = [word.confidence for word in words]
    return Transcript(
        text,
        confidence=round(sum(sure) / len(sure), 4) if sure else best[0].share,
        alternatives=tuple(dict.fromkeys(t for _, t in others if t and t != text)),
        words=words,
        decode_ms=decode_ms,
    )


def _texts(readings: Sequence[Reading]) -> list[str]:
    return [reading.text for reading in readings]
