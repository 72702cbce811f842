"""Shaping of recorded speech: cut, trimmed, levelled, joined with pauses.

Everything works on mono float32 arrays, shape (n,), at any rate.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import soxr

from .types import Pcm

LEVEL = -20.0
"""dBFS RMS of the voiced part of everything spoken."""
PEAK = -3.0
"""dBFS that no sample exceeds."""
LEAD = 0.02
"""Seconds kept before the first voiced sample."""
TAIL = 0.06
"""Seconds kept after the last."""

_FRAME_S = 0.005
_QUIET = 10 ** (-42 / 20)


def silence(seconds: float, rate: int) -> Pcm:
    """Nothing, for as long."""
    return np.zeros(max(0, round(seconds * rate)), np.float32)


def _loudness(pcm: Pcm, rate: int) -> Pcm:
    frame = max(1, round(_FRAME_S * rate))
    usable = len(pcm) // frame * frame
    blocks = pcm[:usable].reshape(-1, frame)
    return np.asarray(np.sqrt((blocks**2).mean(1)), np.float32)


def voiced(pcm: Pcm, rate: int) -> tuple[int, int]:
    """First and last sample (exclusive) that carry speech; (0, 0) for silence."""
    loud = _loudness(pcm, rate)
    if not loud.size or loud.max() < _QUIET / 4:
        return 0, 0
    threshold = max(float(loud.max()) * 10 ** (-34 / 20), _QUIET / 8)
    above = np.flatnonzero(loud > threshold)
    frame = max(1, round(_FRAME_S * rate))
    return int(above[0]) * frame, min(len(pcm), int(above[-1] + 1) * frame)


def trimmed(pcm: Pcm, rate: int) -> Pcm:
    """Without the silence before and after, with soft edges."""
    start, end = voiced(pcm, rate)
    start = max(0, start - round(LEAD * rate))
    end = min(len(pcm), end + round(TAIL * rate))
    return softened(pcm[start:end], rate)


def softened(pcm: Pcm, rate: int, seconds: float = 0.008) -> Pcm:
    """With a fade at both ends, so that a cut does not click."""
    out = np.array(pcm, np.float32)
    n = min(len(out) // 2, round(seconds * rate))
    if n:
        ramp = np.linspace(0, 1, n, dtype=np.float32)
        out[:n] *= ramp
        out[-n:] *= ramp[::-1]
    return out


def levelled(pcm: Pcm, rate: int) -> Pcm:
    """At `LEVEL` over its voiced frames, no sample above `PEAK`."""
    loud = _loudness(pcm, rate)
    speech = loud[loud > loud.max() * 0.05] if loud.size else loud
    if not speech.size or speech.max() == 0:
        return np.array(pcm, np.float32)
    gain = 10 ** (LEVEL / 20) / float(np.sqrt((speech**2).mean()))
    gain = min(gain, 10 ** (PEAK / 20) / float(np.abs(pcm).max()))
    return np.asarray(pcm * gain, np.float32)


def resampled(pcm: Pcm, rate: int, wanted: int) -> Pcm:
    """The same sound at another rate."""
    if rate == wanted or not len(pcm):
        return pcm
    return np.asarray(soxr.resample(pcm, rate, wanted), np.float32)


def quiet_run(pcm: Pcm, rate: int, start: int, end: int) -> tuple[int, int]:
    """The longest stretch of silence between two samples; empty where there is none."""
    frame = max(1, round(_FRAME_S * rate))
    start = max(0, start)
    quiet = _loudness(pcm[start : min(end, len(pcm))], rate) < _QUIET
    best, begun = (0, 0), None
    for index, still in enumerate([*quiet.tolist(), False]):
        if still and begun is None:
            begun = index
        elif not still and begun is not None:
            if index - begun > best[1] - best[0]:
                best = begun, index
            begun = None
    return start + best[0] * frame, start + best[1] * frame


def joined(pieces: Sequence[Pcm]) -> Pcm:
    """One after another."""
    return np.concatenate([*pieces, np.zeros(0, np.float32)]).astype(np.float32)
