"""The training loss: checked against every path counted by hand, and against its own slope."""

from itertools import product

import numpy as np
import pytest

from linli.ctc import loss
from voices.soundmap import likelihoods


def _likely(rng: np.random.Generator, *shape: int) -> tuple[np.ndarray, np.ndarray]:
    raw = rng.standard_normal(shape)
    return raw, raw - np.log(np.exp(raw).sum(axis=-1, keepdims=True))


def _collapsed(path: tuple[int, ...]) -> list[int]:
    merged = [unit for at, unit in enumerate(path) if at == 0 or path[at - 1] != unit]
    return [unit for unit in merged if unit]


def _by_hand(likely: np.ndarray, word: list[int]) -> float:
    frames, units = likely.shape
    return float(
        np.logaddexp.reduce(
            [
                sum(likely[at, unit] for at, unit in enumerate(path))
                for path in product(range(units), repeat=frames)
                if _collapsed(path) == word
            ]
        )
    )


@pytest.mark.parametrize("word", [[], [1], [1, 2], [2, 2], [1, 2, 1]])
def test_the_loss_counts_every_way_of_saying_a_word(word: list[int]) -> None:
    _, likely = _likely(np.random.default_rng(3), 5, 3)
    value, _ = loss(np.stack([likely, likely]), np.array([5, 5]), [word, [1, 2]])
    assert value[0] == pytest.approx(-_by_hand(likely, word))
    assert likelihoods(likely, [word, [1, 2]])[0] == pytest.approx(_by_hand(likely, word))


def test_the_slope_is_the_slope() -> None:
    raw, likely = _likely(np.random.default_rng(4), 3, 6, 4)
    lengths, words = np.array([6, 4, 5]), [[1, 2], [3], []]
    _, slope = loss(likely, lengths, words)
    for at in [(0, 2, 1), (0, 5, 0), (1, 1, 3), (1, 3, 2), (1, 5, 2), (2, 0, 0), (2, 3, 1)]:
        moved = raw.copy()
        moved[at] += 1e-5
        again = moved - np.log(np.exp(moved).sum(axis=-1, keepdims=True))
        change = (loss(again, lengths, words)[0] - loss(likely, lengths, words)[0]).sum() / 1e-5
        assert slope[at] == pytest.approx(change, abs=1e-4)


def test_words_of_different_lengths_are_scored_side_by_side_as_alone() -> None:
    _, likely = _likely(np.random.default_rng(5), 7, 5)
    words = [[1], [2, 3, 4], [4, 4]]
    together = likelihoods(likely, words)
    assert together == pytest.approx([likelihoods(likely, [word])[0] for word in words])
