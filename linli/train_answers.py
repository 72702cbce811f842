"""Learn which sounds are in Whisper's states: makes `assets/answers.npz`.

Learns from the `learn` voices of `assets/clips/answers/` (without the forms
kept away) and of `assets/clips/hearing/`, clean, through noise and through a
telephone, at other pitches; and from noises that nothing is said in (the odd
ones: even ones are for reporting). One hidden layer, connectionist temporal
classification, Adam; NumPy only, every random number seeded. About six minutes
on one core: `python -m linli.train_answers`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soxr

from voices.answers import AnswerJudge
from voices.audio import phone
from voices.noise import noises
from voices.soundmap import FILE, Floats, SoundMap, neighbours
from voices.sounds import UNITS, places_of
from voices.types import RATE, Pcm

from . import answer_clips, clips, ctc
from .paths import MODELS

_HIDDEN: Final = 192
_ROUNDS: Final = 13
_BATCH: Final = 24
_RATE: Final = 2e-3
_DROP: Final = 0.25
_JITTER: Final = 0.15
_DECAY: Final = 2e-3
_LIMIT: Final = 5.0


@dataclass(frozen=True, slots=True)
class Example:
    """One piece of speech and what is said in it."""

    states: Floats
    """Encoder states, shape (frames, 512)."""
    sounds: list[int]
    """Places in `UNITS`."""


def examples(judge: AnswerJudge) -> Iterator[Example]:
    """Everything there is to learn from."""
    for number, (pcm, text) in enumerate(_speech()):
        sounds = places_of(text)
        for variant in _variants(pcm, text):
            random = np.random.default_rng([number, variant])
            heard = varied(pcm, variant, random)
            view, frames = judge.encode(heard, (0.3, len(heard) / RATE - 0.5))
            states = np.array(view)[0, :frames].astype(np.float32)
            if len(states) > 2 * len(sounds):
                yield Example(states, sounds)


def _variants(pcm: Pcm, text: str) -> range:
    """Sentences hold many sounds already; noises need no more noise."""
    return range(1 if not text else 3 if len(pcm) < 2 * RATE else 2)


def varied(pcm: Pcm, variant: int, random: np.random.Generator) -> Pcm:
    """A clip at another pitch and pace, clean, through noise or through a telephone."""
    if variant:
        pcm = np.asarray(soxr.resample(pcm, RATE, RATE * random.uniform(0.86, 1.16)), np.float32)
    lead = int(random.uniform(0.1, 0.7) * RATE) if variant else int(0.3 * RATE)
    pcm = np.pad(pcm / max(float(np.abs(pcm).max()), 1e-4) * 0.5, (lead, RATE // 2))
    if variant == 1:
        pcm = with_noise(pcm, random.uniform(8, 20), random)
    if variant == 2:
        pcm = phone(pcm.astype(np.float32))
    return np.asarray(pcm * random.uniform(0.3, 1.0), np.float32)


def with_noise(pcm: Pcm, ratio: float, random: np.random.Generator) -> Pcm:
    """Pink noise under speech, `ratio` decibels below it."""
    shape = np.fft.rfft(random.standard_normal(len(pcm)))
    shape[1:] /= np.sqrt(np.arange(1, len(shape)))
    noise = np.fft.irfft(shape, len(pcm))
    loud = np.abs(pcm) > 0.02
    speech = np.sqrt(np.mean(pcm[loud] ** 2)) if loud.any() else 0.0
    return np.asarray(pcm + noise * speech / noise.std() * 10 ** (-ratio / 20), np.float32)


def learn(speech: Sequence[Example]) -> SoundMap:
    """Train the layer; prints the loss now and then."""
    random = np.random.default_rng(0)
    sample = np.concatenate([example.states[::3] for example in speech])
    mean, spread = sample.mean(axis=0), sample.std(axis=0) + 0.05
    states = [(example.states - mean) / spread for example in speech]
    width = 3 * states[0].shape[1]
    layers = _Layers(
        [
            random.normal(size=(width, _HIDDEN)) * np.sqrt(2 / width),
            np.zeros(_HIDDEN),
            random.normal(size=(_HIDDEN, len(UNITS))) * np.sqrt(1 / _HIDDEN),
            np.zeros(len(UNITS)),
        ]
    )
    for turn in range(_ROUNDS):
        rate = _RATE * min(1.0, (turn + 1) / 2) * (0.5 + 0.5 * np.cos(np.pi * turn / _ROUNDS))
        total = 0.0
        for batch in _batches([len(one) for one in states], random):
            total += layers.step(
                [states[i] for i in batch], [speech[i].sounds for i in batch], rate, random
            )
        print(f"round {turn + 1}: loss {total / len(states):.3f}", flush=True)
    return SoundMap(mean, spread, *layers.arrays)


class _Layers:
    """Two layers and what Adam remembers of them."""

    def __init__(self, arrays: Sequence[Floats]) -> None:
        self.arrays = [np.asarray(array, np.float32) for array in arrays]
        self._first = [np.zeros_like(array) for array in self.arrays]
        self._second = [np.zeros_like(array) for array in self.arrays]
        self._steps = 0

    def step(
        self,
        states: Sequence[Floats],
        words: Sequence[Sequence[int]],
        rate: float,
        random: np.random.Generator,
    ) -> float:
        """One step downhill; returns the batch's summed loss."""
        hidden, hidden_bias, out, out_bias = self.arrays
        lengths = np.array([len(one) for one in states])
        seen = np.zeros((len(states), lengths.max(), len(hidden)), np.float32)
        for row, one in enumerate(states):
            shaken = one + random.standard_normal(one.shape).astype(np.float32) * _JITTER
            seen[row, : len(one)] = neighbours(shaken)
        flat = seen.reshape(-1, len(hidden)) * (random.random(len(hidden)) > 0.1)
        flat = flat.astype(np.float32)
        lit = np.maximum(flat @ hidden + hidden_bias, 0)
        kept = (random.random(lit.shape) > _DROP).astype(np.float32) / (1 - _DROP)
        raw = (lit * kept) @ out + out_bias
        raw -= raw.max(axis=1, keepdims=True)
        likely = raw - np.log(np.exp(raw).sum(axis=1, keepdims=True))
        losses, slope = ctc.loss(likely.reshape(*seen.shape[:2], -1).astype(float), lengths, words)
        down = (slope.reshape(len(flat), -1) / len(states)).astype(np.float32)
        back = (down @ out.T) * kept * (lit > 0)
        self._move([flat.T @ back, back.sum(0), (lit * kept).T @ down, down.sum(0)], rate)
        return float(losses.sum())

    def _move(self, slopes: Sequence[Floats], rate: float) -> None:
        self._steps += 1
        size = float(np.sqrt(sum(float((slope**2).sum()) for slope in slopes)))
        for i, slope in enumerate(slopes):
            slope = slope * min(1.0, _LIMIT / size)  # noqa: PLW2901
            self._first[i] = 0.9 * self._first[i] + 0.1 * slope
            self._second[i] = 0.999 * self._second[i] + 0.001 * slope**2
            first = self._first[i] / (1 - 0.9**self._steps)
            second = self._second[i] / (1 - 0.999**self._steps)
            shrink = _DECAY * self.arrays[i] if self.arrays[i].ndim > 1 else 0.0
            self.arrays[i] = self.arrays[i] - rate * (first / (np.sqrt(second) + 1e-8) + shrink)


