"""How sure a decision would be: a logistic sum of what speaks for the likeliest answer.

The weights are numbers of `assets/answers.yaml`; `linli/fit_answers.py` finds them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from .evidence import Evidence, begins_refusal, likeness
from .options import OTHER, weights
from .rivals import Rival
from .sounds import UNITS

_MOST_LEAD: Final = 15.0
_MOST_OVER_NOTHING: Final = 30.0
_LEAST_FIT: Final = -40.0
_LEAST_FIT_A_SOUND: Final = -8.0
_MOST_LENGTH: Final = 8
_MOST_RIVAL: Final = 8.0
_SOUND_SHARE: Final = 0.5
_TINY: Final = 1e-9


def cues(evidence: Evidence) -> Mapping[str, float]:
    """What the confidence weighs, by name; each is bounded, so that none outweighs all others."""
    first, *others = (value for value in evidence.ranked if value != OTHER)
    form = evidence.best[first]
    sounds = [UNITS[place] for place in form.sounds]
    reading, sounding = evidence.readings[first], evidence.sounding[first]
    lead = evidence.scores[first] - evidence.scores.get(OTHER, -math.inf)
    return {
        "margin": min(evidence.margin, _MOST_LEAD),
        "sounding": max(sounding, _LEAST_FIT),
        "sounding_each": max(sounding / len(sounds), _LEAST_FIT_A_SOUND),
        "heard": likeness(evidence.heard, sounds),
        "likeness": reading,
        "likeness_lead": reading - max((evidence.readings[v] for v in others), default=0.0),
        "length": float(min(len(sounds), _MOST_LENGTH)),
        "bare": float(form.bare),
        "over_others": max(-_MOST_LEAD, min(lead, _MOST_LEAD)),
        "over_nothing": max(0.0, min(sounding - evidence.nothing, _MOST_OVER_NOTHING)),
        "contradicted": float(evidence.refused and not begins_refusal(sounds)),
    }


def confidence(evidence: Evidence) -> float:
    """How likely the first value is what was said, 0–1."""
    weighed = weights()
    total = sum(weighed[name] * value for name, value in cues(evidence).items())
    return 1 / (1 + math.exp(-(total + weighed["always"])))


def rivalry(against: Sequence[Rival]) -> float:
    """How far the strongest other word is ahead of the answer, bounded; below 0: behind."""
    strengths = (rival.spelled + _SOUND_SHARE * rival.sounded for rival in against)
    return max(-_MOST_RIVAL, min(max(strengths, default=-_MOST_RIVAL), _MOST_RIVAL))


def after_second_look(sure: float, against: Sequence[Rival]) -> float:
    """How likely the first value is, 0–1, other words considered too."""
    weighed = weights("second")
    odds = math.log(max(sure, _TINY) / max(1 - sure, _TINY))
    total = weighed["first"] * odds + weighed["rivalry"] * rivalry(against) + weighed["always"]
    return 1 / (1 + math.exp(-total))
