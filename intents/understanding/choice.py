"""Chooses the first thing that is wanted: by a wording that asks, or else by what is likeliest.

How far a wording is believed is decided by the opinion.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intents.understanding.cues import Evidence
from intents.understanding.decide import OUT, Act, Scene
from intents.words.reading import Reading

_ASKED = 0.4
"""From this likelihood on a wording that asks outright is believed against the opinion …"""
_NEARLY = 0.5
"""… or from this share of what the opinion finds likeliest."""
_STRONGLY = 4.0
"""What the wordings that ask must weigh …"""
_OUTRIGHT = 0.7
"""… for so much of that likelihood to be enough."""
_UNSURE = 0.5
"""Where the opinion finds nothing so likely, every wording that asks outright is believed …"""
_SOLE = 0.005
"""… and from this likelihood on, where none speaks for the other service that it prefers …"""
_HINTED = 0.05
"""… or from this one, where a strong one asks and for the others there are hints at most:
明天去医院看病 wants a doctor first, though a car would be of use."""
_AGAINST = -2.0
"""Where the wordings speak so clearly against an intent …"""
_DENIED = 0.85
"""… it must be at least so likely."""
_LEAST = {"operator": 0.7, "yes": 0.5, "no": 0.5}
"""From these likelihoods on the opinion alone fetches a person, or takes words for an answer."""
_TALK = 0.2
"""What a wording calls mere talk is so much likelier to be a request, or it is none."""
_ALARM = "emergency"


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of one utterance when deciding."""

    reading: Reading
    """The text."""
    evidence: Mapping[str, Evidence]
    """What the wordings say, strongest first."""
    features: tuple[str, ...]
    """What the opinion looked at."""
    likely: Mapping[str, float]
    """What the opinion says, likeliest first."""
    scene: Scene
    """For choosing among the wordings."""
    alone: str | None = None
    """What the text asks for where it is a word of the lists and nothing else."""


def choose(case: Case, asked: Sequence[Act], bare: re.Pattern[str]) -> str | None:
    """The first thing that is wanted; None when nothing is.

    `bare` is what an answer looks like that is never a request by itself.
    """
    worded = next((act.intent for act in asked if _believed(act, case)), None)
    if worded or bare.fullmatch(case.reading.text):
        return worded
    best = next((name for name in case.likely if name != _ALARM), OUT)
    if best == OUT or best not in case.scene.services:
        return None
    if case.likely[best] < _LEAST.get(best, 0.0):
        return None
    talk = case.evidence.get(OUT)
    if talk and talk.asked and case.likely[best] < case.likely.get(OUT, 0.0) + _TALK:
        return None
    against = case.evidence.get(best)
    if against and against.score <= _AGAINST and case.likely[best] < _DENIED:
        return None
    return best


def _believed(act: Act, case: Case) -> bool:
    """Whether a wording that asks is believed."""
    said, strange = case.evidence[act.intent], act.intent not in case.likely
    most = max(case.likely.values(), default=0.0)
    least = min(_ASKED, _NEARLY * most) if most >= _UNSURE else 0.0
    if said.score >= _STRONGLY:
        least *= _OUTRIGHT
    if _service_preferred(case) or _refuted(case):
        others = [each for each in case.evidence.values() if each is not said]
        if all(each.score <= 0 for each in others):
            least = min(least, _SOLE)
        elif said.score >= _STRONGLY and not any(each.asked for each in others):
            least = min(least, _HINTED)
    return said.asked and (strange or case.likely[act.intent] >= least)


def _refuted(case: Case) -> bool:
    """Whether words speak against a wish about the talk itself (我要找人理发: no operator)."""
    preferred = next(iter(case.likely), OUT)
    service, against = case.scene.services.get(preferred), case.evidence.get(preferred)
    if service is None or not service.control:
        return False
    return against is not None and against.score < 0


def _service_preferred(case: Case) -> bool:
    """Whether what the opinion finds likeliest is a service."""
    preferred = next(iter(case.likely), OUT)
    service = case.scene.services.get(preferred)
    if service is None or service.meta or service.control:
        return False
    return preferred not in (OUT, _ALARM)
