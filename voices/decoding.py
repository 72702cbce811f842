"""How a piece of a turn is decoded, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass


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
