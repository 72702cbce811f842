"""Chooses, from the evidence, what is wanted: one thing, several in order, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from intents.services import Service
from intents.understanding.cues import ACCEPT, Evidence

_CLOSE = 0.35
_MOST = 3
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


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a text between two joints."""

    start: int
    """Where it begins."""
    end: int
    """One past its last character."""
    strong: bool
    """Whether it begins with a word such as 还有, rather than after a pause."""
    force: bool
    """Whether it asks for something."""
    refers: bool
    """Whether it only names something arranged before."""
    past: bool
    """Whether it tells of something gone by."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known of a text when choosing."""

    evidence: Mapping[str, Evidence]
    """By intent, strongest first."""
    services: Mapping[str, Service]
    """By intent."""
    absorbs: Mapping[str, list[str]]
    """Readings that take in others unless 还有 or the like stands between."""
    clauses: list[Clause]
    """The stretches of the text."""

    def homes(self, one: Evidence) -> set[int]:
        """The clauses in which an intent is asked for."""
        return {self.clause(hit.start) for hit in one.hits["asks"]}

    def clause(self, at: int) -> int:
        """The clause of a character."""
        return next((i for i, c in enumerate(self.clauses) if at < c.end), len(self.clauses) - 1)

    def own(self, one: Evidence, other: Evidence) -> set[int]:
        """Clauses in which one is asked for in earnest and the other is not."""
        theirs = self.homes(other)
        found = set()
        for hit in one.hits["asks"]:
            index = self.clause(hit.start)
            listed = hit.payload.source.startswith("{")
            if index not in theirs and (not listed or self.clauses[index].force):
                found.add(index)
        return found


def acts(scene: Scene) -> list[Act]:
    """What is wanted, in the order spoken; empty when nothing is."""
    good = [e for e in scene.evidence.values() if e.score >= ACCEPT and e.intent != OUT]
    if not good:
        return []
    outside = scene.evidence.get(OUT)
    if outside and outside.score > good[0].score + 0.2:
        return []
    asked = [e for e in good if e.asked]
    if not asked:
        return [_act(good[0])]
    asked = _without_topics_of_meta(asked, scene)
    asked = _without_controls(asked, scene)
    kept = asked[:1]
    for one in asked[1:]:
        if len(kept) < _MOST and all(_both(one, other, scene) for other in kept):
            kept.append(one)
    return sorted(map(_act, kept), key=lambda act: (act.start, act.end))


def _act(one: Evidence) -> Act:
    return Act(one.intent, *one.span, one.score)


def _without_topics_of_meta(asked: list[Evidence], scene: Scene) -> list[Evidence]:
    """Drop what is only named as the thing to be cancelled, changed or looked up."""
    metas = [e for e in asked if scene.services[e.intent].meta and not _covered(e, asked)]
    asked = [e for e in asked if not scene.services[e.intent].meta or e in metas]
    if not metas:
        return asked
    kept = list(metas[:1])
    kept += [m for m in metas[1:2] if scene.own(m, kept[0]) and scene.own(kept[0], m)]
    for one in asked:
        if one in kept or scene.services[one.intent].meta or scene.services[one.intent].control:
            continue
        own = [scene.own(one, meta) for meta in kept if scene.services[meta.intent].meta]
        if all(any(not scene.clauses[i].refers for i in indexes) for indexes in own):
            kept.append(one)
    return sorted(kept, key=lambda e: (-e.score, e.intent))


def _covered(meta: Evidence, asked: list[Evidence]) -> bool:
    """Whether a longer wording of another intent holds all that speaks for it."""
    others = [hit for e in asked if e is not meta for hit in e.hits["asks"]]
    return all(
        any(o.start <= h.start and h.end <= o.end and o.length > h.length for o in others)
        for h in meta.hits["asks"]
    )


def _without_controls(asked: list[Evidence], scene: Scene) -> list[Evidence]:
    """A wish about the talk itself gives way to a real request, except for a person."""
    real = [e for e in asked if not scene.services[e.intent].control]
    if not real:
        return sorted(asked, key=lambda e: (e.span[0], -e.score))
    person = [e for e in asked if e.intent == "operator" and e.score >= real[0].score]
    return person or real


def _both(one: Evidence, other: Evidence, scene: Scene) -> bool:
    mine, theirs = scene.own(one, other), scene.homes(other)
    if not mine or not theirs:
        return False
    for index in mine:
        low, high = sorted((index, min(theirs, key=lambda t: abs(t - index))))
        strong = any(scene.clauses[i].strong for i in range(low + 1, high + 1))
        taken = one.intent in scene.absorbs.get(other.intent, ()) or other.intent in (
            scene.absorbs.get(one.intent, ())
        )
        if strong or not taken:
            return True
    return False


def close(evidence: Mapping[str, Evidence]) -> bool:
    """Whether the two best readings can hardly be told apart."""
    best = [e for e in evidence.values() if e.score >= ACCEPT][:2]
    return (
        len(best) > 1 and best[0].score - best[1].score < _CLOSE and best[0].asked == best[1].asked
    )
