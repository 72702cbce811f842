"""The weights of the decision are those that tell right answers from the rest."""

import math

import numpy as np
import pytest

from linli.fit_answers import Trial, fitted, fitted_second, shares


def _trials(seed: int) -> list[Trial]:
    """Right where `lead` is above 2; `idle` says nothing."""
    rng = np.random.default_rng(seed)
    cues = [{"lead": float(rng.normal(2, 2)), "idle": float(rng.normal())} for _ in range(600)]
    rights = [cue["lead"] + rng.normal(0, 0.5) > 2 for cue in cues]
    # Where it is wrong, another word is a little ahead.
    return [
        Trial("answer", right, cue, float(rng.normal(-1.0 if right else 1.0, 1.5)))
        for right, cue in zip(rights, cues, strict=True)
    ]


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


def test_another_word_that_is_ahead_speaks_against_the_answer() -> None:
    found = _trials(5)
    second = fitted_second(found, fitted(found))
    assert second["rivalry"] < 0
    assert second["first"] > 0


def test_a_second_look_tells_more_than_the_first() -> None:
    found = _trials(6)
    weights = fitted(found)
    second = fitted_second(found, weights)
    blind = {**second, "rivalry": 0.0}
    looked, first = shares(found, weights, second, 0.5), shares(found, weights, blind, 0.5)
    assert looked[0] - looked[1] > first[0] - first[1]


def test_what_was_not_looked_at_again_is_not_decided() -> None:
    found = _trials(7)
    weights = fitted(found)
    second = fitted_second(found, weights)
    unseen = [Trial(trial.kind, trial.right, trial.cues) for trial in found]
    assert shares(unseen, weights, second, 0.05) == (0, 0, 0)


def test_a_higher_threshold_decides_less_of_everything() -> None:
    others = (Trial("other", False, trial.cues, trial.rivalry) for trial in _trials(4))
    found = [*_trials(3), *others]
    weights = fitted(found)
    second = fitted_second(found, weights)
    lax, strict = shares(found, weights, second, 0.1), shares(found, weights, second, 0.6)
    assert all(low >= high for low, high in zip(lax, strict, strict=True))
    assert lax[0] > strict[0]
    assert lax[2] > strict[2]
