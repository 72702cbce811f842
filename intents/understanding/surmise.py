"""Values of slots told by the whole wording, where no list has the words: 不老盖里头积水 → 骨科.

Elders describe what ails them or what is broken and do not name it. What they may mean was learned
from examples (`examples/*.tsv`) like the opinion, one model a slot; which slots, and how sure it
must be, is in `rules/surmise.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from intents import HOME
from intents.understanding.opinion import Opinion
from intents.words.data import load

FILE = HOME / "surmise.npz"
"""What was learned."""
NOTHING = "-"
"""The label of a text that holds no value."""
_FOUND = "FOUND"
Describe: TypeAlias = Callable[[str], Sequence[str]]
"""Folded text → its features."""


@dataclass(frozen=True, slots=True)
class Trust:
    """How sure a model must be."""

    alone: float
    """Likelihood from which a value is taken where nothing was found."""
    over: float
    """Likelihood from which it is taken instead of one that was found and that it doubts."""
    answers: bool = False
    """Whether it may also be surmised from the answer to its question, not only from a request."""
    made_up: bool = False
    """Whether values that no example has are made up from the words, and may be doubted."""
    named: str = ""
    """A regular expression of a value asked for by its name, which is never overruled; FOUND in it
    stands for the value."""


class Surmise:
    """Surmises values of slots from whole wordings."""

    _DOUBTED = 0.03
    """What was found by its words must be less likely than this to be overruled."""

    def __init__(self, path: Path, opinion: Opinion, describe: Describe) -> None:
        self._trust = {
            f"{intent}.{slot}": Trust(**row)
            for intent, slots in load(path).items()
            for slot, row in slots.items()
        }
        self._opinion, self._describe = opinion, describe

    @property
    def slots(self) -> Sequence[str]:
        """The models there are, as `intent.slot`."""
        return tuple(self._trust)

    def complete(self, intent: str, text: str, slots: Mapping[str, Any]) -> dict[str, Any]:
        """The slots of a request, those added that the whole wording tells."""
        every = dict(slots)
        for name in self._trust:
            if name.startswith(f"{intent}."):
                slot = name.partition(".")[2]
                value = self(intent, slot, text, slots.get(slot))
                if value is not None:
                    every[slot] = value
        return every

    def answer(self, intent: str, slot: str, text: str) -> Any:
        """The value of the slot that was asked for; None where nothing can be surmised."""
        trust = self._trust.get(f"{intent}.{slot}")
        return self(intent, slot, text, None) if trust and trust.answers else None

    def __call__(self, intent: str, slot: str, text: str, found: Any) -> Any:
        """The value of a slot in a folded text; `found` is what its words say, None for nothing."""
        name = f"{intent}.{slot}"
        trust = self._trust.get(name)
        if trust is None or not self._opinion.knows(name):
            return found
        likely = self._opinion(self._describe(text), name)
        best = next(iter(likely))
        if found is None:
            return best if best != NOTHING and likely[best] >= trust.alone else None
        if trust.named and re.search(trust.named.replace(_FOUND, re.escape(str(found))), text):
            return found
        doubted = likely.get(found, 0.0 if trust.made_up else 1.0) < self._DOUBTED
        return best if best != NOTHING and doubted and likely[best] >= trust.over else found
