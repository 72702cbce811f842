"""Where the speech lies in a short recording, by its level alone."""

from __future__ import annotations

import numpy as np

from .types import RATE, Pcm

_STEP = RATE // 100
_PEAK_SHARE = 0.03
_OVER_FLOOR = 3.0
_SILENT = 1e-4


def speech_span(audio: Pcm) -> tuple[float, float]:
    """First and last moment, in seconds, clearly above the background; (0, 0) for none.

    Meant for a few seconds that voice activity detection has already let through.
    """
    frames = len(audio) // _STEP
    if not frames:
        return 0.0, 0.0
    level = np.sqrt((audio[: frames * _STEP].reshape(frames, _STEP) ** 2).mean(axis=1))
    loud = float(np.percentile(level, 99))
    if loud < _SILENT:
        return 0.0, 0.0
    floor = float(np.percentile(level, 10))
    over = np.flatnonzero(level > min(max(_PEAK_SHARE * loud, _OVER_FLOOR * floor), 0.5 * loud))
    return float(over[0]) * 0.01, float(over[-1] + 1) * 0.01
