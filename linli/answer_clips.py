"""Spoken short answers for learning, tuning and measuring: `assets/clips/answers/`.

* `script.yaml`: which words, in which voices, and which voices and forms are
  kept away from learning,
* `manifest.json`: one row a clip (`AnswerClip`),
* `*.ogg`: takes, mono Opus at 16 kHz, several clips with silence between.

Kokoro speaks a word alone with a false start, which is cut off where the model
itself says that the word begins. What is said in one go is kept whole.
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

from voices.kokoro import NATIVE_RATE, Kokoro
from voices.types import RATE, Pcm

from .clips import CLIPS, MODEL

FOLDER = CLIPS / "answers"
"""Where the set lies."""

Role = Literal["learn", "ship", "tune", "report", "known"]
"""What a clip may be used for: `ship` is learned from only by the map that ships,
`known` measures voices learned from."""

_GAP = 0.4
_BEFORE = 0.04
_FADE_IN, _FADE_OUT = 0.015, 0.01
_STEP = NATIVE_RATE // 100
_QUIET = 0.01
_STRAY = 0.2
_LEARNED = ("l", "s")
_MEASURED = "m"


class ClipUnclean(ValueError):
    """A rendered word with sound beside it, so that it cannot be cut out."""


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
    """Kokoro voice, or a mixture of voices: `zf_xiaobei*0.4+zm_yunxi*0.6`."""
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
        """What it may be used for, by its take and its voice."""
        owner = role_of(self.voice)
        if self.file.startswith(_LEARNED):
            return "learn" if owner == "learn" else "ship"
        if owner == "learn" or (owner == "tune" and self.file.startswith(_MEASURED)):
            return "known"
        return owner

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
    """Words spoken in one voice."""

    name: str
    """File name without suffix."""
    words: tuple[tuple[str, str, str], ...]
    """(set, value, text) of each piece said alone."""
    voice: str
    """Kokoro voice, or a mixture."""
    speed: float
    """Kokoro speed."""


@cache
def script() -> dict[str, Any]:
    """What is asked for."""
    data: dict[str, Any] = yaml.safe_load((FOLDER / "script.yaml").read_text("utf-8"))
    return data


def role_of(voice: str) -> Role:
    """What a voice may be used for; a mixture with a voice kept away is kept away too.

    Raises KeyError for a voice not in the script.
    """
    names = [part.partition("*")[0] for part in voice.split("+")]
    known = {name: role for role, voices in script()["voices"].items() for name in voices}
    for name in names:
        if name not in known:
            raise KeyError(f"{FOLDER / 'script.yaml'}: no role for the voice {name!r}")
    roles: list[Role] = ["report", "tune", "learn"]
    return next(role for role in roles if role in {known[name] for name in names})


def load() -> list[AnswerClip]:
    """Every clip there is."""
    rows = json.loads((FOLDER / "manifest.json").read_text("utf-8"))
    return [AnswerClip(**row) for row in rows]


def takes() -> Iterator[Take]:
    """The takes the script asks for: `name voice speed: word ?other ?day:other …` a line."""
    kinds = {
        text: (name, value)
        for name, values in script()["sets"].items()
        for value, texts in values.items()
        for text in texts.split()
    }
    for head, texts in script()["takes"].items():
        name, voice, speed = head.split()
        words = tuple(
            _other(text[1:])
            if text.startswith("?")
            else (*kinds.get(text, ("word", "other")), text)
            for text in texts.split()
        )
        yield Take(name, words, voice, float(speed))


def _other(asked: str) -> tuple[str, str, str]:
    """What is no answer to a question; to which one, where it is not yes or no: `day:今年`."""
    question, _, text = asked.rpartition(":")
    return question or "yes_no", "other", text


def spoken(mouth: Kokoro, take: Take) -> list[Pcm | None]:
    """Each piece of a take, mono float32 at `RATE`; None for what did not come out clean."""
    found: list[Pcm | None] = []
    for _, _, text in take.words:
        try:
            found.append(said(mouth, text, take.voice, take.speed))
        except ClipUnclean:
            found.append(None)
    return found


def said(mouth: Kokoro, text: str, voice: str, speed: float) -> Pcm:
    """`text` with silence around it, the false start cut off. Raises ClipUnclean."""
    timed = mouth.timed(f"{text}。", voice=voice, speed=speed)
    begin, end = timed.starts[0] - _BEFORE, timed.ends[len(text) - 1]
    pcm = timed.pcm
    level = np.sqrt((pcm[: len(pcm) // _STEP * _STEP].reshape(-1, _STEP) ** 2).mean(axis=1))
    first, last = int(begin * 100), int((end + 0.05) * 100)
    loudest = float(level[first:last].max())
    beside = max(level[: max(0, first - 15)].max(initial=0), level[last + 5 :].max(initial=0))
    if beside > _STRAY * loudest or level.max() > 1.01 * loudest:
        raise ClipUnclean(f"{text} ({voice}, speed {speed}): sound beside the word")
    heard = first + int(np.flatnonzero(level[first:last] > _QUIET * loudest)[-1])
    word = pcm[int(begin * NATIVE_RATE) : (heard + 3) * _STEP].copy()
    rise, fall = int(_FADE_IN * NATIVE_RATE), int(_FADE_OUT * NATIVE_RATE)
    word[:rise] *= np.linspace(0, 1, rise)
    word[-fall:] *= np.linspace(1, 0, fall)
    return np.asarray(soxr.resample(word, NATIVE_RATE, RATE), np.float32)


def keep(take: Take, pieces: Sequence[Pcm | None]) -> list[AnswerClip]:
    """Write a take's file; returns its rows."""
    gap = np.zeros(int(_GAP * RATE), np.float32)
    rows, parts, at = [], [gap], len(gap)
    for (group, value, text), piece in zip(take.words, pieces, strict=True):
        if piece is None:
            continue
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
    fresh = FOLDER / "manifest.new"
    fresh.write_text(f"[\n{lines}\n]\n", "utf-8")
    fresh.replace(FOLDER / "manifest.json")


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
