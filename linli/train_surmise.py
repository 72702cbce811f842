"""Learn what elders mean who do not name it: `intents/surmise.npz` of `intents/examples/*.tsv`.

    python -m linli.train_surmise

One file a slot (`appointment.department.tsv`), one example a line: value, tab, utterance; `-` for
an utterance that holds no value. The same learning as the opinion (`linli.train_opinion`), a few
seconds a slot; needs SciPy (a development package).
"""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from intents import HOME
from intents.understanding.knowledge import Knowledge
from intents.understanding.opinion import Opinion
from intents.understanding.surmise import FILE

from .learned import write
from .network import learn
from .train_opinion import FOLDER, blurred

_UNITS: Final = 64
_MOST: Final = 45_000
"""Features that tell a slot: those that mattered most when it was first learned from all."""
_FEWEST: Final = 5
"""A value with fewer examples is not learned."""


def slots(folder: Path = FOLDER) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Every slot, as `intent.slot`, with its examples: (value, utterance)."""
    for path in sorted(folder.glob("*.tsv")):
        lines = path.read_text("utf-8").splitlines()
        rows = [line.split("\t", 1) for line in lines if line.strip()]
        yield path.stem, [(value, text) for value, text in rows]


def digest(folder: Path = FOLDER, senses: Path = HOME / "rules" / "senses.yaml") -> str:
    """What the examples and senses are, in short: equal digests, equal surmises."""
    found = hashlib.sha256(senses.read_bytes())
    for path in sorted(folder.glob("*.tsv")):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()


def main() -> int:
    """Learn and write."""
    known = Knowledge(HOME, "xinyang", {}, Opinion((), {}, ""))
    parts = {}
    for name, told in slots():
        often = Counter(value for value, _ in told)
        kept = [(value, text) for value, text in told if often[value] >= _FEWEST]
        every = [(value, each) for value, text in kept for each in (text, blurred(text))]
        rows = [list(known.describe(known.reader(text))) for _, text in every]
        parts[name] = learn(rows, [value for value, _ in every], _UNITS, most=_MOST)
        sys.stdout.write(f"{name}: {len(kept)} examples, {len(set(often))} values\n")
    write(parts, digest(), FILE)
    sys.stdout.write(f"{FILE}: {FILE.stat().st_size / 1e6:.1f} MB\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
