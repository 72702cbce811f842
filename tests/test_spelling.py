"""What Whisper finds likely is what was said."""

from typing import Any

import numpy as np
import pytest

from linli.answer_clips import AnswerClip, load
from linli.answer_paths import PATHS, as_heard
from linli.paths import MODELS
from voices.answers import AnswerJudge
from voices.speech_span import speech_span
from voices.spelling import spelled
from voices.whisper import Whisper


@pytest.fixture(scope="module")
def whisper() -> Whisper:
    return Whisper(MODELS / "whisper-base")


def _view(whisper: Whisper, text: str) -> tuple[Any, int]:
    clip: AnswerClip = next(clip for clip in load() if clip.text == text and clip.role == "report")
    audio = as_heard(clip.pcm(), PATHS[0][1], 0)
    return AnswerJudge(whisper).encode(audio, speech_span(audio))


@pytest.mark.parametrize(
    ("said", "alike"), [("成都", "成的"), ("没问题", "有问题"), ("公园", "要改"), ("谢谢", "是是")]
)
def test_what_was_said_is_likelier_than_what_sounds_like_it(
    whisper: Whisper, said: str, alike: str
) -> None:
    view, frames = _view(whisper, said)
    true, false = spelled(whisper, view, frames, (said, alike))
    assert true > false
    assert false < 0


def test_each_text_is_judged_by_itself(whisper: Whisper) -> None:
    view, frames = _view(whisper, "没问题")
    together = spelled(whisper, view, frames, ("没问题", "沒問題", "对"))
    assert together[0] == pytest.approx(
        spelled(whisper, view, frames, ("没问题",))[0], abs=0.05 * abs(together[0]) + 0.05
    )
    assert together[0] >= together[1] - 0.05


def test_no_texts_have_no_likelihoods(whisper: Whisper) -> None:
    assert spelled(whisper, np.zeros((1, 200, 512), np.float32), 200, ()) == []
