"""Learn the second opinion, on the order of words: makes `intents/phrases.npz`.

    python -m linli.train_phrases

From the same examples as the opinion (`linli.train_opinion`), blurred ones among them. How it
learns is in `linli/phrase_network.py`. Takes a few minutes; needs SciPy (a development package),
the station does not.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.engine import HOME
from intents.knowledge import Knowledge
from intents.opinion import Opinion
from intents.phrases import FILE, Floats, Weights, marks, plain

from .phrase_network import learn
from .train_opinion import SEVERAL, blurred, digest, examples

_BLURRED = 3
"""Every so many-th example is learned blurred too."""


def _told() -> Iterator[tuple[str, str]]:
    """Texts and what they ask for."""
    for number, example in enumerate(examples()):
        if example.intent != SEVERAL:
            yield example.text, example.intent
            if number % _BLURRED == 0:
                yield blurred(example.text), example.intent


def write(weights: Weights, made_of: str, path: Path = FILE) -> None:
    """Keep what was learned, vectors and windows as bytes with a step a column."""
    small, step = _bytes(weights.vectors)
    kept: dict[str, Any] = {
        "labels": np.array(" ".join(weights.labels)),
        "marks": np.frombuffer("\n".join(weights.marks).encode("utf-8"), np.uint8),
        "vectors": small,
        "step": step,
        "widths": np.array([window.width for window in weights.windows]),
        "outer": weights.outer,
        "bias": weights.bias,
        "made_of": np.array(made_of),
    }
    for window in weights.windows:
        kept[f"weights{window.width}"], kept[f"step{window.width}"] = _bytes(window.weights)
        kept[f"start{window.width}"] = window.start
    np.savez_compressed(path, **kept)


def _bytes(values: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Values as bytes, and what a step of each column is worth."""
    step = np.asarray(np.maximum(np.abs(values).max(axis=0), 1e-6) / 127, np.float32)
    return np.round(values / step).astype(np.int8), step


def main() -> int:
    """Learn and write."""
    known = Knowledge(HOME, "xinyang", {}, Opinion((), {}, ""))
    told = list(_told())
    sys.stdout.write(f"{len(told)} rows\n")
    texts = (marks(plain(known.reader(text).text), known.senses) for text, _ in told)
    write(learn(texts, [intent for _, intent in told]), digest())
    sys.stdout.write(f"{FILE}: {FILE.stat().st_size / 1e6:.1f} MB\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
