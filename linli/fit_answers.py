"""Find the weights of the decision on short answers: `weigh` in `assets/answers.yaml`.

Fitted on the `tune` voice and mixtures with it, which the map kept away
(`train_answers.APART`) has not learned: their answers to their own question, to
another question, words that are no answer (but for those that sound exactly like one
without their tones: 步行 is 不行 to this map), sentences cut short, and noises. A logistic
regression, ridge, NumPy only. `python -m linli.fit_answers` prints the
weights; nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from voices.answers import AnswerJudge
from voices.confidence import cues, rivalry
from voices.evidence import weigh
from voices.noise import noises
from voices.options import OTHER, dressed, load_options, with_others, wordings
from voices.soundmap import Floats, SoundMap
from voices.sounds import places_of
from voices.types import RATE, Pcm

from . import answer_clips, clips
from .answer_paths import PATHS, SETS, as_heard
from .paths import MODELS
from .train_answers import APART

_RIDGE: Final = 2.0
_TURNS: Final = 60
_WEIGHTS: Final = {"answer": 1.0, "other": 1.5, "elsewhere": 0.4, "noise": 0.3, "sentence": 1.0}
_WRONG: Final = 1.5
_LEAST: Final = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7)


@dataclass(frozen=True, slots=True)
class Trial:
    """One piece of sound, asked one question."""

    kind: str
    """A key of `_WEIGHTS`."""
    right: bool
    """Whether the likeliest answer is what was said."""
    cues: dict[str, float]
    """What the confidence sees."""
    rivalry: float | None = None
    """How far another word was ahead in the second look; None where there was none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Sound to be judged."""

    kind: str
    """A key of `_WEIGHTS`."""
    pcm: Pcm
    """As it reaches the judge."""
    questions: tuple[str, ...]
    """Sets of answers."""
    value: str | None = None
    """The answer it is to the first of them, if it is one."""


def trials(judge: AnswerJudge) -> Iterator[Trial]:
    """Everything the fit looks at."""
    for asked in _asked():
        heard = judge.hear(asked.pcm)
        if heard is None:
            continue
        for number, question in enumerate(asked.questions):
            evidence = weigh(heard.sounds, heard.texts, with_others(load_options(question)))
            first = next(value for value in evidence.ranked if value != OTHER)
            kind = "elsewhere" if number and asked.kind != "noise" else asked.kind
            against = judge.second_look(heard, evidence, load_options(question))
            yield Trial(
                kind,
                not number and first == asked.value,
                dict(cues(evidence)),
                None if against is None else rivalry(against),
            )


def _asked() -> Iterator[Asked]:
    random = np.random.default_rng(3)
    for number, clip in enumerate(c for c in answer_clips.load() if c.role == "tune"):
        if clip.value == "other" and clip.set not in _elsewhere(clip.text):
            continue
        others = [name for name in _elsewhere(clip.text) if name != clip.set]
        another = (
            "yes_no" if "yes_no" in others and random.random() < 0.5 else random.choice(others)
        )
        value = None if clip.value == "other" else clip.value
        for place in ((0, 3), (1, 2))[number % 2]:
            pcm = as_heard(clip.pcm(), PATHS[place][1], number)
            yield Asked("answer" if value else "other", pcm, (clip.set, str(another)), value)
    for length in (0.5, 1.0, 1.5):
        for noise in noises(each=4, length=length):
            if int(noise.name.rsplit("-", 1)[1]) % 2:
                yield Asked("noise", noise.pcm, ("yes_no", "count"))
    for number, sentence in enumerate(clips.load(clips.CLIPS / "hearing" / "manifest.json")):
        if answer_clips.role_of(sentence.voice) == "tune":
            yield Asked("sentence", _part(sentence.pcm(), number, random), ("yes_no",))


def _elsewhere(text: str) -> list[str]:
    """Questions this is no answer to, nor does it sound like one but for its tones."""
    said = tuple(places_of(text))
    return [name for name in SETS if said not in _sounds(name)]


@cache
def _sounds(question: str) -> frozenset[tuple[int, ...]]:
    options = tuple(load_options(question))
    bare = wordings(options)
    return frozenset(w.sounds for form in bare for w in (form, *dressed(options, form)))


def _part(pcm: Pcm, number: int, random: np.random.Generator) -> Pcm:
    """The beginning or the end of a sentence."""
    size = int(random.uniform(0.7, 1.9) * RATE)
    part = pcm[:size] if number % 2 else pcm[-size:]
    return np.asarray(np.pad(part, (int(0.4 * RATE), RATE // 2)), np.float32)


def fitted(found: Sequence[Trial]) -> dict[str, float]:
    """The weight of each cue, and `always`."""
    names = list(found[0].cues)
    seen = np.array([[trial.cues[name] for name in names] for trial in found])
    right = np.array([float(trial.right) for trial in found])
    counts = np.array([_WEIGHTS[t.kind] * (1.0 if t.right else _WRONG) for t in found])
    mean, spread = seen.mean(axis=0), seen.std(axis=0) + 1e-6
    table = np.column_stack([(seen - mean) / spread, np.ones(len(seen))])
    weights = _regressed(table, right, counts)
    scaled = weights[:-1] / spread
    always = float(weights[-1] - (scaled * mean).sum())
    return {**{n: float(w) for n, w in zip(names, scaled, strict=True)}, "always": always}


def fitted_second(found: Sequence[Trial], weights: dict[str, float]) -> dict[str, float]:
    """What the first confidence and the rivalry of other words weigh, where there was a look."""
    seen = [one for one in found if one.rivalry is not None]
    table = np.array([[_odds(one, weights), one.rivalry or 0.0, 1.0] for one in seen])
    right = np.array([float(one.right) for one in seen])
    counts = np.array([_WEIGHTS[one.kind] for one in seen])
    fit = _regressed(table, right, counts)
    return dict(zip(("first", "rivalry", "always"), map(float, fit), strict=True))


def _odds(trial: Trial, weights: dict[str, float]) -> float:
    return sum(weights[name] * value for name, value in trial.cues.items()) + weights["always"]


def shares(
    found: Sequence[Trial], weights: dict[str, float], second: dict[str, float], least: float
) -> tuple[float, float, float]:
    """What a threshold of `least` makes of the trials: right and wrong answers, others decided."""

    def sure(trial: Trial) -> bool:
        if trial.rivalry is None:
            return False
        total = second["first"] * _odds(trial, weights) + second["rivalry"] * trial.rivalry
        return bool(total + second["always"] >= np.log(least / (1 - least)))

    answers = [trial for trial in found if trial.kind == "answer"]
    others = [trial for trial in found if trial.kind == "other"]
    right = sum(trial.right and sure(trial) for trial in answers)
    wrong = sum(not trial.right and sure(trial) for trial in answers)
    decided = sum(map(sure, others))
    return (
        100 * right / max(1, len(answers)),
        100 * wrong / max(1, len(answers)),
        100 * decided / max(1, len(others)),
    )


def _regressed(table: Floats, right: Floats, counts: Floats) -> Floats:
    """Newton's steps to the least weighted logistic loss with a ridge on all but the last."""
    weights = np.zeros(table.shape[1])
    ridge = np.r_[np.full(len(weights) - 1, _RIDGE), 1e-9]
    for _ in range(_TURNS):
        sure = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ ((sure - right) * counts) + ridge * weights
        bend = table.T @ (table * (counts * sure * (1 - sure))[:, None]) + np.diag(ridge)
        weights -= np.linalg.solve(bend, slope)
    return weights


def main() -> int:
    """Fit and print; then what the weights make of the same sounds in the map that ships."""
    judge = AnswerJudge(MODELS / "whisper-base", sounds=SoundMap.load(APART))
    found = list(trials(judge))
    print(f"# {len(found)} trials, {sum(trial.right for trial in found)} right")
    weights = fitted(found)
    second = fitted_second(found, weights)
    for name, weight in [*weights.items(), *((f"second {n}", w) for n, w in second.items())]:
        print(f"  {name}: {weight:.3f}")
    shipped = list(trials(AnswerJudge(MODELS / "whisper-base")))
    for whose, those in (("not learned from", found), ("learned from", shipped)):
        print(f"# voice {whose}; sure at: right, wrong, decided though no answer, %")
        for least in _LEAST:
            told = ", ".join(f"{share:.1f}" for share in shares(those, weights, second, least))
            print(f"# {least:.2f}: {told}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
