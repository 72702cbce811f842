"""The weights of the decision are those that tell right answers from the rest."""

import math

import numpy as np
import pytest

from linli.fit_answers import Trial, fitted, shares


def _trials(seed: int) -> list[Trial]:
    """Right where `lead` is above 2; `idle` says nothing."""
    rng = np.random.default_rng(seed)
    cues = [{"lead": float(rng.normal(2, 2)), "idle": float(rng.normal())} for _ in range(600)]
    return [Trial("answer", cue["lead"] + rng.normal(0, 0.5) > 2, cue) for cue in cues]


def _sure(weights: dict[str, float], **cues: float) -> float:
    total = sum(weights[name] * value for name, value in cues.items()) + weights["always"]
    return 1 / (1 + math.exp(-total))


def test_what_tells_is_weighed_and_what_does_not_is_not() -> None:
    weights = fitted(_trials(0))
    assert set(weights) == {"lead", "idle", "always"}
    assert abs(weights["idle"]) < 0.15 * weights["lead"]
    assert _sure(weights, lead=5.0, idle=0.0) > 0.95
    assert _sure(weights, lead=-1.0, idle=0.0) < 0.05


def test_doubt_lies_where_right_and_wrong_meet_or_a_little_on_the_safe_side() -> None:
    # A wrong one counts double, so that even odds are found a little above the middle.
    weights = fitted(_trials(1))
    even = -weights["always"] / weights["lead"]
    assert even == pytest.approx(2.25, abs=0.25)


def test_the_same_trials_give_the_same_weights() -> None:
    assert fitted(_trials(2)) == fitted(_trials(2))


def test_a_higher_threshold_decides_less_of_everything() -> None:
    found = [*_trials(3), *(Trial("other", False, trial.cues) for trial in _trials(4))]
    weights = fitted(found)
    lax, strict = shares(found, weights, 0.1), shares(found, weights, 0.6)
    assert all(low >= high for low, high in zip(lax, strict, strict=True))
    assert lax[0] > strict[0]
    assert lax[2] > strict[2]
