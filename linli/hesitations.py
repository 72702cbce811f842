"""Sentences with pauses in their midst, to measure who is cut off: `assets/clips/hesitations/`.

Every piece of a sentence is a clip of its own, spoken apart; whoever listens puts the
pauses between them. `python -m linli.hesitations` renders the clips that are missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any, Literal

import yaml

from .clips import CLIPS, Clip, Entry, build, load

FOLDER = CLIPS / "hesitations"
"""Where the set lies."""

_STRIDE = 3
_WHOLE = "w"
_PARTS = {"tune": ("tune", "heard", "more"), "counted": ("counted",), "blind": ("blind",)}

Half = Literal["tune", "counted", "blind"]
"""Sentences that may be looked at, those only counted, whose figures are known, and those
written without sight of the words and rules, half of which begin with a whole request; see
`script.yaml`."""


@dataclass(frozen=True, slots=True)
class Hesitation:
    """A sentence said in one voice, with pauses."""

    id: str
    """Of the sentence; its first letter is its kind."""
    half: Half
    """Whether it may be tuned on."""
    voice: str
    """Kokoro voice."""
    pieces: tuple[Clip, ...]
    """What is said between the pauses."""

    @property
    def whole(self) -> bool:
        """Whether what comes first is a request by itself."""
        return self.id.startswith(_WHOLE)


@cache
def _script() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((FOLDER / "script.yaml").read_text("utf-8"))
    return data


def entries() -> Iterator[Entry]:
    """The clips that are wanted; the voices take turns, sentence by sentence."""
    asked = _script()
    voices: list[str] = asked["voices"]
    said = [(part, *row) for part in asked["each"] for row in asked[part].items()]
    for place, (part, key, text) in enumerate(said):
        for turn in range(asked["each"][part]):
            voice = voices[(place * _STRIDE + turn) % len(voices)]
            for order, piece in enumerate(str(text).split("|")):
                yield Entry(f"{key}-{voice}-{order}", piece, voice, float(asked["speed"]))


def hesitations(half: Half) -> list[Hesitation]:
    """Every sentence of a half in each of its voices."""
    sentences = {key for part in _PARTS[half] for key in _script()[part]}

    def said(clip: Clip) -> tuple[str, str]:
        return clip.id.split("-")[0], clip.voice

    clips = [clip for clip in load(FOLDER / "manifest.json") if said(clip)[0] in sentences]
    return [
        Hesitation(key, half, voice, tuple(pieces)) for (key, voice), pieces in groupby(clips, said)
    ]


def main() -> int:
    """Render the clips that are missing."""
    made = build(FOLDER / "manifest.json", entries())
    print(f"{FOLDER}: {len(made)} rendered")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
