"""The clips of short answers are whole, clean at both ends, and kept apart by voice."""

import numpy as np
import pytest

from linli.answer_clips import FOLDER, AnswerClip, load, role_of, script, takes
from linli.answer_paths import SETS
from voices.options import load_options
from voices.types import RATE


@pytest.fixture(scope="module")
def clips() -> list[AnswerClip]:
    return load()


def test_every_take_asked_for_is_there_and_no_other_file(clips: list[AnswerClip]) -> None:
    asked = {f"{take.name}.ogg" for take in takes()}
    assert {clip.file for clip in clips} == asked
    assert {path.name for path in FOLDER.glob("*.ogg")} == asked


def test_no_voice_of_the_report_is_heard_in_what_is_learned(clips: list[AnswerClip]) -> None:
    kept = [*script()["voices"]["report"], *script()["voices"]["tune"]]
    learned = [clip for clip in clips if clip.role == "learn"]
    assert len(learned) > 200
    assert [c.voice for c in learned if any(name in c.voice for name in kept)] == []


def test_no_form_kept_away_is_tuned_on(clips: list[AnswerClip]) -> None:
    assert [c.text for c in clips if c.role == "tune" and c.held] == []


def test_no_word_that_sounds_like_an_answer_is_both_tuned_on_and_reported(
    clips: list[AnswerClip],
) -> None:
    alike = [clip for clip in clips if clip.file.startswith("a")]
    tuned = {clip.text for clip in alike if clip.role == "tune"}
    reported = {clip.text for clip in alike if clip.role != "tune"}
    assert len(tuned) >= 90
    assert len(reported) >= 90
    assert tuned & reported == set()


def test_a_take_for_measuring_is_never_tuned_on(clips: list[AnswerClip]) -> None:
    measured = [clip for clip in clips if clip.file.startswith("m")]
    assert len(measured) >= 250
    assert {clip.role for clip in measured} == {"known", "report"}


def test_what_is_no_answer_names_the_question_it_was_said_to(clips: list[AnswerClip]) -> None:
    others = {clip.text: clip.set for clip in clips if clip.value == "other"}
    assert others["明年"] == "day"
    assert others["成都"] == "yes_no"


def test_a_mixture_with_a_voice_kept_away_is_kept_away() -> None:
    assert role_of("zf_xiaobei*0.4+zm_yunxi*0.6") == "learn"
    assert role_of("zf_xiaobei*0.4+zm_yunyang*0.6") == "tune"
    assert role_of("zm_yunyang*0.4+zf_xiaoyi*0.6") == "report"
    with pytest.raises(KeyError, match="no role for the voice 'nobody'"):
        role_of("zf_xiaobei*0.4+nobody*0.6")


def test_answers_to_be_judged_are_answers_of_their_set(clips: list[AnswerClip]) -> None:
    meant = [c for c in clips if c.set in SETS and c.value != "other" and c.role != "learn"]
    assert meant
    for clip in meant:
        assert clip.value in {option.value for option in load_options(clip.set)}, clip.text


def test_words_to_be_judged_begin_and_end_in_silence(clips: list[AnswerClip]) -> None:
    for clip in [clip for clip in clips if clip.role == "report"][::5]:
        pcm = clip.pcm()
        peak = np.abs(pcm).max()
        ends = np.abs(np.r_[pcm[: RATE // 500], pcm[-RATE // 500 :]])
        assert ends.max() < 0.35 * peak, (clip.text, clip.voice)
        assert peak > 0.03
