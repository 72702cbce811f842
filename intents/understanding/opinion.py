"""An opinion on free wording: how likely each intent is, learned from the examples.

A small network (one hidden layer) over features that people can read: runs of syllables, runs of
characters, senses and pairs of senses, the lists and wordings that were found. `python -m
linli.train_opinion` learns it from `examples/`. A hidden unit either counts or does not, so what
each feature of a text spoke for is known exactly: `why` tells it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from lzma import LZMAError
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from intents import HOME
from intents.errors import DataError
from intents.words.pinyin import sound

FILE = HOME / "opinion.npz"
"""What was learned."""
_RUNS = (1, 2, 3)
"""Syllables in a row."""
_WRITTEN = (2, 3)
"""Characters in a row."""
_FAMILIES = {"s": 0, "c": 1, "k": 2, "k2": 3}
_LEARN = "learn it anew: python -m linli.train_{}"


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of one question (which intent? which kind of emergency?)."""

    labels: tuple[str, ...]
    """The answers."""
    place: NDArray[np.int32]
    """Where each feature's row of `inner` is; the last row for those it does not know."""
    inner: NDArray[np.int8]
    """What a feature gives to each hidden unit, in steps: (known + 1, units)."""
    step: np.float32
    """How much a step is."""
    start: NDArray[np.float32]
    """What each unit has without any: (units,)."""
    outer: NDArray[np.float32]
    """What each unit speaks for: (units, labels)."""
    bias: NDArray[np.float32]
    """(labels,)."""

    def units(self, rows: Sequence[int], shares: NDArray[np.float32]) -> NDArray[np.float32]:
        """How strongly each hidden unit speaks for a text with these features; never negative."""
        given = shares @ self.inner[self.place[list(rows)]] * self.step if rows else np.float32(0)
        return np.asarray(np.maximum(self.start + given, 0), np.float32)

    def likely(self, rows: Sequence[int], shares: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probability of each label for a text with these features; sums to 1."""
        score = self.bias + self.units(rows, shares) @ self.outer
        score = np.exp(score - score.max())
        return np.asarray(score / score.sum(), np.float32)

    def told(
        self, rows: Sequence[int], shares: NDArray[np.float32], label: str
    ) -> NDArray[np.float32]:
        """How much each of the features spoke for a label: (rows,)."""
        if not rows or label not in self.labels:
            return np.zeros(len(rows), np.float32)
        counts = self.outer[:, self.labels.index(label)] * (self.units(rows, shares) > 0)
        inner = self.inner[self.place[list(rows)]]
        return np.asarray(shares * (inner @ (counts * self.step)), np.float32)


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
        learn = _LEARN.format(path.stem)
        try:
            with path.open("rb") as raw, np.load(raw) as file:
                models = {
                    name: Model(
                        tuple(str(file[f"{name}.labels"]).split()),
                        *_rows(file[f"{name}.known"], file[f"{name}.inner"]),
                        np.float32(file[f"{name}.step"]),
                        file[f"{name}.start"],
                        file[f"{name}.outer"],
                        file[f"{name}.bias"],
                    )
                    for name in str(file["models"]).split()
                }
                features = file["features"].tobytes().decode("utf-8").split("\n")
                return cls(features, models, str(file["made_of"]), file["families"])
        except FileNotFoundError as error:
            raise DataError(path, 0, "the file is missing", learn) from error
        except (OSError, ValueError, KeyError, EOFError, BadZipFile, LZMAError) as error:
            raise DataError(path, 0, f"cannot be read ({error})", learn) from error

    def knows(self, model: str) -> bool:
        """Whether there is such a model."""
        return model in self._models

    def labels(self, model: str) -> tuple[str, ...]:
        """What a model chooses among."""
        return self._models[model].labels

    def __call__(self, features: Iterable[str], model: str = "intent") -> dict[str, float]:
        """Every label and how likely it is, likeliest first."""
        known = self._models[model]
        rows = self._known(features)
        likely = known.likely(rows, self._shares(rows))
        order = np.argsort(-likely, kind="stable")
        return {known.labels[at]: float(likely[at]) for at in order}

    def why(self, features: Iterable[str], label: str, most: int = 6) -> tuple[str, ...]:
        """The features of a text that spoke most for an intent, strongest first."""
        here = [feature for feature in features if feature in self._rows]
        rows = self._known(here)
        told = self._models["intent"].told(rows, self._shares(rows), label)
        order = np.argsort(-told, kind="stable")[:most]
        return tuple(f"{here[at]} {told[at]:+.2f}" for at in order if told[at] > 0)

    def _shares(self, rows: Sequence[int]) -> NDArray[np.float32]:
        return shares(self._families[list(rows)] if rows else ())

    def _known(self, features: Iterable[str]) -> list[int]:
        rows = self._rows
        return [rows[feature] for feature in features if feature in rows]


def _rows(
    known: NDArray[np.uint8], inner: NDArray[np.int8]
) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
    """`place` and `inner` of a model: which features it knows (a bit each), and their rows."""
    bits = np.unpackbits(known).astype(np.int32)
    place = np.where(bits, np.cumsum(bits) - 1, len(inner)).astype(np.int32)
    return place, np.vstack((inner, np.zeros((1, inner.shape[1]), np.int8)))


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
