"""Guards: reasons for not believing that a text was spoken.

A recogniser always finds words, even in a cough. Before it is asked at all, the
listener wants 0.25 s of voice (`voices/vad.py`); its text must then be likely
enough, not look like no speech, and not repeat itself. The thresholds were
chosen on one half of a set of noises and checked on the other half
(`linli/bench/noise.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guards:
    """Thresholds; a text must pass all of them."""

    logprob: float = -0.75
    """Least average log-probability of a token."""
    no_speech: float = 0.6
    """Greatest probability that there is no speech."""
    sure_logprob: float = -0.45
    """Above this, the no-speech probability is not asked."""

    def reason(self, text: str, *, logprob: float, no_speech: float) -> str:
        """The name of the guard that withholds `text`; empty when it may pass."""
        if not any_words(text):
            return "empty"
        if logprob < self.logprob:
            return "logprob"
        if no_speech > self.no_speech and logprob < self.sure_logprob:
            return "no_speech"
        if runaway(text):
            return "repetition"
        return ""


def any_words(text: str) -> bool:
    """Whether it is more than punctuation."""
    return any(character.isalnum() for character in text)


def runaway(text: str) -> bool:
    """Whether a short piece is repeated over and over, as a lost decoder does."""
    plain = re.sub(r"\W", "", text)
    return re.search(r"(.{1,2})\1{7,}|(.{3,12}?)\2{3,}", plain) is not None


def collapse(text: str) -> str:
    """A sentence that stands twice or more and nothing else is said once.

    Short words may well be said twice (对对, 救命救命): they are left alone.
    """
    plain = re.sub(r"\W", "", text)
    for size in range(5, len(plain) // 2 + 1):
        if len(plain) % size == 0 and plain[:size] * (len(plain) // size) == plain:
            return _first(text, size)
    return text


def _first(text: str, size: int) -> str:
    """The beginning of `text` with `size` characters that are no punctuation."""
    count = 0
    for place, character in enumerate(text):
        count += character.isalnum()
        if count == size:
            return text[: place + 1]
    return text
