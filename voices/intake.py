"""What an ear accepts: the one check of audio that comes from outside."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .errors import AudioUnreadable
from .types import Pcm

LOUDEST = 8.0
"""A float sample beyond this was never in -1…1: it is an integer in disguise."""


def accept(pcm: npt.NDArray[np.generic]) -> Pcm:
    """`pcm` as mono float32 in -1…1; samples that are no numbers become silence.

    Clipping gently over 1 is normal after resampling and is cut off. Integers, and
    floats that hold integers, would be noise at full volume: AudioUnreadable.
    """
    samples = np.asarray(pcm)
    if samples.ndim != 1:
        raise AudioUnreadable(
            f"audio of shape {samples.shape} was fed to a recogniser; "
            "feed one channel, shape (samples,)"
        )
    if not np.issubdtype(samples.dtype, np.floating):
        raise AudioUnreadable(
            f"audio of type {samples.dtype} was fed to a recogniser; "
            "feed float32 in -1…1 (voices.audio.from_pcm16 makes it)"
        )
    clean = np.nan_to_num(samples.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    peak = float(np.abs(clean).max(initial=0.0))
    if peak > LOUDEST:
        raise AudioUnreadable(
            f"audio with samples up to {peak:.0f} was fed to a recogniser; "
            "divide 16-bit samples by 32768 (voices.audio.from_pcm16 does)"
        )
    return np.clip(clean, -1.0, 1.0)
