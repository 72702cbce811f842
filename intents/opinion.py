"""An opinion on free wording: how likely each intent is, learned from the examples.

A linear model (multinomial logistic regression) over features that people can read: runs of
syllables, runs of characters, senses and pairs of senses, the lists and wordings that were found.
`python -m linli.train_opinion` learns it from `examples/`; the same files always give the same
opinion. `why` names what spoke for an intent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from intents.errors import DataError
from intents.pinyin import sound

FILE = Path(__file__).with_name("opinion.npz")
"""What was learned."""
_RUNS = (1, 2, 3)
"""Syllables in a row."""
_WRITTEN = (2, 3)
"""Characters in a row."""
_FAMILIES = {"s": 0, "c": 1, "k": 2, "k2": 3}
_LEARN = "learn it anew: python -m linli.train_opinion"


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of one question (which intent? which kind of emergency?)."""

    labels: tuple[str, ...]
    """The answers."""
    weights: NDArray[np.float32]
    """(features, labels)."""
    bias: NDArray[np.float32]
    """(labels,)."""

    def likely(self, rows: Sequence[int], shares: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probability of each label for a text with these features; sums to 1."""
        score = self.bias + shares @ self.weights[list(rows)] if rows else self.bias.copy()
        score = np.exp(score - score.max())
        return np.asarray(score / score.sum(), np.float32)


class Opinion:
    """The learned models over one table of features."""

    def __init__(
        self,
        features: Sequence[str],
        models: dict[str, Model],
        made_of: str,
        families: NDArray[np.int8] | None = None,
    ) -> None:
        """`families`: those of the features, where they have been worked out before."""
        self._rows = dict(zip(features, range(len(features)), strict=True))
        if families is None:
            families = np.array([family(feature) for feature in features], np.int8)
        self._families = families
        self._models = models
        self.made_of = made_of
        """Digest of what it was learned from."""

    @classmethod
    def load(cls, path: Path) -> Opinion:
        """Read a learned file; raises DataError when it is missing or damaged."""
        try:
            with path.open("rb") as raw, np.load(raw) as file:
                models = {
                    name: Model(
                        tuple(str(file[f"{name}.labels"]).split()),
                        file[f"{name}.weights"] * file[f"{name}.scale"],
                        file[f"{name}.bias"],
                    )
                    for name in str(file["models"]).split()
                }
                features = file["features"].tobytes().decode("utf-8").split("\n")
                return cls(features, models, str(file["made_of"]), file["families"])
        except FileNotFoundError as error:
            raise DataError(path, 0, "the file is missing", _LEARN) from error
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise DataError(path, 0, f"cannot be read ({error})", _LEARN) from error

    def labels(self, model: str) -> tuple[str, ...]:
        """What a model chooses among."""
        return self._models[model].labels

    def __call__(self, features: Iterable[str], model: str = "intent") -> dict[str, float]:
        """Every label and how likely it is, likeliest first."""
        known = self._models[model]
        rows = self._known(features)
        likely = known.likely(rows, shares(self._families[rows] if rows else ()))
        order = np.argsort(-likely, kind="stable")
        return {known.labels[at]: float(likely[at]) for at in order}

    def why(self, features: Iterable[str], label: str, most: int = 6) -> tuple[str, ...]:
        """The features that speak most for an intent, strongest first."""
        known = self._models["intent"]
        if label not in known.labels:
            return ()
        at = known.labels.index(label)
        told = [(float(known.weights[self._rows[f], at]), f) for f in features if f in self._rows]
        return tuple(f"{f} {w:+.2f}" for w, f in sorted(told, reverse=True)[:most] if w > 0)

    def _known(self, features: Iterable[str]) -> list[int]:
        rows = self._rows
        return [rows[feature] for feature in features if feature in rows]


def family(feature: str) -> int:
    """Which family a feature is of: syllables, characters, senses, pairs, or what was found."""
    return _FAMILIES.get(feature.partition(":")[0], len(_FAMILIES))


def shares(families: Sequence[int] | NDArray[np.int8]) -> NDArray[np.float32]:
    """How much each feature of a text counts: every family has a length of 1."""
    here = np.asarray(families, np.int64)
    return np.asarray(1 / np.sqrt(np.bincount(here)[here]), np.float32)


def features(heard: str, text: str, senses: Sequence[str], found: Iterable[str]) -> tuple[str, ...]:
    """What the opinion looks at, each once.

    `heard` is the folded text and `text` the same with mishearings put right; `found` names the
    lists, wordings and moods that were found in it.
    """
    sounds = ("^", *sound(heard.replace("，", "")), "$")
    plain = text.replace("，", "")
    runs = (
        "s:" + " ".join(sounds[at : at + n]) for n in _RUNS for at in range(len(sounds) - n + 1)
    )
    written = ("c:" + plain[at : at + n] for n in _WRITTEN for at in range(len(plain) - n + 1))
    pairs = (f"k2:{one}+{other}" for one, other in combinations(senses, 2))
    every = (*runs, *written, *(f"k:{sense}" for sense in senses), *pairs, *found)
    return tuple(dict.fromkeys(every))
