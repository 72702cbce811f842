"""Which intents a text speaks for, and how strongly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from intents.services import Cue
from intents.words.matcher import Hit, longest

ACCEPT = 2.0
_WEIGHT = {"asks": 3.0, "hints": 1.7, "topics": 1.0, "against": -4.0, "about": 0.0}
_MORE = {"asks": 0.5, "hints": 0.4, "topics": 0.2, "against": -1.0, "about": 0.0}
_LENGTH = 0.06
_MOST = 3


@dataclass(slots=True)
class Evidence:
    """What a text says for one intent."""

    intent: str
    """Which."""
    score: float = 0.0
    """Sum of what speaks for it less what speaks against it."""
    hits: dict[str, list[Hit[Cue]]] = field(default_factory=lambda: defaultdict(list))
    """By grade."""

    @property
    def asked(self) -> bool:
        """Whether something in the text is a request in itself."""
        return bool(self.hits["asks"])

    @property
    def span(self) -> tuple[int, int]:
        """From the first to the last character of its best evidence."""
        best = self.hits["asks"] or self.hits["hints"] or self.hits["topics"]
        if not best:
            return 0, 0
        return min(hit.start for hit in best), max(hit.end for hit in best)

    def why(self) -> str:
        """One line for explanations."""
        parts = [
            f"{grade} {hit.words}" for grade, hits in self.hits.items() for hit in longest(hits)
        ]
        return f"{self.intent} {self.score:.2f}: " + ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Mood:
    """Whether a text asks for something or tells something."""

    force: tuple[str, ...]
    """Words of asking."""
    statement: tuple[str, ...]
    """Words of telling."""


def weigh(
    cues: Iterable[Hit[Cue]],
    mood: Mood,
    told: list[tuple[int, int]],
    exempt: set[str],
) -> dict[str, Evidence]:
    """Evidence by intent of the wordings found, strongest first.

    In the stretches `told` something gone by is told: there a request is only a topic, except
    for the intents `exempt`.
    """
    found: dict[str, Evidence] = {}
    for hit in cues:
        intent = hit.payload.intent
        if intent not in found:
            found[intent] = Evidence(intent)
        grade: str = hit.payload.grade
        past = any(start <= hit.start < end for start, end in told)
        if past and grade in ("asks", "hints") and intent not in exempt:
            grade = "topics"
        found[intent].hits[grade].append(hit)
    for evidence in found.values():
        evidence.score = _score(evidence, mood)
    return dict(sorted(found.items(), key=lambda item: (-item[1].score, item[0])))


def _score(evidence: Evidence, mood: Mood) -> float:
    score = 0.0
    for grade, hits in evidence.hits.items():
        score += _grade(grade, longest(hits))
    if evidence.asked:
        return score - (0.6 if mood.statement and not mood.force else 0.0)
    if score > 0 and mood.force:
        score += 1.0
    if mood.statement:
        score -= 0.5 if mood.force else 1.5
    return score


def _grade(grade: str, hits: Iterable[Hit[Cue]]) -> float:
    ordered = sorted(hits, key=lambda hit: -hit.length)
    if not ordered or not _WEIGHT[grade]:
        return 0.0
    more = min(len(ordered), _MOST) - 1
    length = _LENGTH * min(ordered[0].length, 8) if _WEIGHT[grade] > 0 else 0.0
    return _WEIGHT[grade] + _MORE[grade] * more + length
