"""The sounds to measure against are many, the same everywhere, and of two halves."""

from __future__ import annotations

import hashlib

import numpy as np
from own_ears import clip

from linli.bench.noise import sounds_of
from voices.noise import KINDS, noises, television
from voices.types import RATE


def test_there_are_sixty_and_more_and_half_of_them_are_held_out() -> None:
    sounds = sounds_of(4)
    assert len(sounds) >= 60
    assert len({sound.name for sound in sounds}) == len(sounds)
    assert {sound.kind for sound in sounds} == {*KINDS, "babble"}


def test_they_are_the_same_every_time() -> None:
    def prints() -> list[str]:
        coarse = [np.round(sound.pcm * 1000).astype("<i2") for sound in noises(each=1)]
        return [hashlib.sha256(pcm.tobytes()).hexdigest() for pcm in coarse]

    first = prints()
    assert first == prints()
    assert len(set(first)) == len(first)


def test_sounds_are_audio_of_different_loudness() -> None:
    for sound in noises([clip("h08-zf_xiaoxiao")], each=3, length=1.0):
        assert len(sound.pcm) == RATE
        assert sound.pcm.dtype == np.float32
        assert np.isfinite(sound.pcm).all()
        assert np.abs(sound.pcm).max() <= 1
    loud = [float(np.sqrt(np.mean(s.pcm**2))) for s in noises(each=3) if s.kind == "pink"]
    assert max(loud) > 5 * min(loud)


def test_a_television_is_quiet_speech() -> None:
    pcm = television(np.random.default_rng(1), [clip("h08-zf_xiaoxiao")])
    assert 0.005 < np.sqrt(np.mean(pcm**2)) < 0.05
