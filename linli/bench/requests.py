"""From audio to request: is what a synthetic caller wants understood, by screen and by telephone?

Requests of every intent, said once each in turn by all usable voices, quick and slow, a third of
them with a pause inside (`assets/clips/requests/`). The sound goes the whole way: voice activity,
recogniser, guards, understanding. Nothing here was learned from, neither words nor sound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from intents.engine import Engine
from linli.clips import CLIPS, Clip, load
from linli.models import open_recognizer
from linli.score import share
from linli.transcribe import hear
from voices.audio import phone
from voices.types import Channel, Pcm

from .intents import NOW
from .row import Row

MANIFEST = CLIPS / "requests" / "manifest.json"
_SNR = 10.0
"""Decibels that the voice is above the noise."""
_QUICK = 6


def run(quick: bool) -> list[Row]:
    """Right intents by channel and noise, beside the same words as text; quick: a few of them."""
    clips = load(MANIFEST)[:: _QUICK if quick else 1]
    engine, whisper = Engine.load(), open_recognizer("whisper")

    def agreed(readings: Sequence[str]) -> int:
        return engine.agreed(readings, NOW)

    def right(clip: Clip, text: str) -> bool:
        return engine.understand(text, NOW).first.name == intent(clip)

    conditions: tuple[tuple[str, Channel, Callable[[Pcm], Pcm], float], ...] = (
        ("clean, 16 kHz", "kiosk", np.asarray, 95),
        ("noise 10 dB below, 16 kHz", "kiosk", noisy, 0),
        ("telephone, 8 kHz", "phone", phone, 90),
        ("telephone, noise 10 dB below", "phone", lambda pcm: phone(noisy(pcm)), 0),
    )
    rows = [_row("as text", [right(clip, clip.text) for clip in clips], 0)]
    for name, channel, path, target in conditions:
        heard = [hear(path(clip.pcm()), whisper, channel, agreed).text for clip in clips]
        found = [right(clip, text) for clip, text in zip(clips, heard, strict=True)]
        rows.append(_row(name, found, target))
        if channel == "kiosk" and target:
            rows += _by_pace(clips, found)
    return rows


def intent(clip: Clip) -> str:
    """What a clip asks for: the first part of its name."""
    return clip.id.partition(".")[0]


def noisy(pcm: Pcm) -> Pcm:
    """The voice with pink noise 10 dB below it; the same noise every time."""
    rng = np.random.default_rng(11)
    spectrum = np.fft.rfft(rng.standard_normal(len(pcm)))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
    noise = np.fft.irfft(spectrum, len(pcm))
    level = np.sqrt(np.mean(pcm**2)) / 10 ** (_SNR / 20)
    return np.asarray(
        pcm + noise * level / max(1e-9, float(np.sqrt(np.mean(noise**2)))), np.float32
    )


def _by_pace(clips: Sequence[Clip], found: Sequence[bool]) -> list[Row]:
    rows = []
    for speed in sorted({clip.speed for clip in clips}):
        here = [right for clip, right in zip(clips, found, strict=True) if clip.speed == speed]
        rows.append(_row(f"… of these at pace {speed:g}", here, 0))
    return rows


def _row(name: str, found: Sequence[bool], target: float) -> Row:
    got = share(sum(found), len(found))
    return Row(
        f"right intent, {name}",
        round(got.percent, 1),
        "%",
        f"≥ {target:g}" if target else "",
        got.percent >= target if target else None,
        len(found),
        f"95 % {got.low:.1f}–{got.high:.1f}; synthetic voices",
    )
