"""Learn which sounds are in Whisper's states: makes `assets/answers.npz`.

Learns from the takes for learning of `assets/clips/answers/`, from
`assets/clips/hearing/` and from part of the prompt pack, each clip several
times (`answer_variants`), and from noises that nothing is said in (the odd
ones: even ones are for reporting). Connectionist temporal classification,
Adam; NumPy only, every random number seeded.

`python -m linli.train_answers` makes two maps, in about half an hour on one core:

* `assets/answers.npz`, which ships, has learned from every voice;
* `assets/clips/answers/apart.npz` has learned nothing said by the `tune` and
  `report` voices, nor any form kept away: what it gets right is what may be
  expected of voices nobody has learned from.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from voices.answers import AnswerJudge
from voices.noise import noises
from voices.pack import Pack
from voices.soundmap import FILE, Floats, SoundMap
from voices.sounds import places_of
from voices.types import RATE, Pcm

from . import answer_clips, clips
from .answer_layers import Layers
from .answer_variants import VARIANTS, varied
from .paths import ASSETS, MODELS

APART: Final = answer_clips.FOLDER / "apart.npz"
"""The map that has not learned the voices kept away."""

_ROUNDS: Final = 12
_BATCH: Final = 24
_RATE: Final = 2e-3
_LONG: Final = 2.0
_PACK_EVERY: Final = 3
_PACK_SECONDS: Final = (0.5, 6.0)
_FOREIGN: Final = re.compile("[0-9A-Za-z]")


@dataclass(frozen=True, slots=True)
class Saying:
    """Something said, to learn from."""

    pcm: Pcm
    """Mono float32 at `RATE`."""
    text: str
    """What is said; empty for a noise."""
    apart: bool
    """May be learned from by the map that is kept away from some voices and forms."""


@dataclass(frozen=True, slots=True)
class Example:
    """One piece of speech and what is said in it."""

    states: Floats
    """Encoder states, shape (frames, 512), half precision."""
    sounds: list[int]
    """Places in `UNITS`."""
    apart: bool
    """As in `Saying`."""


def sayings() -> Iterator[Saying]:
    """Everything there is to learn from."""
    for clip in answer_clips.load():
        if clip.role in ("learn", "ship"):
            yield Saying(clip.pcm(), clip.text, clip.role == "learn" and not clip.held)
    for sentence in _sentences():
        apart = answer_clips.role_of(sentence.voice) == "learn"
        yield Saying(sentence.pcm(), sentence.text, apart)
    yield from _prompts()
    for length in (0.4, 0.9, 1.5):
        for noise in noises(each=5, length=length):
            if int(noise.name.rsplit("-", 1)[1]) % 2:
                yield Saying(noise.pcm, "", True)


def _prompts() -> Iterator[Saying]:
    pack = Pack(ASSETS / "pack")
    shortest, longest = _PACK_SECONDS
    entries = [e for e in pack if shortest < e.seconds < longest and not _FOREIGN.search(e.text)]
    held = answer_clips.script()["held_forms"]
    for entry in entries[::_PACK_EVERY]:
        if speech := pack.get(entry.text, RATE):
            yield Saying(speech.pcm, entry.text, not any(form in entry.text for form in held))


def examples(judge: AnswerJudge, speech: Iterable[Saying]) -> Iterator[Example]:
    """The encoder's view of each, as it is and varied."""
    babble = [sentence.pcm() for sentence in _sentences("learn")]
    # In an order, and by seeds, that do not change when a take is added.
    for one in sorted(speech, key=_seed):
        sounds, seed = places_of(one.text), _seed(one)
        for variant in _variants(one, seed):
            random = np.random.default_rng([seed, variant])
            heard = varied(one.pcm, variant, random, babble)
            view, frames = judge.encode(heard, (0.3, len(heard) / RATE - 0.5))
            states = np.array(view)[0, :frames].astype(np.float16)
            if len(states) > 2 * len(sounds):
                yield Example(states, sounds, one.apart)


def _seed(one: Saying) -> int:
    return zlib.crc32(one.pcm.tobytes())


def _variants(one: Saying, seed: int) -> Sequence[int]:
    """Sentences hold many sounds already; noises need no more noise."""
    if not one.text:
        return (0,)
    if len(one.pcm) < _LONG * RATE:
        return range(VARIANTS)
    return (0, 1 + seed % (VARIANTS - 1))


def _sentences(role: str = "") -> list[clips.Clip]:
    every = clips.load(clips.CLIPS / "hearing" / "manifest.json")
    return [one for one in every if role in ("", answer_clips.role_of(one.voice))]


def learn(speech: Sequence[Example], rounds: int = _ROUNDS) -> SoundMap:
    """Train the layers; prints the loss now and then."""
    random = np.random.default_rng(0)
    sample = np.concatenate([one.states[::5] for one in speech]).astype(np.float32)
    mean, spread = sample.mean(axis=0), sample.std(axis=0) + np.float32(0.05)
    layers = Layers(len(mean), random)
    for turn in range(rounds):
        rate = _RATE * min(1.0, (turn + 1) / 2) * (0.5 + 0.5 * np.cos(np.pi * turn / rounds))
        total = 0.0
        for batch in _batches([len(one.states) for one in speech], random):
            states = [(speech[i].states.astype(np.float32) - mean) / spread for i in batch]
            total += layers.step(states, [speech[i].sounds for i in batch], rate)
        print(f"round {turn + 1}: loss {total / len(speech):.3f}", flush=True)
    return SoundMap(mean, spread, *layers.arrays)


def _batches(lengths: Sequence[int], random: np.random.Generator) -> list[list[int]]:
    """Examples of about the same length together, in any order."""
    order = sorted(range(len(lengths)), key=lambda i: lengths[i] + random.uniform(0, 12))
    batches = [order[at : at + _BATCH] for at in range(0, len(order), _BATCH)]
    random.shuffle(batches)
    return batches


def save(layers: SoundMap, path: Path) -> None:
    """Write the layers: half precision is enough and half as large."""
    arrays = {name: getattr(layers, name) for name in SoundMap.__slots__}
    with path.open("wb") as file:
        np.savez_compressed(
            file,
            allow_pickle=False,
            **{name: array.astype(np.float16) for name, array in arrays.items()},
        )
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")


def main() -> int:
    """Learn and save both."""
    nothing = np.zeros(0)
    judge = AnswerJudge(MODELS / "whisper-base", sounds=SoundMap(*[nothing] * 8))
    speech = list(examples(judge, sayings()))
    print(f"{len(speech)} examples, {sum(len(one.states) for one in speech) / 50:.0f} s")
    save(learn([one for one in speech if one.apart]), APART)
    save(learn(speech), FILE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
