"""Chooses, from the evidence, what is wanted: one thing, two in order, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from intents.cues import ACCEPT, Evidence
from intents.services import Service

_CLOSE = 0.35
OUT = "out_of_scope"


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that is wanted, with where it is said."""

    intent: str
    """Its intent."""
    start: int
    """Where its evidence begins."""
    end: int
    """One past where it ends."""
    score: float
    """How strong the evidence is."""


def acts(
    text: str,
    evidence: Mapping[str, Evidence],
    services: Mapping[str, Service],
    absorbs: Mapping[str, list[str]],
    joints: list[tuple[int, int]],
) -> list[Act]:
    """What is wanted, in the order spoken; empty when nothing is."""
    good = [e for e in evidence.values() if e.score >= ACCEPT and e.intent != OUT]
    if not good:
        return []
    outside = evidence.get(OUT)
    if outside and outside.score > good[0].score + 0.2:
        return []
    asked = [e for e in good if e.asked] or good[:1]
    kept: list[Evidence] = []
    for one in asked:
        if all(_both(one, other, services, absorbs, joints) for other in kept):
            kept.append(one)
    found = [Act(e.intent, *e.span, e.score) for e in kept[:3]]
    return sorted(found, key=lambda act: (act.start, act.end))


def _both(
    one: Evidence,
    other: Evidence,
    services: Mapping[str, Service],
    absorbs: Mapping[str, list[str]],
    joints: list[tuple[int, int]],
) -> bool:
    if one.intent in absorbs.get(other.intent, ()) or other.intent in absorbs.get(one.intent, ()):
        return False
    if services[one.intent].control or services[other.intent].control:
        return False
    (a1, b1), (a2, b2) = one.span, other.span
    first, second = ((a1, b1), (a2, b2)) if a1 <= a2 else ((a2, b2), (a1, b1))
    return any(first[0] < start and end <= second[1] for start, end in joints) and not (
        first[0] <= second[0] and second[1] <= first[1]
    )


def close(evidence: Mapping[str, Evidence]) -> bool:
    """Whether the two best readings can hardly be told apart."""
    best = [e for e in evidence.values() if e.score >= ACCEPT][:2]
    return (
        len(best) > 1
        and best[0].score - best[1].score < _CLOSE
        and best[0].asked == best[1].asked
    )
