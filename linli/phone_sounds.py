"""What Asterisk plays when Linli cannot speak itself: rendered once, from the pack, at set-up.

Each sentence is written twice, as `NAME.wav` at 8 kHz and `NAME.wav16` at
16 kHz: Asterisk takes the one that suits the telephone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import soundfile
import yaml

from intents.conversation.spoken import load_words
from ivr.errors import PhoneError
from ivr.promises import TODAY, TOMORROW
from station.settings import Settings
from voices.audio import resample
from voices.mouth import Mouth
from voices.types import Pcm

from . import emergency_words
from .paths import ASSETS

WORDS: Final = ASSETS / "text" / "phone.yaml"
RATES: Final = {8_000: ".wav", 16_000: ".wav16"}
"""Samples a second → the ending by which Asterisk knows them."""

PAUSE_S: Final = 0.4
TONE: Final = "tone"
_TONE_S: Final = 0.5
_TONE_HZ: Final = 800
_TONE_LEVEL: Final = 0.1
_TONE_EDGE_S: Final = 0.02


@cache
def words() -> Mapping[str, Any]:
    """All of `assets/text/phone.yaml`; `said` with what is said in an emergency."""
    loaded: dict[str, Any] = yaml.safe_load(WORDS.read_text("utf-8"))
    return {**loaded, "said": {**loaded["said"], **emergency_words.load()["said"]}}


def texts(settings: Settings) -> dict[str, str]:
    """Every sound's name and its sentence, the station's opening hour filled in."""
    clock = load_words().clock(f"{settings.hours.opens:%H:%M}")
    days = {TODAY: "today", TOMORROW: "tomorrow"} | {f"promise-{n}": n for n in range(1, 8)}
    promised = {
        name: words()["promised"].format(day=words()["days"][day], clock=clock)
        for name, day in days.items()
    }
    return {**words()["said"], **emergency_words.load(settings.alarm.words)["said"], **promised}


def write(settings: Settings, mouth: Mouth, folder: Path) -> list[Path]:
    """Write every sound into `folder`; gives the files. Raises PhoneError."""
    found = [
        path for name, text in texts(settings).items() for path in say(text, mouth, folder / name)
    ]
    return [*found, *_sounds(folder / TONE, {rate: _tone(rate) for rate in RATES})]


def say(text: str | Iterable[str], mouth: Mouth, path: Path) -> list[Path]:
    """Write sentences as one sound, `path` without an ending. Raises PhoneError."""
    from intents.conversation.prompts import sentences

    wanted = [text] if isinstance(text, str) else list(text)
    spoken = [each for part in wanted for each in sentences(part)]
    return write_pcm(path, _spoken(spoken, mouth, max(RATES)))


def write_pcm(path: Path, pcm: Pcm) -> list[Path]:
    """Write sound at 16 kHz for Asterisk, `path` without an ending. Raises PhoneError."""
    wide = max(RATES)
    return [*_sounds(path, {rate: resample(pcm, wide, rate) for rate in RATES})]


def _spoken(spoken: list[str], mouth: Mouth, rate: int) -> Pcm:
    pieces: list[Pcm] = []
    for sentence in spoken:
        if pieces:
            pieces.append(np.zeros(int(PAUSE_S * rate), np.float32))
        pieces.append(mouth.say(sentence, rate=rate).pcm)
    return np.concatenate(pieces)


def _tone(rate: int) -> Pcm:
    at = np.arange(int(_TONE_S * rate)) / rate
    edge = np.minimum(1.0, np.minimum(at, _TONE_S - at) / _TONE_EDGE_S)
    return (_TONE_LEVEL * edge * np.sin(2 * np.pi * _TONE_HZ * at)).astype(np.float32)


def _sounds(path: Path, pcm: Mapping[int, Pcm]) -> Iterator[Path]:
    for rate, samples in pcm.items():
        file = path.with_name(path.name + RATES[rate])
        fresh = path.with_name(f".{file.name}.new")
        try:
            soundfile.write(fresh, samples, rate, format="WAV", subtype="PCM_16")
            fresh.replace(file)
        except OSError as error:
            raise PhoneError(f"{file} cannot be written ({error.strerror})") from error
        yield file
