"""Speaks recorded speech slower: longer pauses first, and the sounds only a little.

Stretched sounds are harder to follow for old ears than longer pauses are, so
the pauses give what they can before the sounds are stretched (by overlap-add
at the best matching place, which keeps the pitch).
"""

from __future__ import annotations

import itertools

import numpy as np

from .shape import joined, silence
from .types import Pcm

LONGER_PAUSES = 1.6
"""How much longer a pause may become."""
MOST = 1.35
"""How much longer a sound may become."""

_WINDOW_S = 0.03
_SEARCH_S = 0.008
_FRAME_S = 0.01
_QUIET = 10 ** (-45 / 20)
_PAUSE_S = 0.12


def slower(pcm: Pcm, rate: int, pace: float) -> Pcm:
    """The same speech at `pace` (0.8: a fifth slower); 1 or more leaves it as it is."""
    if pace >= 1 or not len(pcm):
        return pcm
    wanted = len(pcm) / pace
    pieces = _sounds_and_pauses(pcm, rate)
    quiet = sum(len(piece) for piece, still in pieces if still)
    more = min(wanted - len(pcm), quiet * (LONGER_PAUSES - 1))
    pause = 1 + more / quiet if quiet else 1.0
    sounding = len(pcm) - quiet
    sound = min(MOST, (wanted - quiet * pause) / sounding) if sounding else 1.0
    return joined(
        [
            silence(len(piece) * pause / rate, rate) if still else stretched(piece, rate, sound)
            for piece, still in pieces
        ]
    )


def _sounds_and_pauses(pcm: Pcm, rate: int) -> list[tuple[Pcm, bool]]:
    """The audio in order, cut at its pauses; True marks a pause."""
    frame = max(1, round(_FRAME_S * rate))
    blocks = pcm[: len(pcm) // frame * frame].reshape(-1, frame)
    quiet = np.sqrt((blocks**2).mean(1)) < _QUIET
    edges = [0, *(np.flatnonzero(np.diff(quiet.astype(np.int8))) + 1).tolist(), len(quiet)]
    found: list[tuple[Pcm, bool]] = []
    for start, end in itertools.pairwise(edges):
        last = end == len(quiet)
        piece = pcm[start * frame : None if last else end * frame]
        still = bool(len(quiet) and start < len(quiet) and quiet[start])
        still = still and (end - start) * _FRAME_S >= _PAUSE_S
        if found and not still and not found[-1][1]:
            found[-1] = (joined([found[-1][0], piece]), False)
        else:
            found.append((piece, still))
    return found


def stretched(pcm: Pcm, rate: int, factor: float) -> Pcm:
    """Longer by `factor` at the same pitch (waveform-similarity overlap-add)."""
    window = round(_WINDOW_S * rate) // 2 * 2
    if factor <= 1.001 or len(pcm) < 3 * window:
        return pcm
    half, search = window // 2, round(_SEARCH_S * rate)
    padded = np.concatenate([pcm, np.zeros(window + search, np.float32)])
    shape = np.hanning(window).astype(np.float32)
    out = np.zeros(round(len(pcm) * factor) + window, np.float32)
    out[:half] = padded[:half]
    taken, at = 0, 0
    while at + half + window <= len(out):
        out[at : at + window] += shape * padded[taken : taken + window] if at else 0
        if not at:
            out[half:window] = padded[half:window] * shape[half:]
        follows = padded[taken + half : taken + half + window]
        at += half
        wanted = round(at / factor)
        if wanted + window > len(padded):
            break
        first = max(0, wanted - search)
        region = padded[first : wanted + search + window]
        if len(region) < window or len(follows) < window:
            break
        match = np.correlate(region, follows, "valid")
        taken = first + int(np.argmax(match))
    return np.asarray(out[: round(len(pcm) * factor)], np.float32)
