"""One clip as many: other throats, rooms, lines and noises, made by arithmetic from a seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import soxr

from voices.audio import phone
from voices.types import RATE, Pcm

VARIANTS = 4
"""How many kinds there are: as it is, noisy, over a telephone, in a room."""


def varied(pcm: Pcm, variant: int, random: np.random.Generator, babble: Sequence[Pcm] = ()) -> Pcm:
    """A clip with silence around it; every variant but 0 at another pitch and pace.

    `babble` is other people's speech, for the noise.
    """
    if variant:
        pcm = np.asarray(soxr.resample(pcm, RATE, RATE * random.uniform(0.85, 1.18)), np.float32)
    lead = int(random.uniform(0.1, 0.7) * RATE) if variant else int(0.3 * RATE)
    pcm = np.pad(pcm / max(float(np.abs(pcm).max()), 1e-4) * 0.5, (lead, RATE // 2))
    if variant:
        pcm = tilted(pcm, random.uniform(-8, 8))
    if variant == 3:
        pcm = in_room(pcm, random)
    noise = random.random()
    if variant == 1 or (variant == 3 and noise < 0.5):
        if len(babble) and noise < 0.4:
            pcm = with_babble(pcm, random.uniform(12, 22), random, babble)
        else:
            pcm = with_noise(pcm, random.uniform(8, 24), random)
    if variant == 2:
        if noise < 0.5:
            pcm = with_noise(pcm, random.uniform(12, 26), random)
        pcm = phone(pcm.astype(np.float32))
    return np.asarray(pcm * random.uniform(0.3, 1.0), np.float32)


def with_noise(pcm: Pcm, ratio: float, random: np.random.Generator) -> Pcm:
    """Pink noise under speech, `ratio` decibels below it."""
    shape = np.fft.rfft(random.standard_normal(len(pcm)))
    shape[1:] /= np.sqrt(np.arange(1, len(shape)))
    return _mixed(pcm, np.fft.irfft(shape, len(pcm)), ratio)


def with_babble(pcm: Pcm, ratio: float, random: np.random.Generator, babble: Sequence[Pcm]) -> Pcm:
    """Six voices at once under speech, `ratio` decibels below it."""
    mix = np.zeros(len(pcm))
    for _ in range(6):
        voice = babble[int(random.integers(len(babble)))]
        voice = np.tile(voice, len(pcm) // len(voice) + 1)
        mix += np.roll(voice, int(random.integers(len(voice))))[: len(pcm)]
    return _mixed(pcm, mix, ratio)


def tilted(pcm: Pcm, decibels: float) -> Pcm:
    """Brighter or duller: `decibels` more or less at 8 kHz than at 0, in a straight line."""
    shape = np.fft.rfft(pcm)
    gain = 10 ** (np.linspace(0, decibels, len(shape)) / 20)
    return np.asarray(np.fft.irfft(shape * gain, len(pcm)), np.float32)


def in_room(pcm: Pcm, random: np.random.Generator) -> Pcm:
    """A small room: an echo that dies away within a third of a second."""
    fade = random.uniform(0.03, 0.09)
    tail = random.standard_normal(RATE // 3) * np.exp(-np.arange(RATE // 3) / (fade * RATE))
    tail *= random.uniform(0.15, 0.5) / np.sqrt(np.sum(tail**2))
    tail[0] = 1.0
    size = len(pcm) + len(tail)
    whole = np.fft.irfft(np.fft.rfft(pcm, size) * np.fft.rfft(tail, size), size)
    return np.asarray(whole[: len(pcm)], np.float32)


def _mixed(pcm: Pcm, noise: np.ndarray, ratio: float) -> Pcm:
    loud = np.abs(pcm) > 0.02
    speech = np.sqrt(np.mean(pcm[loud] ** 2)) if loud.any() else 0.0
    scaled = noise * speech / max(float(noise.std()), 1e-9) * 10 ** (-ratio / 20)
    return np.asarray(pcm + scaled, np.float32)
