"""Kokoro: slow by pauses, at any rate, and it tells when each character is said."""

from pathlib import Path

import numpy as np
import pytest

from linli.paths import MODELS
from voices.errors import ModelUnusable
from voices.kokoro import CHARACTERS_PER_S, Kokoro, Timed, unhurried
from voices.pauses import PAUSES
from voices.shape import voiced


@pytest.fixture(scope="module")
def kokoro() -> Kokoro:
    return Kokoro(MODELS / "kokoro")


@pytest.fixture(scope="module")
def timed(kokoro: Kokoro) -> Timed:
    return kokoro.timed("好的，明天，您来吗？", pauses=PAUSES)


def test_characters_are_said_one_after_another(timed: Timed) -> None:
    assert len(timed.starts) == len(timed.ends) == len(timed.text)
    assert list(timed.starts) == sorted(timed.starts)
    assert all(start <= end for start, end in zip(timed.starts, timed.ends, strict=True))
    assert timed.ends[-1] <= len(timed.pcm) / 24_000 + 0.05


def test_each_comma_is_a_silence_where_it_stands(timed: Timed) -> None:
    for index, mark in enumerate(timed.text):
        if mark != "，":
            continue
        start, end = (round(t * 24_000) for t in (timed.starts[index], timed.ends[index]))
        around = timed.pcm[start - 2_400 : end + 2_400]
        frames = np.sqrt((around[: len(around) // 240 * 240].reshape(-1, 240) ** 2).mean(1))
        assert (frames < 10 ** (-42 / 20)).sum() >= 28, "in hundredths of a second"


def test_a_short_word_is_carried_and_cut_out_at_the_rate_asked_for(kokoro: Kokoro) -> None:
    speech = kokoro.say("内科", rate=8_000)
    assert speech.rate == 8_000
    assert 0.35 < len(speech.pcm) / 8_000 < 1.1
    assert voiced(speech.pcm, 8_000)[0] / 8_000 <= 0.05


@pytest.mark.parametrize(
    ("slower", "faster"), [("您要办什么事？", "好的，这就转给工作人员，请稍等。")]
)
def test_a_sentence_without_pauses_gets_slower_sounds(slower: str, faster: str) -> None:
    assert unhurried(slower) < unhurried(faster)
    assert 2.7 < CHARACTERS_PER_S < 4.2


def test_a_missing_model_names_file_and_remedy(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="scripts/setup") as failure:
        Kokoro(tmp_path).say("好")
    assert str(tmp_path) in str(failure.value)


def test_another_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kokoro-82m-int8.onnx").write_bytes(b"some other model")
    with pytest.raises(ModelUnusable, match="not the Kokoro model"):
        Kokoro(tmp_path).say("好")


def test_nothing_to_say_is_an_error(kokoro: Kokoro) -> None:
    with pytest.raises(ValueError, match="nothing that can be said"):
        kokoro.timed("★")
