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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_LZMA, ZipFile, ZipInfo
from zlib import crc32

import numpy as np

from intents.engine import HOME
from intents.knowledge import Knowledge
from intents.opinion import FILE, Opinion, family
from intents.services import load_examples

from .network import Learned, learn

FOLDER: Final = HOME / "examples"
"""Where the examples are."""
_FEW = 16
"""Hidden units of the smaller questions."""
_SMALLEST: Final = dict.fromkeys(("intent", "kind", "many"), 0.12)
_SMALL: Final = 0.06
"""Features whose weights are all smaller are left out; of a model that is not named above."""
_STEPS: Final = 9
"""An inner weight is kept as one of so many steps either way: what is finer only makes the file
large (with 127 it is twice as large and understands as much, with 4 it loses a point)."""
_SEEN: Final = 6
"""Only features that so many examples have tell an intent …"""
_ROUNDS: Final = 9
_HIDDEN: Final = 0.65
"""… learned in so many rounds with so many of them hidden, so that no few words decide."""
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


def write(parts: Mapping[str, Learned], made_of: str, path: Path = FILE) -> None:
    """Keep the models over one table of features, inner weights in steps with a scale a unit."""
    strong = {
        name
        for part, learned in parts.items()
        for name, row in zip(learned.features, np.abs(learned.inner).max(axis=1), strict=True)
        if row >= _SMALLEST.get(part, _SMALL)
    }
    table = sorted(strong)
    kept: dict[str, Any] = {
        "features": np.frombuffer("\n".join(table).encode("utf-8"), np.uint8),
        "families": np.array([family(name) for name in table], np.int8),
        "models": np.array(" ".join(parts)),
        "made_of": np.array(made_of),
    }
    for name, learned in parts.items():
        rows = {feature: row for row, feature in enumerate(learned.features)}
        whole = np.zeros((len(table), len(learned.start)), np.float32)
        here = [(at, rows[f]) for at, f in enumerate(table) if f in rows]
        whole[[at for at, _ in here]] = learned.inner[[row for _, row in here]]
        scale = np.maximum(np.abs(whole).max(axis=0), 1e-6) / _STEPS
        kept |= {
            f"{name}.labels": np.array(" ".join(learned.labels)),
            f"{name}.inner": np.round(whole / scale).astype(np.int8),
            f"{name}.scale": scale.astype(np.float32),
            f"{name}.start": learned.start,
            f"{name}.outer": learned.outer,
            f"{name}.bias": learned.bias,
        }
    _store(kept, path)


def _store(arrays: Mapping[str, Any], path: Path) -> None:
    """An .npz packed a quarter tighter than NumPy does it; equal arrays, equal bytes."""
    with ZipFile(path, "w") as file:
        for name, values in arrays.items():
            raw = BytesIO()
            np.lib.format.write_array(raw, np.asanyarray(values), allow_pickle=False)
            file.writestr(ZipInfo(f"{name}.npy"), raw.getvalue(), ZIP_LZMA)


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
        "intent": learn(
            [f for _, f in single],
            [e.intent for e, _ in single],
            seen=_SEEN,
            rounds=_ROUNDS,
            hidden=_HIDDEN,
        ),
        "kind": learn([f for _, f in alarms], [e.kind for e, _ in alarms], _FEW),
        "many": learn([f for _, f in many], labels, _FEW),
    }
    write(parts, digest())
    sys.stdout.write(f"{FILE}: {FILE.stat().st_size / 1e6:.1f} MB\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
