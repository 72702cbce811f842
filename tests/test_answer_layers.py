"""The layers that learn: their slope is the slope, and they learn what SoundMap then hears."""

import numpy as np
import pytest

from linli import answer_layers, ctc
from linli.answer_layers import Layers
from voices.soundmap import SoundMap, heard
from voices.sounds import places_of

WIDTH = 12


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing left out, nothing shaken."""
    for name in ("_DROP", "_DROP_STATES", "_JITTER", "_DECAY"):
        monkeypatch.setattr(answer_layers, name, 0.0)


def _speech(seed: int) -> tuple[list[np.ndarray], list[list[int]]]:
    rng = np.random.default_rng(seed)
    return [rng.standard_normal((20, WIDTH)), rng.standard_normal((15, WIDTH))], [[1, 2, 3], [4, 4]]


@pytest.mark.usefixtures("plain")
def test_the_loss_is_that_of_what_the_sound_map_hears() -> None:
    layers = Layers(WIDTH, np.random.default_rng(0))
    states, words = _speech(1)
    told = layers.arrays
    total = layers.step(states, words, rate=0.0)
    listens = SoundMap(np.zeros(WIDTH), np.ones(WIDTH), *told).listen
    alone = [
        ctc.loss(np.asarray(listens(one)[None], np.float64), np.array([len(one)]), [word])[0][0]
        for one, word in zip(states, words, strict=True)
    ]
    assert total == pytest.approx(sum(alone), rel=0.02)  # the map's floor makes up the rest


@pytest.mark.usefixtures("plain")
def test_every_layer_moves_down_its_slope(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = Layers(WIDTH, np.random.default_rng(0))
    layers.arrays = [array.astype(np.float64) for array in layers.arrays]
    states, words = _speech(2)
    slopes: list[np.ndarray] = []
    monkeypatch.setattr(layers, "_move", lambda found, _: slopes.extend(found))
    layers.step(states, words, rate=0.0)
    first = slopes[:6]
    for array, slope in zip(layers.arrays, first, strict=True):
        way = slope / np.sqrt((slope**2).sum())
        losses = []
        for step in (1e-4, -2e-4, 1e-4):
            np.add(array, step * way, out=array)
            losses.append(layers.step(states, words, rate=0.0))
        above, below, _ = losses
        # The slope is of the mean of the batch, the loss its sum.
        steep = (above - below) / 2e-4 / len(states)
        assert steep == pytest.approx(float((slope * way).sum()), rel=0.02)


def test_a_sound_shown_often_enough_is_heard() -> None:
    rng = np.random.default_rng(3)
    spoken = rng.standard_normal((3, WIDTH)) * 3
    layers = Layers(WIDTH, rng)
    word = places_of("八")

    def said() -> np.ndarray:
        frames = np.repeat(spoken[[0, 1, 2, 0]], [6, 4, 6, 6], axis=0)
        return np.asarray(frames + rng.standard_normal(frames.shape) * 0.1)

    for _ in range(60):
        layers.step([said(), said()], [word, word], rate=5e-3)
    assert heard(SoundMap(np.zeros(WIDTH), np.ones(WIDTH), *layers.arrays).listen(said())) == (
        "b",
        "a",
    )
