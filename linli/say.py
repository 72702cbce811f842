"""The body of `linli say`: one sentence to the loudspeaker or into a file."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TextIO

import soundfile

from station.settings import Settings
from voices.types import Speech

from .errors import LinliError, UsageError
from .mouths import load_mouth

PATIENCE = 120.0
"""Seconds that a sentence which is not in the pack may take; the faces never wait so."""

RATES = (24_000, 16_000, 8_000)
"""Samples a second a sentence can be had in."""


def say(
    text: str,
    settings: Settings,
    *,
    out: Path | None,
    rate: int,
    pace: float,
    report: TextIO,
) -> None:
    """Speak `text`; writes one JSON line: text, source, seconds, ready_ms, rate, file.

    Without `out` it is played; where there is no loudspeaker NoAudioDevice says so.
    """
    if rate not in RATES:
        raise UsageError(f"--rate {rate}: no such rate; use one of {', '.join(map(str, RATES))}")
    if not text.strip():
        raise UsageError("nothing to say: give a Chinese sentence")
    if not 0.5 <= pace <= 2.0:
        raise UsageError(f"--pace {pace}: too far from 1.0; use 0.5 to 2.0")
    mouth = load_mouth(settings)
    try:
        start = time.perf_counter()
        mouth.prepare(text)
        mouth.idle(PATIENCE)
        speech = mouth.say(text, rate=rate, pace=pace * settings.speech.pace)
        ready_ms = (time.perf_counter() - start) * 1000
    finally:
        mouth.close()
    if not len(speech.pcm):
        raise LinliError(f"{text!r}: nothing in it can be spoken; give a Chinese sentence")
    row = {
        "text": text,
        "source": speech.source,
        "seconds": round(len(speech.pcm) / speech.rate, 3),
        "ready_ms": round(ready_ms, 1),
        "rate": speech.rate,
        "file": str(out) if out else None,
    }
    _put_out(speech, out)
    report.write(json.dumps(row, ensure_ascii=False) + "\n")


def _put_out(speech: Speech, out: Path | None) -> None:
    if out is None:
        from voices.player import Player
        from voices.sinks import Loudspeaker

        player = Player(Loudspeaker())
        player.play(speech).wait()
        player.close()
        return
    try:
        soundfile.write(out, speech.pcm, speech.rate, subtype="PCM_16", format="WAV")
    except (OSError, soundfile.SoundFileError) as error:
        raise LinliError(f"{out}: cannot be written ({error}); name another file") from error
