"""Learn the opinion on free wording: makes `intents/opinion.npz` of `intents/examples/`.

    python -m linli.train_opinion

One file an intent, one utterance a line (`examples/taxi.txt`); emergencies have one file a kind
(`examples/emergency.fall.txt`). A third of the examples are learned a second time with one syllable
misheard, dropped or all punctuation gone, because recognisers write so. How it learns is in
`linli/network.py`. Takes a few minutes; needs SciPy (a development package), the station does not.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from zlib import crc32

import numpy as np

from intents import HOME
from intents.services import load_examples
from intents.understanding.decide import OUT
from intents.understanding.knowledge import Knowledge
from intents.understanding.opinion import FILE, Opinion

from .learned import write
from .network import Learned, learn

FOLDER: Final = HOME / "examples"
"""Where the examples are."""
_FEW = 32
"""Hidden units of the smaller questions."""
_SEEN: Final = 3
"""Only features that so many examples have tell an intent …"""
_ROUNDS: Final = 9
_UNSEEN: Final = 0.15
"""… learned in so many rounds, so many of the families of features hidden at a time …"""
_MOST: Final = {"intent": 150_000, "kind": 40_000, "many": 60_000}
"""… and then once more from so many of them that mattered most: so the file stays small, and half
a point more is understood than where the others' weights are only dropped."""
_HEAD_STARTS: Final = {OUT: 0.8, "emergency": 0.45}
"""What gets a head start (in log odds): most of what is said all day asks for nothing, more than
examples of it tell where rare intents count for more; emergencies keep abreast of it."""
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
    """Every example, files and lines in order; those in the service files come last.

    `emergency.fall.txt` is of one kind, `out_of_scope.2.txt` only a part of a long list.
    """
    for path in sorted(folder.glob("*.txt")):
        intent, _, part = path.stem.partition(".")
        kind = "" if part.isdigit() else part
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


def headed(learned: Learned) -> Learned:
    """The same with its head starts."""
    starts = np.array([_HEAD_STARTS.get(label, 0.0) for label in learned.labels], np.float32)
    return replace(learned, bias=learned.bias + starts)


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
    many += list(described(joined(told, services - {OUT, "emergency"}), known))
    many += single[::_ONE_IN]
    labels = [SEVERAL if e.intent == SEVERAL else "one" for e, _ in many]
    parts = {
        "intent": headed(
            learn(
                [f for _, f in single],
                [e.intent for e, _ in single],
                seen=_SEEN,
                rounds=_ROUNDS,
                unseen=_UNSEEN,
                most=_MOST["intent"],
            )
        ),
        "kind": learn(
            [f for _, f in alarms], [e.kind for e, _ in alarms], _FEW, most=_MOST["kind"]
        ),
        "many": learn([f for _, f in many], labels, _FEW, most=_MOST["many"]),
    }
    write(parts, digest(), FILE)
    sys.stdout.write(f"{FILE}: {FILE.stat().st_size / 1e6:.1f} MB\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