def _batches(lengths: Sequence[int], random: np.random.Generator) -> list[list[int]]:
    """Examples of about the same length together, in any order."""
    order = sorted(range(len(lengths)), key=lambda i: lengths[i] + random.uniform(0, 12))
    batches = [order[at : at + _BATCH] for at in range(0, len(order), _BATCH)]
    random.shuffle(batches)
    return batches


def _speech() -> Iterator[tuple[Pcm, str]]:
    for clip in answer_clips.load():
        if clip.role == "learn" and not clip.held:
            yield clip.pcm(), clip.text
    for sentence in clips.load(clips.CLIPS / "hearing" / "manifest.json"):
        if answer_clips.role_of(sentence.voice) == "learn":
            yield sentence.pcm(), sentence.text
    for length in (0.4, 0.9):
        for noise in noises(each=5, length=length):
            if int(noise.name.rsplit("-", 1)[1]) % 2:
                yield noise.pcm, ""


def save(layer: SoundMap, path: Path = FILE) -> None:
    """Write the layer: half precision is enough and half as large."""
    arrays = {name: getattr(layer, name) for name in SoundMap.__slots__}
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            allow_pickle=False,
            **{name: array.astype(np.float16) for name, array in arrays.items()},
        )


def main() -> int:
    """Learn and save."""
    judge = AnswerJudge(MODELS / "whisper-base", sounds=_nothing_yet())
    speech = list(examples(judge))
    print(f"{len(speech)} examples, {sum(len(one.states) for one in speech) / 50:.0f} s")
    save(learn(speech))
    print(f"{FILE}: {FILE.stat().st_size / 1e6:.2f} MB")
    return 0


def _nothing_yet() -> SoundMap:
    nothing = np.zeros(0)
    return SoundMap(nothing, nothing, nothing, nothing, nothing, nothing)


if __name__ == "__main__":
    raise SystemExit(main())
