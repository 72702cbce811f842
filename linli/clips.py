"""Clips: spoken test sentences kept as small Opus files beside a manifest.

A set of clips is a folder, e.g. `assets/clips/hearing/`, with

* `script.yaml`: what is said and by whom (`rate`, `speed`, `voices`, `sentences`),
* `manifest.json`: one row a clip: id, text, voice, speed, file, seconds,
  `recipe` (hash of what was asked for) and `sha256` (hash of the file),
* `*.ogg`: mono Opus at `rate` samples a second.

`python -m linli.clips [FOLDER…]` renders only what changed and removes what is
no longer asked for. Sets that are not a plain voices × sentences product call
`build` with entries of their own.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
import yaml

from voices.kokoro import Kokoro
from voices.types import RATE, Pcm

CLIPS = Path(__file__).resolve().parent.parent / "assets" / "clips"
"""Where the sets lie."""

MODEL = Path(__file__).resolve().parent.parent / "models" / "kokoro"
"""The voice that speaks them."""

MAKER = "kokoro-82m-int8/1"
"""Named in every recipe: a new maker makes every clip anew."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A clip that is wanted."""

    id: str
    """Unique in its set, usable as a file name."""
    text: str
    """What is said."""
    voice: str
    """Kokoro voice."""
    speed: float = 0.85
    """Kokoro speed; 0.85 is about 3.5 characters a second."""

    def recipe(self, rate: int) -> str:
        """Hash of everything that shapes the sound."""
        words = [MAKER, self.text, self.voice, f"{self.speed:.3f}", str(rate)]
        return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip that is there."""

    id: str
    """Unique in its set."""
    text: str
    """What is said."""
    voice: str
    """Kokoro voice."""
    speed: float
    """Kokoro speed."""
    file: str
    """File name in the folder of the manifest."""
    rate: int
    """Samples a second."""
    seconds: float
    """Length."""
    recipe: str
    """Hash of what was asked for."""
    sha256: str
    """Hash of the file."""
    folder: Path = field(default=Path(), compare=False)
    """Where the manifest lies; not written to it."""

    @property
    def path(self) -> Path:
        """The audio file."""
        return self.folder / self.file

    def pcm(self, rate: int = RATE) -> Pcm:
        """The sound: mono float32 at `rate`."""
        audio, native = soundfile.read(self.path, dtype="float32")
        return np.asarray(
            audio if native == rate else soxr.resample(audio, native, rate), np.float32
        )


def load(manifest: Path) -> list[Clip]:
    """The clips of a set, in the order of its script."""
    rows = json.loads(manifest.read_text("utf-8"))
    return [Clip(**row, folder=manifest.parent) for row in rows]


def check(manifest: Path) -> list[str]:
    """What is wrong with a set: files missing, or changed since they were made."""
    problems = []
    for clip in load(manifest):
        if not clip.path.exists():
            problems.append(f"{clip.path}: missing")
        elif _sha256(clip.path) != clip.sha256:
            problems.append(f"{clip.path}: not the file the manifest names")
    return problems


def build(manifest: Path, entries: Iterable[Entry], *, rate: int = RATE) -> list[str]:
    """Render what changed, drop what is no longer wanted; returns the ids rendered.

    The manifest is rewritten as it goes, so an interrupted build loses nothing.
    """
    wanted = list(entries)
    if twice := _duplicates(wanted):
        raise ValueError(f"{manifest}: ids given twice: {', '.join(twice)}")
    folder = manifest.parent
    folder.mkdir(parents=True, exist_ok=True)
    have = {clip.id: clip for clip in load(manifest)} if manifest.exists() else {}
    kept = {
        entry.id: clip
        for entry in wanted
        if (clip := have.get(entry.id)) and clip.recipe == entry.recipe(rate) and clip.path.exists()
    }
    made: list[str] = []
    for entry in wanted:
        if entry.id in kept:
            continue
        kept[entry.id] = _render(_mouth(), entry, folder, rate)
        made.append(entry.id)
        if len(made) % 20 == 0:
            _write(manifest, wanted, kept)
    _write(manifest, wanted, kept)
    for clip in have.values():
        if clip.id not in kept:
            clip.path.unlink(missing_ok=True)
    return made


def entries(script: Path) -> Iterator[Entry]:
    """The product of voices and sentences that `script.yaml` asks for.

    With `speeds`, every sentence is said once: voices and speeds take turns. A script without
    `sentences` asks for nothing here.
    """
    asked: dict[str, Any] = yaml.safe_load(script.read_text("utf-8"))
    sentences: dict[str, str] = asked.get("sentences", {})
    if speeds := asked.get("speeds"):
        voices = asked["voices"]
        for turn, (key, text) in enumerate(sentences.items()):
            voice, speed = voices[turn % len(voices)], speeds[turn % len(speeds)]
            yield Entry(f"{key}-{voice}", str(text), voice, float(speed))
        return
    for key, text in sentences.items():
        for voice in asked["voices"]:
            yield Entry(f"{key}-{voice}", str(text), voice, float(asked.get("speed", 0.85)))


@lru_cache(maxsize=1)
def _mouth() -> Kokoro:
    return Kokoro(MODEL)


def _render(mouth: Kokoro, entry: Entry, folder: Path, rate: int) -> Clip:
    speech = mouth.render(entry.text, voice=entry.voice, rate=rate, pace=entry.speed / mouth.speed)
    path = folder / f"{entry.id}.ogg"
    soundfile.write(path, speech.pcm, rate, format="OGG", subtype="OPUS")
    return Clip(
        **asdict(entry),
        file=path.name,
        rate=rate,
        seconds=round(len(speech.pcm) / rate, 3),
        recipe=entry.recipe(rate),
        sha256=_sha256(path),
    )


def _write(manifest: Path, wanted: list[Entry], clips: dict[str, Clip]) -> None:
    rows = []
    for entry in wanted:
        if clip := clips.get(entry.id):
            row = asdict(clip)
            del row["folder"]
            rows.append(json.dumps(row, ensure_ascii=False))
    fresh = manifest.with_suffix(".new")
    fresh.write_text("[\n" + ",\n".join(rows) + "\n]\n", "utf-8")
    fresh.replace(manifest)


def _duplicates(wanted: list[Entry]) -> list[str]:
    seen: set[str] = set()
    return sorted({e.id for e in wanted if e.id in seen or seen.add(e.id)})  # type: ignore[func-returns-value]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main(folders: list[str]) -> int:
    """Build the named sets, or every set that has a script."""
    scripts = [Path(f) / "script.yaml" for f in folders] or sorted(CLIPS.glob("*/script.yaml"))
    for script in scripts:
        made = build(script.with_name("manifest.json"), entries(script))
        print(f"{script.parent}: {len(made)} rendered")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
