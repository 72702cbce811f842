"""Sample calls: a caller who answers whatever is asked, with recorded sentences.

Each `assets/samples/*.yaml` is one caller: voice, channel, and what to say for
each slot that may be asked (`says`). A list is said in order, the last sentence
again and again; `｜` in a sentence is a pause for thought. The sound lies in
`assets/samples/clips/`; `python -m linli.samples` renders what changed.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from voices.types import RATE, Channel, Pcm

from . import clips
from .errors import LinliError
from .paths import ASSETS

SAMPLES = ASSETS / "samples"
MANIFEST = SAMPLES / "clips" / "manifest.json"

PAUSE = "｜"
"""In a sentence: the caller stops to think."""
PAUSE_S = 1.2
"""How long (elders pause 1–1.5 s in mid-sentence)."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One recorded caller."""

    name: str
    """File name without its ending."""
    title: str
    """What the call is about, in Chinese."""
    channel: Channel
    """kiosk or phone."""
    voice: str
    """Kokoro voice of the caller."""
    says: Mapping[str, tuple[str, ...]]
    """Slot asked for → sentences; `service` opens the call."""
    ends: str
    """The outcome a reasonable person would expect."""
    resident: str | None = None
    """Name of the caller in the example register; None for a stranger."""
    filed: Mapping[str, Any] = field(default_factory=dict)
    """Slots that the request must have been filed with."""
    requests: tuple[Mapping[str, Any], ...] = ()
    """Requests that exist before the call."""

    def pieces(self) -> Iterator[tuple[str, str]]:
        """Every (clip id, text) of this caller, in a fixed order."""
        for slot, sentences in self.says.items():
            for number, sentence in enumerate(sentences):
                for part, text in enumerate(sentence.split(PAUSE)):
                    yield f"{self.name}-{slot}-{number}-{part}", text


def load(folder: Path = SAMPLES) -> list[Sample]:
    """All sample calls, by name."""
    return [_read(path) for path in sorted(folder.glob("*.yaml"))]


def _read(path: Path) -> Sample:
    data = yaml.safe_load(path.read_text("utf-8"))
    try:
        says = {
            slot: tuple(said) if isinstance(said, list) else (str(said),)
            for slot, said in data.pop("says").items()
        }
        requests = tuple(data.pop("requests", ()))
        return Sample(name=path.stem, says=says, requests=requests, **data)
    except (KeyError, TypeError, AttributeError) as error:
        raise LinliError(
            f"{path}: not a sample call ({error}); compare the others there"
        ) from error


class Caller:
    """Plays one sample: gives the sound for whatever is asked."""

    def __init__(self, sample: Sample) -> None:
        self.sample = sample
        self._said: Counter[str] = Counter()
        self._clips = {clip.id: clip for clip in clips.load(MANIFEST)}

    def answer(self, asked: str) -> tuple[str, Pcm] | None:
        """The next sentence for a question and its sound at 16 kHz; None when speechless."""
        sentences = self.sample.says.get(asked)
        if not sentences:
            return None
        number = min(self._said[asked], len(sentences) - 1)
        self._said[asked] += 1
        return sentences[number], self._sound(asked, number, sentences[number])

    def has_more(self, asked: str) -> bool:
        """Whether there is a sentence for this question that was not said yet."""
        return self._said[asked] < len(self.sample.says.get(asked, ()))

    def _sound(self, slot: str, number: int, sentence: str) -> Pcm:
        gap = np.zeros(int(PAUSE_S * RATE), np.float32)
        parts: list[Pcm] = []
        for part in range(len(sentence.split(PAUSE))):
            if parts:
                parts.append(gap)
            parts.append(self._clips[f"{self.sample.name}-{slot}-{number}-{part}"].pcm())
        return np.concatenate(parts)


def entries(samples: Sequence[Sample]) -> Iterator[clips.Entry]:
    """What must be rendered."""
    for sample in samples:
        for clip, text in sample.pieces():
            yield clips.Entry(clip, text, sample.voice)


def main() -> int:
    """Render what changed."""
    made = clips.build(MANIFEST, entries(load()))
    print(f"{MANIFEST.parent}: {len(made)} rendered")
    return 0


if __name__ == "__main__":
    sys.exit(main())
