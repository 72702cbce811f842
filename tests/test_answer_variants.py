"""Variants of a clip: other sounds, the same words."""

import numpy as np
import pytest

from linli.answer_variants import VARIANTS, in_room, tilted, varied, with_babble, with_noise
from voices.types import RATE, Pcm


def _tone(frequency: float, seconds: float = 0.6) -> Pcm:
    at = np.arange(int(seconds * RATE)) / RATE
    return np.asarray(0.5 * np.sin(2 * np.pi * frequency * at), np.float32)


def _level(pcm: Pcm) -> float:
    return float(10 * np.log10(np.mean(np.square(pcm, dtype=np.float64)) + 1e-20))


@pytest.mark.parametrize("variant", range(VARIANTS))
def test_a_variant_is_the_same_for_the_same_seed_and_another_for_another(variant: int) -> None:
    clip = _tone(300)
    first, again, other = (
        varied(clip, variant, np.random.default_rng(seed), [_tone(500)]) for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert len(first) != len(other) or not np.array_equal(first, other)
    assert np.abs(first).max() <= 1.0
    assert np.isfinite(first).all()


def test_the_first_variant_is_the_clip_itself_with_silence_around_it() -> None:
    clip = _tone(300)
    found = varied(clip, 0, np.random.default_rng(0))
    lead = int(0.3 * RATE)
    inside = found[lead : lead + len(clip)]
    assert np.corrcoef(inside, clip)[0, 1] == pytest.approx(1.0)
    assert not found[:lead].any()
    assert not found[lead + len(clip) :].any()


@pytest.mark.parametrize("ratio", [10.0, 20.0])
@pytest.mark.parametrize("babble", [False, True])
def test_noise_lies_as_far_below_the_speech_as_asked(ratio: float, babble: bool) -> None:
    clip, random = _tone(300, 2.0), np.random.default_rng(0)
    loud = clip[np.abs(clip) > 0.02]
    mixed = (
        with_babble(clip, ratio, random, [_tone(700, 1.0)])
        if babble
        else with_noise(clip, ratio, random)
    )
    assert _level(loud) - _level(mixed - clip) == pytest.approx(ratio, abs=0.5)


def test_a_tilt_changes_high_tones_more_than_low_ones() -> None:
    low, high = (_level(tilted(_tone(f), 8.0)) - _level(_tone(f)) for f in (200.0, 6000.0))
    assert low == pytest.approx(0.2, abs=0.2)
    assert high == pytest.approx(6.0, abs=0.3)


def test_a_room_goes_on_sounding_after_the_word() -> None:
    clip = np.pad(_tone(300), (0, RATE // 2))
    after = slice(int(0.61 * RATE), int(0.65 * RATE))
    assert _level(in_room(clip, np.random.default_rng(0))[after]) > -60
    assert _level(clip[after]) < -100
