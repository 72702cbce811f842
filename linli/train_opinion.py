"""Learn the opinion on free wording: makes `intents/opinion.npz` of `intents/examples/`.

    python -m linli.train_opinion

One file an intent, one utterance a line (`examples/taxi.txt`); emergencies have one file a kind
(`examples/emergency.fall.txt`). Multinomial logistic regression with an L2 penalty, full batch,
L-BFGS: nothing random is left in it, so the same examples give the same weights up to rounding.
A third of the examples are learned a second time with one syllable misheard, dropped or all
punctuation gone, because recognisers write so. Takes a few minutes; needs SciPy (a development
package), the station itself does not.
"""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from intents.engine import HOME
from intents.knowledge import Knowledge
from intents.opinion import FILE, Opinion, family, shares
from intents.services import load_examples

FOLDER: Final = HOME / "examples"
"""Where the examples are."""
_PENALTY = 0.3
_ROUNDS = 70
_EVEN = 0.5
"""0: labels count as often as they have examples; 1: all count the same."""
_SEEN = 2
"""A feature must stand in so many examples."""
_SMALLEST = 0.05
"""Features whose weights are all smaller are left out."""
_BLURRED = 3
"""Every so many-th example is learned blurred too."""


_JOINTS: Final = ("，", "，还有", "，再", "，顺便", "，另外", "，对了，", " ")
"""What stands between two requests in one sentence."""
_ONE_IN = 3
"""Every so many-th example shows what one request is like."""
_HALF = 16
"""Longest half of a sentence made of two."""
_PAIRED = 4
"""Every so many-th pair is used."""
SEVERAL: Final = "several"
"""Label, and file, of sentences that hold two requests."""
_SHORT = 4
"""Shorter ones are not blurred."""


@dataclass(frozen=True, slots=True)
class Example:
    """Something an elder says."""

    text: str
    """The words."""
    intent: str
    """What is wanted."""
    kind: str = ""
    """Of an emergency."""


def examples(folder: Path = FOLDER) -> Iterator[Example]:
    """Every example, files and lines in order; those in the service files come last."""
    for path in sorted(folder.glob("*.txt")):
        intent, _, kind = path.stem.partition(".")
        for line in path.read_text("utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                yield Example(line.strip(), intent, kind)
    for text, intent in load_examples(folder.parent / "services"):
        yield Example(text, intent)


def digest(folder: Path = FOLDER, senses: Path = HOME / "rules" / "senses.yaml") -> str:
    """What the examples and senses are, in short: equal digests, equal opinion."""
    found = hashlib.sha256(senses.read_bytes())
    for path in sorted(folder.glob("*.txt")):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()


def blurred(text: str) -> str:
    """The text as a poor recogniser writes it: no punctuation, a syllable lost or replaced."""
    dice = crc32(text.encode())
    plain = "".join(char for char in text if char.isalnum())
    if len(plain) < _SHORT:
        return plain
    at = dice % len(plain)
    other = plain[dice // 7 % len(plain)] if dice % 2 else ""
    return plain[:at] + other + plain[at + 1 :]


def learn(
    rows: Sequence[Sequence[str]], labels: Sequence[str], penalty: float = _PENALTY
) -> tuple[list[str], list[str], NDArray[np.float32], NDArray[np.float32]]:
    """Features, labels, weights (features, labels) and bias (labels,) that fit the rows."""
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    counted = Counter(feature for row in rows for feature in row)
    names = sorted(feature for feature, n in counted.items() if n >= _SEEN)
    known, classes = {name: at for at, name in enumerate(names)}, sorted(set(labels))
    at = [[known[f] for f in row if f in known] for row in rows]
    ends = np.cumsum([0, *map(len, at)])
    kin = np.array([family(name) for name in names])
    values = np.concatenate([shares(kin[row]) for row in at if row])
    table = csr_matrix(
        (values, np.concatenate([np.array(row, int) for row in at]), ends), (len(rows), len(names))
    )
    turned, width = table.T.tocsr(), len(classes)
    truth = np.zeros((len(rows), width))
    truth[np.arange(len(rows)), [classes.index(label) for label in labels]] = 1
    often = truth.sum(axis=0)
    counts = (truth @ (often.mean() / often) ** _EVEN)[:, None]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat[:-width].reshape(-1, width)
        score = table @ weights + flat[-width:]
        score -= score.max(axis=1, keepdims=True)
        total = np.log(np.exp(score).sum(axis=1, keepdims=True))
        wrong = counts * (np.exp(score - total) - truth)
        value = -float((counts * truth * (score - total)).sum()) + penalty / 2 * float(
            (weights**2).sum()
        )
        slope = np.concatenate([(turned @ wrong + penalty * weights).ravel(), wrong.sum(axis=0)])
        return value, slope

    start = np.zeros((len(names) + 1) * width)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS}).x
    return (
        names,
        classes,
        found[:-width].reshape(-1, width).astype(np.float32),
        found[-width:].astype(np.float32),
    )


