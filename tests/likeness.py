"""How much of one sound is in another, as a telephone carried it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from voices.audio import resample
from voices.types import Pcm

NARROW = 8_000
SILENT = 0.001
"""RMS below which a recording holds nothing: what rounding leaves is alike to anything."""


def heard(path: Path | str) -> Pcm:
    """A sound file as mono at 8 kHz."""
    pcm, rate = soundfile.read(path, dtype="float32")
    return resample(pcm if pcm.ndim == 1 else pcm[:, 0], rate, NARROW)


WINDOW, STEP = round(0.3 * NARROW), round(0.1 * NARROW)


def likeness(recording: Path | str, original: Path | str) -> float:
    """How much of `original` is in the recording, 0–1.

    Its windows are looked for one by one, because a telephone's buffer skips a little here and
    there: what three in four of them do not exceed. With two skips of 20 ms in every second a
    sound still comes to 0.95; other words of the same voice come to 0.5–0.75.
    """
    there, wanted = heard(recording), heard(original)
    found = []
    for at in range(0, len(wanted) - WINDOW, STEP):
        piece = wanted[at : at + WINDOW]
        if np.sqrt(np.mean(piece**2)) > 0.01:
            found.append(_best(there, piece))
    return float(np.quantile(found, 0.75)) if found else 0.0


def _best(there: Pcm, piece: Pcm) -> float:
    places = len(there) - len(piece) + 1
    if places < 1:
        return 0.0
    length = 1 << (len(there) + len(piece) - 1).bit_length()
    spectrum = np.fft.rfft(there, length) * np.conj(np.fft.rfft(piece, length))
    dot = np.fft.irfft(spectrum, length)[:places]
    power = np.concatenate([[0.0], np.cumsum(there.astype(np.float64) ** 2)])
    energy = np.maximum(power[len(piece) :] - power[:places], len(piece) * SILENT**2)
    return float((dot / np.sqrt(energy * float((piece**2).sum()))).max())
