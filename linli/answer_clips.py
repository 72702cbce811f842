"""Spoken short answers for learning, tuning and measuring: `assets/clips/answers/`.

* `script.yaml`: which words, in which voices, and which voices and forms are
  kept away from learning,
* `manifest.json`: one row a clip (`AnswerClip`),
* `*.ogg`: takes, mono Opus at 16 kHz, several clips with silence between.

Kokoro speaks a word alone with a false start, so words are spoken in a list and
cut where the model itself says they begin and end.
`python -m linli.answer_clips` renders the takes that are missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import soundfile
import soxr
import yaml

from voices.kokoro import NATIVE_RATE, PAUSES, Kokoro
from voices.types import RATE, Pcm

from .clips import CLIPS, MODEL

FOLDER = CLIPS / "answers"
"""Where the set lies."""

Role = Literal["learn", "tune", "report"]
"""What a clip may be used for."""

_GAP = 0.4
_BEFORE, _BEHIND = 0.06, 0.10
_LEAD = "好"


@dataclass(frozen=True, slots=True)
class AnswerClip:
    """One spoken answer."""

    text: str
    """What is said."""
    set: str
    """The set of answers it belongs to (`assets/answers.yaml`), or `word`: only for learning."""
    value: str
    """What it means; `other` for what is no answer of the set."""
    voice: str
    """Kokoro voice."""
    speed: float
    """Kokoro speed."""
    file: str
    """The take it is in."""
    start: float
    """Seconds into the take."""
    seconds: float
    """Length."""

    @property
    def role(self) -> Role:
        """What it may be used for, by its voice."""
        return role_of(self.voice)

    @property
    def held(self) -> bool:
        """Its form is kept away from learning in every voice."""
        return self.text in script()["held_forms"]

    def pcm(self) -> Pcm:
        """The sound alone: mono float32 at `RATE`."""
        whole = _take(FOLDER / self.file)
        first = int(self.start * RATE)
        return whole[first : first + int(self.seconds * RATE)]


@dataclass(frozen=True, slots=True)
class Take:
    """Words spoken one after the other in one voice."""

    name: str
    """File name without suffix."""
    words: tuple[tuple[str, str, str], ...]
    """(set, value, text) of each."""
    voice: str
    """Kokoro voice."""
    speed: float
    """Kokoro speed."""


@cache
def script() -> dict[str, Any]:
    """What is asked for."""
    data: dict[str, Any] = yaml.safe_load((FOLDER / "script.yaml").read_text("utf-8"))
    return data


def role_of(voice: str) -> Role:
    """What a voice's clips may be used for. Raises KeyError for a voice not in the script."""
    for role, voices in script()["voices"].items():
        if voice in voices:
            return role  # type: ignore[no-any-return]
    raise KeyError(f"{FOLDER / 'script.yaml'}: no role for the voice {voice!r}")


def load() -> list[AnswerClip]:
    """Every clip there is."""
    rows = json.loads((FOLDER / "manifest.json").read_text("utf-8"))
    return [AnswerClip(**row) for row in rows]


def takes() -> Iterator[Take]:
    """The takes the script asks for: `name voice speed: word ?other …` a line."""
    kinds = {
        text: (name, value)
        for name, values in script()["sets"].items()
        for value, texts in values.items()
        for text in texts.split()
    }
    for head, texts in script()["takes"].items():
        name, voice, speed = head.split()
        words = tuple(
            ("yes_no", "other", text[1:])
            if text.startswith("?")
            else (*kinds.get(text, ("word", "other")), text)
            for text in texts.split()
        )
        yield Take(name, words, voice, float(speed))


def spoken(mouth: Kokoro, take: Take) -> list[Pcm]:
    """The words of a take, cut apart, each mono float32 at `RATE`."""
    text = "，".join([_LEAD, *(word for _, _, word in take.words)]) + "。"
    timed = mouth.timed(text, voice=take.voice, speed=take.speed, pauses=PAUSES)
    pieces, at = [], len(_LEAD) + 1
    for _, _, word in take.words:
        first = max(0.0, timed.starts[at] - _BEFORE)
        last = timed.ends[at + len(word) - 1] + _BEHIND
        piece = timed.pcm[int(first * NATIVE_RATE) : int(last * NATIVE_RATE)]
        pieces.append(np.asarray(soxr.resample(piece, NATIVE_RATE, RATE), np.float32))
        at += len(word) + 1
    return pieces


def keep(take: Take, pieces: Sequence[Pcm]) -> list[AnswerClip]:
    """Write a take's file; returns its rows."""
    gap = np.zeros(int(_GAP * RATE), np.float32)
    rows, parts, at = [], [gap], len(gap)
    for (group, value, text), piece in zip(take.words, pieces, strict=True):
        rows.append(
            AnswerClip(
                text, group, value, take.voice, take.speed, f"{take.name}.ogg",
                round(at / RATE, 4), round(len(piece) / RATE, 4),
            )
        )  # fmt: skip
        parts += [piece, gap]
        at += len(piece) + len(gap)
    FOLDER.mkdir(parents=True, exist_ok=True)
    soundfile.write(
        FOLDER / f"{take.name}.ogg", np.concatenate(parts), RATE, format="OGG", subtype="OPUS"
    )
    return rows


def write(rows: Sequence[AnswerClip]) -> None:
    """Write the manifest."""
    lines = ",\n".join(json.dumps(asdict(row), ensure_ascii=False) for row in rows)
    (FOLDER / "manifest.json").write_text(f"[\n{lines}\n]\n", "utf-8")


@cache
def _take(path: Path) -> Pcm:
    audio, _ = soundfile.read(path, dtype="float32")
    return np.asarray(audio, np.float32)


def main() -> int:
    """Render the takes that are missing."""
    there = load() if (FOLDER / "manifest.json").exists() else []
    mouth, made = Kokoro(MODEL), 0
    for take in takes():
        if not (FOLDER / f"{take.name}.ogg").exists():
            there += keep(take, spoken(mouth, take))
            write(there)
            made += 1
    print(f"{FOLDER}: {made} takes rendered, {len(there)} clips")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
