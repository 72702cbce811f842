"""How a piece of a turn is decoded, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

OTHERS: Final = 11
"""Other readings of a turn that are kept."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """How audio is cut and decoded; the defaults are the measured best."""

    beam: int = 5
    """Hypotheses kept while decoding by sound alone …"""
    readings: int = 12
    """… and where what people say counts, too."""
    sense: float = 0.5
    """How much what people say counts beside what was heard (natural logarithms of both)."""
    exchange: float = 4.0
    """How much likelier (natural logarithm) one character that sounds like another must be."""
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
    """Average log-probability of a token, by sound alone."""
    no_speech: float
    """Probability that there is no speech."""
    guard: str
    """The guard that withholds the text, or empty."""
    ms: float
    """Pure compute, milliseconds."""
    done: float
    """`time.perf_counter()` when the text was there."""


def other_readings(
    pieces: Sequence[Sequence[str]], join: Callable[[list[str]], str]
) -> tuple[str, ...]:
    """Other readings of a turn in pieces: one piece at a time is read otherwise, best first.

    `pieces` are the readings of each piece, best first; `join` makes a text of one of each.
    """
    first = [readings[0] for readings in pieces]
    ranks = zip_longest(*(readings[1:] for readings in pieces))
    others = (
        join([*first[:place], other, *first[place + 1 :]])
        for rank in ranks
        for place, other in enumerate(rank)
        if other is not None
    )
    return tuple(others)[:OTHERS]