def joined(told: Sequence[Example], services: frozenset[str]) -> Iterator[Example]:
    """Sentences that hold two requests, made of two examples each."""
    usable = [e for e in told if e.intent in services and len(e.text) <= _HALF]
    order = sorted(usable, key=lambda e: crc32(e.text.encode()))
    for number, (one, other) in enumerate(zip(order, order[len(order) // 2 :], strict=False)):
        if one.intent != other.intent and number % _PAIRED == 0:
            joint = _JOINTS[number // _PAIRED % len(_JOINTS)]
            yield Example(one.text.rstrip("。！？，") + joint + other.text, SEVERAL)


def described(told: Iterable[Example], known: Knowledge) -> Iterator[tuple[Example, list[str]]]:
    """Examples with their features, every third one a second time blurred."""
    for number, example in enumerate(told):
        yield example, list(known.describe(known.reader(example.text)))
        if number % _BLURRED == 0:
            yield example, list(known.describe(known.reader(blurred(example.text))))


def write(parts: dict[str, tuple[Any, Any, Any, Any]], made_of: str, path: Path = FILE) -> None:
    """Keep the models over one table of features, weights as bytes with a scale a label."""
    strong = {
        name
        for features, _, weights, _ in parts.values()
        for name, row in zip(features, np.abs(weights).max(axis=1), strict=True)
        if row >= _SMALLEST
    }
    table = sorted(strong)
    kept: dict[str, Any] = {
        "features": np.frombuffer("\n".join(table).encode("utf-8"), np.uint8),
        "families": np.array([family(name) for name in table], np.int8),
        "models": np.array(" ".join(parts)),
        "made_of": np.array(made_of),
    }
    for name, (features, labels, weights, bias) in parts.items():
        rows = {feature: row for row, feature in enumerate(features)}
        whole = np.zeros((len(table), len(labels)), np.float32)
        here = [(at, rows[f]) for at, f in enumerate(table) if f in rows]
        whole[[at for at, _ in here]] = weights[[row for _, row in here]]
        scale = np.maximum(np.abs(whole).max(axis=0), 1e-6) / 127
        kept |= {
            f"{name}.labels": np.array(" ".join(labels)),
            f"{name}.weights": np.round(whole / scale).astype(np.int8),
            f"{name}.scale": scale.astype(np.float32),
            f"{name}.bias": bias,
        }
    np.savez_compressed(path, **kept)


def main() -> int:
    """Learn and write; says how well the examples themselves are told apart."""
    told = list(examples())
    known = Knowledge(HOME, "xinyang", {}, Opinion((), {}, ""))
    rows = list(described(told, known))
    sys.stdout.write(f"{len(rows)} rows\n")
    single = [(e, f) for e, f in rows if e.intent != SEVERAL]
    alarms = [(e, f) for e, f in single if e.kind]
    services = frozenset(name for name, s in known.services.items() if not s.control)
    many = [(e, f) for e, f in rows if e.intent == SEVERAL]
    many += list(described(joined(told, services - {"out_of_scope", "emergency"}), known))
    many += single[::_ONE_IN]
    labels = [SEVERAL if e.intent == SEVERAL else "one" for e, _ in many]
    parts = {
        "intent": learn([f for _, f in single], [e.intent for e, _ in single]),
        "kind": learn([f for _, f in alarms], [e.kind for e, _ in alarms]),
        "many": learn([f for _, f in many], labels),
    }
    write(parts, digest())
    sys.stdout.write(f"{FILE}: {FILE.stat().st_size / 1e6:.1f} MB\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
