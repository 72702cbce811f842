"""Sounds that are no speech: what a station hears between two elders.

Made by arithmetic from fixed seeds, so every machine hears the same; only the
babble and the television are made of real (synthetic) speech given by the
caller. Used to choose the guards and to measure them.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from .types import RATE, Pcm

Make: TypeAlias = Callable[[np.random.Generator, int], Pcm]
"""Makes `n` samples of one kind of sound."""


@dataclass(frozen=True, slots=True)
class Noise:
    """One sound that must give no text."""

    name: str
    """Kind and number, e.g. `cough-2`."""
    pcm: Pcm
    """Mono at `RATE`."""

    @property
    def kind(self) -> str:
        """What it is."""
        return self.name.rsplit("-", 1)[0]


def noises(speech: Sequence[Pcm] = (), *, each: int = 5, length: float = 4.0) -> Iterator[Noise]:
    """`each` sounds of every kind, `length` seconds long; babble only where `speech` is given.

    Odd numbers are for choosing thresholds, even ones for reporting.
    """
    for kind, make in KINDS.items():
        for number in range(1, each + 1):
            yield Noise(
                f"{kind}-{number}", _level(make(_seed(kind, number), int(length * RATE)), number)
            )
    if speech:
        for number in range(1, 2 * each + 1):
            yield Noise(f"babble-{number}", far_babble(_seed("babble", number), speech, length))


def television(rng: np.random.Generator, speech: Sequence[Pcm], length: float = 4.0) -> Pcm:
    """One voice with music behind it, across a room: words, but nobody at the station said them."""
    samples = int(length * RATE)
    voice = speech[int(rng.integers(len(speech)))]
    voice = np.tile(voice, samples // len(voice) + 1)[:samples]
    mix = _scaled(voice, 0.1) + _scaled(_melody(rng, samples), 0.06)
    tail = np.exp(-np.arange(RATE // 2) / (0.1 * RATE)) * rng.standard_normal(RATE // 2)
    tail[0] += 12.0
    return _scaled(_dull(_convolved(mix, tail), 2500.0), 0.02)


def far_babble(rng: np.random.Generator, speech: Sequence[Pcm], length: float = 4.0) -> Pcm:
    """Many people far away: overlapped, dull, reverberating and quiet."""
    samples = int(length * RATE)
    mix = np.zeros(samples, np.float32)
    for _ in range(int(rng.integers(8, 13))):
        voice = speech[int(rng.integers(len(speech)))]
        voice = np.tile(voice, samples // len(voice) + 1)
        mix += np.roll(voice, int(rng.integers(len(voice))))[:samples] * rng.uniform(0.5, 1.0)
    tail = np.exp(-np.arange(RATE // 2) / (0.15 * RATE)) * rng.standard_normal(RATE // 2)
    return _scaled(_dull(_convolved(mix, tail), 1200.0), 0.01 * rng.uniform(0.5, 1.5))


def _silence(rng: np.random.Generator, n: int) -> Pcm:
    return (rng.standard_normal(n) * 1e-4 * rng.integers(0, 2)).astype(np.float32)


def _white(rng: np.random.Generator, n: int) -> Pcm:
    return rng.standard_normal(n).astype(np.float32)


def _coloured(power: float) -> Make:
    def make(rng: np.random.Generator, n: int) -> Pcm:
        spectrum = np.fft.rfft(rng.standard_normal(n))
        frequency = np.maximum(np.fft.rfftfreq(n, 1 / RATE), 20.0)
        return np.asarray(np.fft.irfft(spectrum / frequency**power, n), np.float32)

    return make


def _hum(rng: np.random.Generator, n: int) -> Pcm:
    t = np.arange(n) / RATE
    tones = [rng.uniform(0.1, 1) / k * np.sin(2 * np.pi * 50 * k * t) for k in range(1, 9)]
    return (sum(tones) + 0.02 * rng.standard_normal(n)).astype(np.float32)


def _fan(rng: np.random.Generator, n: int) -> Pcm:
    t = np.arange(n) / RATE
    blades = 1 + 0.3 * np.sin(2 * np.pi * rng.uniform(8, 25) * t)
    return (_dull(_white(rng, n), 800.0) * blades).astype(np.float32)


def _beeps(rng: np.random.Generator, n: int) -> Pcm:
    t = np.arange(n) / RATE
    tone = np.sin(2 * np.pi * rng.uniform(400, 2500) * t)
    return (tone * (np.sin(2 * np.pi * rng.uniform(0.7, 3) * t) > 0)).astype(np.float32)


def _dial(rng: np.random.Generator, n: int) -> Pcm:
    """Telephone keys and tones."""
    out = np.zeros(n, np.float32)
    rows, columns = (697, 770, 852, 941), (1209, 1336, 1477)
    t = np.arange(RATE // 5) / RATE
    for start in range(0, n - len(t), int(RATE * rng.uniform(0.3, 0.6))):
        low, high = rows[int(rng.integers(4))], columns[int(rng.integers(3))]
        out[start : start + len(t)] = np.sin(2 * np.pi * low * t) + np.sin(2 * np.pi * high * t)
    return out


def _melody(rng: np.random.Generator, n: int) -> Pcm:
    """Notes and chords with attack and decay, several harmonics, a little vibrato."""
    out = np.zeros(n, np.float32)
    place = 0
    while place < n:
        size = int(RATE * rng.choice([0.2, 0.3, 0.45, 0.6]))
        t = np.arange(size) / RATE
        envelope = np.minimum(t / 0.02, 1) * np.exp(-t * rng.uniform(1.5, 5))
        for _ in range(int(rng.integers(1, 4))):
            pitch = 220 * 2 ** (rng.choice([0, 2, 4, 7, 9, 12, 14, 16]) / 12)
            phase = 2 * np.pi * pitch * t + 0.3 * np.sin(2 * np.pi * 5.5 * t)
            note = sum(np.sin(k * phase) / k**1.5 for k in range(1, 7)) * envelope
            out[place : place + size] += note[: n - place].astype(np.float32)
        place += int(size * rng.uniform(0.7, 1.0))
    return out


def _burst(rng: np.random.Generator, size: int, attack: float, decay: float) -> Pcm:
    t = np.arange(size) / RATE
    envelope = np.minimum(t / attack, 1) * np.exp(-t / decay)
    return np.asarray(rng.standard_normal(size) * envelope, np.float32)


def _events(make: Make, low: float, high: float, size: float) -> Make:
    """Single sounds of `size` seconds with `low`…`high` seconds between their beginnings."""

    def series(rng: np.random.Generator, n: int) -> Pcm:
        out = np.zeros(n, np.float32)
        place = int(RATE * rng.uniform(0.1, 0.6))
        while place < n:
            sound = make(rng, int(size * RATE))[: n - place]
            out[place : place + len(sound)] += sound * np.float32(rng.uniform(0.6, 1.0))
            place += int(RATE * rng.uniform(low, high))
        return out + 0.002 * rng.standard_normal(n).astype(np.float32)

    return series


def _cough(rng: np.random.Generator, n: int) -> Pcm:
    """A burst of breath through a throat, then a short voiced tail."""
    burst = _burst(rng, n, 0.005, 0.06)
    t = np.arange(n) / RATE
    throat = sum(np.sin(2 * np.pi * rng.uniform(400, 2600) * t) for _ in range(3))
    tail = np.sin(2 * np.pi * rng.uniform(130, 250) * t * (1 - 0.3 * t)) * np.exp(-t / 0.12)
    return np.asarray(burst * (1 + 0.5 * throat) + 0.3 * tail * (t > 0.06), np.float32)


def _key(rng: np.random.Generator, n: int) -> Pcm:
    return _burst(rng, n, 0.0005, 0.006) - _dull(_burst(rng, n, 0.001, 0.01), 500.0)


def _knock(rng: np.random.Generator, n: int) -> Pcm:
    t = np.arange(n) / RATE
    body = np.sin(2 * np.pi * rng.uniform(90, 220) * t) * np.exp(-t / 0.03)
    return np.asarray(body + 0.3 * _burst(rng, n, 0.001, 0.01), np.float32)


def _clink(rng: np.random.Generator, n: int) -> Pcm:
    """Spoon on bowl: a few high tones that do not fit together."""
    t = np.arange(n) / RATE
    tones = [
        np.sin(2 * np.pi * rng.uniform(1800, 7000) * t) * np.exp(-t / rng.uniform(0.03, 0.2))
        for _ in range(5)
    ]
    return np.asarray(sum(tones), np.float32)


def _rustle(rng: np.random.Generator, n: int) -> Pcm:
    return _events(lambda r, m: _burst(r, m, 0.002, 0.01), 0.01, 0.08, 0.05)(rng, n)


def _breath(rng: np.random.Generator, n: int) -> Pcm:
    t = np.arange(n) / RATE
    return np.asarray(
        _dull(_white(rng, n), 2500.0) * np.maximum(np.sin(2 * np.pi * 0.45 * t), 0) ** 2, np.float32
    )


def _dog(rng: np.random.Generator, n: int) -> Pcm:
    """A bark: a falling harmonic sound with a rough edge."""
    t = np.arange(n) / RATE
    phase = 2 * np.pi * np.cumsum(rng.uniform(350, 600) * np.exp(-t * 3)) / RATE
    voice = sum(np.sin(k * phase) / k for k in range(1, 12))
    return np.asarray((voice + 0.5 * rng.standard_normal(n)) * np.exp(-t / 0.07), np.float32)


KINDS: dict[str, Make] = {
    "silence": _silence,
    "white": _white,
    "pink": _coloured(0.5),
    "brown": _coloured(1.0),
    "hum": _hum,
    "fan": _fan,
    "beeps": _beeps,
    "dial": _dial,
    "melody": _melody,
    "cough": _events(_cough, 0.4, 1.2, 0.4),
    "keyboard": _events(_key, 0.06, 0.3, 0.05),
    "knock": _events(_knock, 0.2, 0.9, 0.2),
    "cutlery": _events(_clink, 0.2, 0.8, 0.5),
    "rustle": _rustle,
    "breath": _breath,
    "dog": _events(_dog, 0.3, 1.0, 0.3),
}
"""Every kind of sound made by arithmetic alone."""


def _seed(kind: str, number: int) -> np.random.Generator:
    return np.random.default_rng([zlib.crc32(kind.encode()), number])


def _level(pcm: Pcm, number: int) -> Pcm:
    """Loud, middling and quiet by turns; silence stays as it is."""
    return pcm if np.abs(pcm).max() < 1e-3 else _scaled(pcm, (0.3, 0.1, 0.03)[number % 3])


def _scaled(pcm: Pcm, rms: float) -> Pcm:
    gain = rms / max(float(np.sqrt(np.mean(pcm**2))), 1e-9)
    return np.asarray(np.clip(pcm * gain, -1, 1), np.float32)


def _dull(pcm: Pcm, corner: float) -> Pcm:
    """Roll the high frequencies off above `corner` Hz, 12 dB an octave."""
    spectrum = np.fft.rfft(pcm)
    frequency = np.fft.rfftfreq(len(pcm), 1 / RATE)
    return np.fft.irfft(spectrum / (1 + (frequency / corner) ** 2), len(pcm)).astype(np.float32)


def _convolved(pcm: Pcm, tail: np.ndarray) -> Pcm:
    size = len(pcm) + len(tail)
    product = np.fft.rfft(pcm, size) * np.fft.rfft(tail, size)
    return np.fft.irfft(product, size)[: len(pcm)].astype(np.float32)
