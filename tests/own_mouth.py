"""Small packs and voices for tests: tones instead of speech, each text its own pitch."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import soundfile

from voices.types import Pcm, Speech

RATE = 24_000


def tone(text: str, seconds: float = 0.3, rate: int = RATE) -> Pcm:
    """A tone whose pitch tells the text."""
    pitch = 200 + int(hashlib.sha256(text.encode()).hexdigest(), 16) % 2000
    times = np.arange(round(seconds * rate)) / rate
    return np.asarray(0.2 * np.sin(2 * np.pi * pitch * times), np.float32)


def small_pack(directory: Path, **texts: Iterable[str]) -> Path:
    """A pack of tones; the keywords are kinds (`sentence`, `fragment`, `word`)."""
    rows = []
    for kind, said in texts.items():
        for text in said:
            file = f"{hashlib.sha256(text.encode()).hexdigest()[:8]}.opus"
            directory.mkdir(parents=True, exist_ok=True)
            soundfile.write(directory / file, tone(text), RATE, format="OGG", subtype="OPUS")
            rows.append(
                {
                    "text": text,
                    "kind": kind,
                    "file": file,
                    "seconds": 0.3,
                    "voice": "tone",
                    "speed": 1.0,
                    "carrier": text,
                    "recipe": "test",
                    "sha256": hashlib.sha256((directory / file).read_bytes()).hexdigest(),
                }
            )
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    (directory / "manifest.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return directory


class Voice:
    """A speaker that answers when `allowed` is set, and remembers what it was asked."""

    name = "tones"

    def __init__(self, *, allowed: bool = True, fails: bool = False) -> None:
        self.allowed = threading.Event()
        self.asked: list[str] = []
        self._fails = fails
        if allowed:
            self.allowed.set()

    def say(self, text: str, *, rate: int = RATE, pace: float = 1.0) -> Speech:
        """A tone of 0.1 s a character, once it is allowed."""
        self.asked.append(text)
        assert self.allowed.wait(20)
        if self._fails:
            raise RuntimeError("the model is gone")
        return Speech(tone(text, 0.1 * len(text) / pace, rate), rate, text)
