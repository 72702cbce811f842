"""What a telephone carried is known again, and silence is like nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from likeness import NARROW, likeness

from voices.types import Pcm

DICE = np.random.default_rng(7)
CLEAR = 0.9


def words(seconds: float) -> Pcm:
    return np.asarray(DICE.normal(0, 0.1, round(seconds * NARROW)), np.float32)


def file(folder: Path, name: str, pcm: Pcm) -> Path:
    soundfile.write(folder / name, pcm, NARROW, subtype="PCM_16")
    return folder / name


def test_a_sound_is_found_between_others_softer_and_with_a_little_noise(tmp_path: Path) -> None:
    said = words(2)
    carried = np.concatenate((words(1), said / 2 + words(2) / 100, words(1)))
    wanted = file(tmp_path, "said.wav", said)
    assert likeness(file(tmp_path, "heard.wav", carried), wanted) > CLEAR


@pytest.mark.parametrize("quiet", [0.0, 1e-9, 1e-6])
def test_silence_after_loud_words_is_like_nothing(tmp_path: Path, quiet: float) -> None:
    wanted = file(tmp_path, "said.wav", words(2))
    carried = np.concatenate((words(20), words(20) * np.float32(quiet)))
    soundfile.write(tmp_path / "heard.wav", carried, NARROW, subtype="FLOAT")
    assert likeness(tmp_path / "heard.wav", wanted) < CLEAR / 2


def test_another_sound_or_none_long_enough_is_not_the_one(tmp_path: Path) -> None:
    wanted = file(tmp_path, "said.wav", words(2))
    assert likeness(file(tmp_path, "other.wav", words(20)), wanted) < CLEAR / 2
    assert likeness(file(tmp_path, "short.wav", words(0.1)), wanted) == 0


def test_a_telephone_that_skips_twice_a_second_has_carried_it(tmp_path: Path) -> None:
    said = words(2)
    frames = said[: len(said) // 160 * 160].reshape(-1, 160)  # of 20 ms
    carried = np.concatenate([frame for at, frame in enumerate(frames) if at % 25 != 11])
    wanted = file(tmp_path, "said.wav", said)
    assert likeness(file(tmp_path, "heard.wav", carried), wanted) > CLEAR
    every = np.concatenate([frame for at, frame in enumerate(frames) if at % 3])
    assert likeness(file(tmp_path, "torn.wav", every), wanted) < CLEAR
