"""A second judge of danger, who has heard far more talk than the opinion could learn from.

The opinion (`intents/understanding/opinion.py`) has one answer an intent, and learns worse to tell
requests apart the more idle talk is among its examples. This network knows emergencies, talk and
requests only; it has learned from everything the opinion has, and from what old people tell each
other all day (`examples/talk/`). `python -m linli.train_danger` learns it.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import log

from intents import HOME
from intents.understanding.decide import OUT
from intents.understanding.opinion import Opinion

FILE = HOME / "danger.npz"
"""What was learned."""
PART = "danger"
"""Its name in the file."""
_HALF = 0.5
"""How much the second judge counts beside the first."""
_NEVER = 0.12
"""Below this likelihood a wording of danger is a tale's."""
_LEAST = 1e-6


class Danger:
    """How likely it is that something is wrong now."""

    def __init__(self, learned: Opinion) -> None:
        self._learned = learned

    def __call__(self, features: Iterable[str]) -> float:
        """The second judge's likelihood of an emergency: 0–1."""
        return self._learned(features, PART)["emergency"]

    def tale(self, features: Iterable[str]) -> bool:
        """Whether it is next to impossible that it is one, and nothing is asked for either."""
        likely = self._learned(features, PART)
        return likely["emergency"] < _NEVER and next(iter(likely)) == OUT

    def together(self, first: float, features: Iterable[str]) -> float:
        """What both judges find, in log odds; `first` is the opinion's likelihood."""
        return (_odds(first) + _HALF * _odds(self(features))) / (1 + _HALF)


def _odds(chance: float) -> float:
    chance = min(max(chance, _LEAST), 1 - _LEAST)
    return log(chance / (1 - chance))
