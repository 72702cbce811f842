"""What the tests of hearing share: one recogniser, clips, silence, a recogniser by script."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from linli.clips import CLIPS, load
from linli.paths import MODELS
from voices.types import RATE, Channel, Pcm, Transcript
from voices.whisper import Tuning, Whisper


@lru_cache(maxsize=1)
def whisper() -> Whisper:
    """The real one, without partial texts (they depend on the speed of the machine)."""
    return Whisper(MODELS / "whisper-base", tuning=Tuning(partial_every=0))


@lru_cache(maxsize=8)
def clip(name: str) -> Pcm:
    """A clip of the hearing set by its id."""
    return {c.id: c for c in load(CLIPS / "hearing" / "manifest.json")}[name].pcm()


def silence(seconds: float) -> Pcm:
    """A quiet room."""
    n = int(seconds * RATE)
    return (np.random.default_rng(n).standard_normal(n) * 3e-4).astype(np.float32)


@dataclass
class Scripted:
    """A recogniser that hears what the test says, one text a turn; the audio is real."""

    texts: list[str]
    name: str = "scripted"
    calls: list[str] = field(default_factory=list)
    lengths: list[float] = field(default_factory=list)

    def open(self, channel: Channel = "kiosk") -> Scripted:
        self.calls.append(f"open {channel}")
        self._length = 0
        self._heard = False
        return self

    def feed(self, pcm: Pcm) -> None:
        self._length += len(pcm)

    def partial(self) -> str:
        return self.texts[0] if self._heard and self.texts else ""

    def pause(self) -> None:
        self._heard = True
        self.calls.append("pause")

    def resume(self) -> None:
        self._heard = False
        self.calls.append("resume")

    def finish(self) -> Transcript:
        self.calls.append("finish")
        self.lengths.append(self._length / RATE)
        self._length, self._heard = 0, False
        text = self.texts.pop(0) if self.texts else ""
        return Transcript(text, 0.9 if text else 0.0, guard="" if text else "logprob")

    def close(self) -> None:
        self.calls.append("close")
