"""A second opinion that hears the order of words.

The opinion (`intents/opinion.py`) sees which runs a text holds, not how they follow each other;
here windows of a few characters slide over the text. At each character stand the character, its
syllable with accents folded away and the senses of its words, so a window fits words that no
example held. Each unit listens for one kind of phrase and counts where it is heard most clearly.
Learned by `python -m linli.train_phrases`; what each window spoke for is known exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from intents.errors import DataError
from intents.pinyin import sound
from intents.senses import Senses

FILE = Path(__file__).with_name("phrases.npz")
"""What was learned."""
BEFORE, BEHIND = "^", "$"
"""What stands before a text and behind it."""
_LEARN = "learn it anew: python -m linli.train_phrases"
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Windows:
    """The units that listen to windows of one width."""

    width: int
    """Characters in a window."""
    weights: Floats
    """(width · dimensions, units)."""
    start: Floats
    """(units,)."""

    def hear(self, every: Floats) -> tuple[Floats, NDArray[np.intp]]:
        """How clearly each unit hears its phrase, never negative, and in which window."""
        count, size = len(every) - self.width + 1, every.shape[1]
        heard = np.tile(self.start, (count, 1))
        for at in range(self.width):  # small products stay on one core and wait for no other
            heard += every[at : at + count] @ self.weights[at * size : (at + 1) * size]
        return np.asarray(np.maximum(heard.max(axis=0), 0), np.float32), heard.argmax(axis=0)


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learned."""

    labels: tuple[str, ...]
    """The answers."""
    marks: tuple[str, ...]
    """What may stand at a character: `c:药`, `s:yao`, `k:drug`, BEFORE, BEHIND."""
    vectors: Floats
    """(marks, dimensions)."""
    windows: tuple[Windows, ...]
    """One a width."""
    outer: Floats
    """What each unit speaks for: (units of all widths, labels)."""
    bias: Floats
    """(labels,)."""
    made_of: str = ""
    """Digest of what it was learned from."""


class Phrases:
    """Tells labels from the order of words."""

    def __init__(self, senses: Senses, weights: Weights) -> None:
        self._senses, self._weights = senses, weights
        self._rows = dict(zip(weights.marks, range(1, len(weights.marks) + 1), strict=True))
        nothing = np.zeros((1, weights.vectors.shape[1]), np.float32)
        self._vectors = np.concatenate([nothing, weights.vectors])
        self._widest = max(window.width for window in weights.windows)
        self.made_of = weights.made_of
        """Digest of what it was learned from."""

    @classmethod
    def load(cls, senses: Senses, path: Path = FILE) -> Phrases:
        """Read a learned file; raises DataError when it is missing or damaged."""
        try:
            with path.open("rb") as raw, np.load(raw) as file:
                windows = tuple(
                    Windows(
                        int(width),
                        file[f"weights{width}"] * file[f"step{width}"],
                        file[f"start{width}"],
                    )
                    for width in file["widths"]
                )
                weights = Weights(
                    tuple(str(file["labels"]).split()),
                    tuple(file["marks"].tobytes().decode("utf-8").split("\n")),
                    file["vectors"] * file["step"],
                    windows,
                    file["outer"],
                    file["bias"],
                    str(file["made_of"]),
                )
        except FileNotFoundError as error:
            raise DataError(path, 0, "the file is missing", _LEARN) from error
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            raise DataError(path, 0, f"cannot be read ({error})", _LEARN) from error
        return cls(senses, weights)

    def __call__(self, text: str) -> dict[str, float]:
        """Every label and how likely it is, likeliest first."""
        made, heard = self._weights, self._heard(plain(text))
        score = made.bias + np.concatenate([units for units, _ in heard]) @ made.outer
        score = np.exp(score - score.max())
        score /= score.sum()
        order = np.argsort(-score, kind="stable")
        return {made.labels[at]: float(score[at]) for at in order}

    def why(self, text: str, label: str, most: int = 4) -> tuple[str, ...]:
        """The phrases that spoke most for a label, strongest first."""
        best = sorted(self.told(text, label).items(), key=lambda item: -item[1])[:most]
        return tuple(f"{phrase} {part:+.2f}" for phrase, part in best if part > 0)

    def told(self, text: str, label: str) -> dict[str, float]:
        """How much each phrase spoke for a label; the parts add up to its score less the bias."""
        made, said = self._weights, plain(text)
        if label not in made.labels:
            return {}
        parts: dict[str, float] = {}
        outer = made.outer[:, made.labels.index(label)]
        begin = 0
        for window, (units, places) in zip(made.windows, self._heard(said), strict=True):
            for unit in np.flatnonzero(units):
                at = int(places[unit])
                phrase = said[max(at - 1, 0) : max(at - 1 + window.width, 0)]
                part = float(units[unit] * outer[begin + unit])
                parts[phrase] = parts.get(phrase, 0.0) + part
            begin += len(units)
        return parts

    def _heard(self, said: str) -> list[tuple[Floats, NDArray[np.intp]]]:
        """What the units of each width hear in a text between its ends."""
        behind = max(self._widest - len(said) - 1, 1)
        rows, here, begins = self._rows, list[int](), list[int]()
        for place in ([BEFORE], *marks(said, self._senses), *[[BEHIND]] * behind):
            begins.append(len(here))
            here.append(0)
            here.extend(rows[mark] for mark in place if mark in rows)
        every = np.add.reduceat(self._vectors[here], begins, axis=0)
        return [window.hear(every) for window in self._weights.windows]


def marks(said: str, senses: Senses) -> Sequence[Sequence[str]]:
    """What stands at each character of a text without pauses, each mark once."""
    spoken = sound(said)
    places = [{f"c:{char}": None, f"s:{spoken[at]}": None} for at, char in enumerate(said)]
    for name, start, end in senses.places(said):
        for place in places[start:end]:
            place[f"k:{name}"] = None
    return [list(place) for place in places]


def plain(text: str) -> str:
    """A folded text without its pauses."""
    return "".join(char for char in text if char.isalnum())
