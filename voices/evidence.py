"""What speaks for each possible answer, measured two ways that err differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .options import OTHER, Option, Wording, decide, dressed, negations, wordings
from .soundmap import Floats, heard, likelihoods
from .sounds import UNITS, sounds_of

_NEAR = 0.5
_DRESSED = 4
_ALONE = 20.0
_ALIKE: Mapping[str, str] = {
    **dict(zip("bdgzj", "ptkcq", strict=True)),
    "l": "n", "f": "h", "r": "l", "s": "x",
    "an": "ang", "ian": "iang", "uan": "uang", "in": "en", "un": "ong", "ui": "ei",
    "e": "uo", "ao": "ou", "ai": "ei", "ia": "a", "iao": "ao", "iu": "ou",
}  # fmt: skip
_CLOSE = frozenset(frozenset(pair) for pair in _ALIKE.items())


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the decision looks at."""

    sounding: Mapping[str, float]
    """Value → log-likelihood of its best form minus that of the freely heard sounds."""
    nothing: float
    """The same for nothing having been said: noise."""
    best: Mapping[str, Wording]
    """Value → that form."""
    readings: Mapping[str, float]
    """Value → likeness, 0–1, of Whisper's readings to its nearest form."""
    heard: tuple[str, ...]
    """The freely heard sounds."""
    refused: bool
    """A negation begins what was heard, or the first reading."""

    @property
    def scores(self) -> Mapping[str, float]:
        """Both sides together: 0 where sounds and readings are exactly those of a form."""
        weight = decide("reading")
        return {v: s - weight * (1 - self.readings[v]) for v, s in self.sounding.items()}

    @property
    def ranked(self) -> tuple[str, ...]:
        """Values, likeliest first."""
        scores = self.scores
        return tuple(sorted(scores, key=lambda value: -scores[value]))

    @property
    def contradicted(self) -> bool:
        """A negation was heard that the likeliest value's best form does not begin with."""
        form = self.best[self.ranked[0]]
        return self.refused and not begins_refusal([UNITS[place] for place in form.sounds])

    @property
    def fit(self) -> float:
        """Score of the first value."""
        return max(self.scores.values())

    @property
    def margin(self) -> float:
        """Score of the first answer over the second."""
        answers = [score for value, score in self.scores.items() if value != OTHER]
        first, *others = sorted(answers, reverse=True)
        return first - others[0] if others else _ALONE


def weigh(listened: Floats, readings: Sequence[str], options: Sequence[Option]) -> Evidence:
    """Score `options` by the sound map's view of the audio and by Whisper's `readings`."""
    options = tuple(options)
    freely = float(listened.max(axis=1).sum())
    ways = _scored(listened, wordings(options), 0.0)
    for value in {word.value for word in ways}:
        near = sorted((w for w in ways if w.value == value), key=lambda w: -ways[w])[:_DRESSED]
        ways |= _scored(
            listened, [w for one in near for w in dressed(options, one)], decide("around_cost")
        )
    best: dict[str, Wording] = {}
    for word, likely in ways.items():
        if word.value not in best or likely > ways[best[word.value]]:
            best[word.value] = word
    sounds = heard(listened)
    texts = [said for text in readings if (said := sounds_of(text))]
    refused = any(begins_refusal(said) for said in (sounds, *texts[:1]))
    return Evidence(
        {value: ways[word] - freely for value, word in best.items()},
        float(listened[:, 0].sum()) - freely,
        best,
        {option.value: _reading_likeness(option, texts) for option in options},
        sounds,
        refused,
    )


def _scored(listened: Floats, words: Sequence[Wording], cost: float) -> dict[Wording, float]:
    if not words:
        return {}
    likely = likelihoods(listened, [word.sounds for word in words])
    return dict(zip(words, (likely - cost).tolist(), strict=True))


def begins_refusal(sounds: Sequence[str]) -> bool:
    """Whether sounds begin with a negation."""
    return any(tuple(sounds[: len(no)]) == no for word in negations() if (no := sounds_of(word)))


def likeness(said: Sequence[str], meant: Sequence[str]) -> float:
    """1 for the same sounds, less by every sound that differs; near ones count half."""
    return max(0.0, 1 - distance(said, meant) / max(len(said), len(meant), 1))


def distance(said: Sequence[str], meant: Sequence[str]) -> float:
    """Sounds to change, add or leave out."""
    row = list(map(float, range(len(meant) + 1)))
    for i, one in enumerate(said, 1):
        previous, row[0] = row[:], float(i)
        for j, other in enumerate(meant, 1):
            swap = 0.0 if one == other else _NEAR if frozenset((one, other)) in _CLOSE else 1.0
            row[j] = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + swap)
    return row[-1]


def _reading_likeness(option: Option, texts: Sequence[Sequence[str]]) -> float:
    """The best of the readings; later ones count a little less."""
    return max(
        (
            likeness(said, sounds_of(form)) * 0.97**rank
            for rank, said in enumerate(texts)
            for form in option.forms
        ),
        default=0.0,
    )
