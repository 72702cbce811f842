"""Learn to tell danger from tales of it: makes `intents/danger.npz`.

    python -m linli.train_danger

What is asked here is less than what the opinion is asked (`linli.train_opinion`), so it may learn
from more: besides all of its examples, from `intents/examples/talk/`, what old people tell each
other all day and what asks for nothing, however lively it is told. It is heard only where the
opinion alone would raise an alarm, or where a wording of danger stands in a tale. Takes some
minutes; needs SciPy (a development package), the station does not.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from intents import HOME
from intents.understanding.danger import FILE, PART
from intents.understanding.decide import OUT
from intents.understanding.knowledge import Knowledge
from intents.understanding.opinion import Opinion

from . import train_opinion
from .learned import write
from .network import learn
from .train_opinion import SEVERAL, Example, described, examples

FOLDER: Final = HOME / "examples" / "talk"
"""Where the talk is."""
_UNITS: Final = 64
_SEEN: Final = 3
_ROUNDS: Final = 6
_UNSEEN: Final = 0.15
_MOST: Final = 80_000
"""Features that mattered most; the others are left out."""


def talk(folder: Path = FOLDER) -> Iterator[Example]:
    """Every line of talk, files and lines in order."""
    for path in sorted(folder.glob("*.txt")):
        for line in path.read_text("utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                yield Example(line.strip(), OUT)


def digest(folder: Path = FOLDER) -> str:
    """What the examples, the talk and the senses are, in short."""
    found = hashlib.sha256(train_opinion.digest().encode())
    for path in sorted(folder.glob("*.txt")):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()


def label(intent: str) -> str:
    """What an example is here: an emergency, talk, or a request."""
    return intent if intent in ("emergency", OUT) else "request"


def main() -> int:
    """Learn and write."""
    known = Knowledge(HOME, "xinyang", {}, Opinion((), {}, ""))
    told = (one for one in (*examples(), *talk()) if one.intent != SEVERAL)
    rows = [(label(one.intent), features) for one, features in described(told, known)]
    sys.stdout.write(f"{len(rows)} rows\n")
    learned = learn(
        [features for _, features in rows],
        [name for name, _ in rows],
        _UNITS,
        seen=_SEEN,
        rounds=_ROUNDS,
        unseen=_UNSEEN,
        most=_MOST,
    )
    write({PART: learned}, digest(), FILE)
    sys.stdout.write(f"{FILE}: {FILE.stat().st_size / 1e6:.1f} MB\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
