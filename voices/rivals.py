"""Another word? Common words that sound almost like the likeliest answer, held against it.

Words one sound away from the answer, or from what was freely heard, are rivals: 成都 of 成的,
明年 of 明天. Both sides say how far each is ahead: the map by its sounds, Whisper by its spelling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from .evidence import Evidence
from .options import OTHER, Option, dressed, wordings
from .soundmap import Floats, likelihoods
from .sounds import UNITS
from .spelling import spelled
from .whisper import Whisper
from .words import near, words_of

_MOST: Final = 14
_WORDS: Final = 2
_PLACE: Final = {unit: place for place, unit in enumerate(UNITS)}


@dataclass(frozen=True, slots=True)
class Rival:
    """A word that may have been said instead."""

    word: str
    """In simplified characters."""
    sounded: float
    """Log-likelihood of its sounds over those of the answer."""
    spelled: float
    """Log-probability of its spelling, to Whisper, over that of the answer."""


def rivals(
    whisper: Whisper,
    view: Any,
    listened: Floats,
    evidence: Evidence,
    options: Sequence[Option],
) -> list[Rival]:
    """The words nearest by sound to the likeliest answer, none of which is a way to say it.

    `view` is Whisper's, of shape (1, n, 512); `listened` the sound map's view of the same
    speech, whose length tells how much of `view` is speech.
    """
    first = next(value for value in evidence.ranked if value != OTHER)
    form = evidence.best[first]
    heard = tuple(_PLACE[sound] for sound in evidence.heard)
    around = {*near(form.sounds), *(near(heard) if heard else ())} - _ways(tuple(options), first)
    found = sorted(word for word in around if 2 * len(word) < len(listened))
    if not found:
        return []
    *likely, own = likelihoods(listened, [*found, form.sounds]).tolist()
    nearest = sorted(zip(likely, found, strict=True), reverse=True)[:_MOST]
    words = [(word, sound) for sound, word_ in nearest for word in words_of(word_)[:_WORDS]]
    texts = [form.form, *_forms(evidence, first, options), *(word for word, _ in words)]
    chances = spelled(whisper, view, len(listened), texts)
    mine = max(chances[: len(texts) - len(words)])
    return [
        Rival(word, sound - own, chance - mine)
        for (word, sound), chance in zip(words, chances[-len(words) :], strict=True)
    ]


@cache
def _ways(options: tuple[Option, ...], value: str) -> frozenset[tuple[int, ...]]:
    """All sounds a value may be said with."""
    bare = [word for word in wordings(options) if word.value == value]
    return frozenset(w.sounds for one in bare for w in (one, *dressed(options, one)))


def _forms(evidence: Evidence, value: str, options: Sequence[Option]) -> list[str]:
    """Other spellings of the likeliest form: the form alone, where it has words around it."""
    best = evidence.best[value]
    if best.bare:
        return []
    inside = [
        word.form
        for word in wordings(tuple(options))
        if word.value == value and word.form in best.form
    ]
    return sorted(inside, key=len)[-1:]
