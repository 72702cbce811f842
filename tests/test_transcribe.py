"""`linli transcribe`: a line a file, whatever the file; bad ones get one clear sentence."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from own_ears import Scripted, clip, silence, whisper

from linli.score import syllable_errors
from linli.transcribe import ChannelUnknown, pinyin, serve, transcribe
from voices.audio import resample
from voices.types import RATE, Channel

TAXI = "我要叫一辆车去人民医院。"
TAXI_CLIP = "h08-zf_xiaoxiao"


def lines(files: list[Path], **options: Any) -> list[dict[str, Any]]:
    out = io.StringIO()
    serve(files, out, whisper(), **options)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture
def taxi(tmp_path: Path) -> Path:
    """A stereo recording at 44.1 kHz with silence around the speech."""
    path = tmp_path / "taxi.wav"
    pcm = np.concatenate([silence(1), clip(TAXI_CLIP), silence(2)])
    wide = resample(pcm, RATE, 44_100)
    soundfile.write(path, np.column_stack([wide, 0.5 * wide]), 44_100)
    return path


@pytest.mark.parametrize("channel", ["kiosk", "phone"])
def test_a_stereo_recording_gives_text_pinyin_and_times(taxi: Path, channel: Channel) -> None:
    (row,) = lines([taxi], channel=channel, fast=True)
    assert list(row) == ["file", "text", "pinyin", "speech_end", "text_ready_ms", "confidence"]
    assert syllable_errors(TAXI, row["text"]).wrong <= 1
    assert "ren2 min2 yi1 yuan4" in row["pinyin"]
    assert row["speech_end"] == pytest.approx(1 + len(clip(TAXI_CLIP)) / RATE, abs=0.4)
    assert row["text_ready_ms"] > 0
    assert 0 < row["confidence"] <= 1


def test_the_reading_agreed_on_is_written_down(taxi: Path) -> None:
    (by_sound,), (agreed,) = lines([taxi], fast=True), lines([taxi], fast=True, agreed=_last)
    assert agreed["text"] != by_sound["text"]
    assert agreed["pinyin"] == pinyin(agreed["text"])
    assert agreed["confidence"] == by_sound["confidence"]


def _last(readings: Sequence[str]) -> int:
    return len(readings) - 1


def test_real_time_counts_from_the_last_voiced_sample_and_hears_the_same(taxi: Path) -> None:
    """Two seconds of silence follow the speech: the text is measured, not the waiting."""
    (slow,), (fast,) = lines([taxi]), lines([taxi], fast=True)
    assert slow["text_ready_ms"] >= 250, "decoding starts only after 0.25 s of silence"
    assert (slow["text"], slow["speech_end"]) == (fast["text"], fast["speech_end"])


def test_a_bad_file_does_not_stop_the_others(taxi: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    (tmp_path / "letter.wav").write_text("不是录音")
    rows = lines(
        [tmp_path / "none.wav", tmp_path / "empty.wav", tmp_path / "letter.wav", taxi], fast=True
    )
    assert [sorted(row) for row in rows[:3]] == [["error", "file"]] * 3
    assert all(row["file"] in row["error"] for row in rows[:3])
    assert "text" in rows[3]
    assert not serve([tmp_path / "none.wav"], io.StringIO(), whisper())


def test_silence_gives_an_empty_text(tmp_path: Path) -> None:
    path = tmp_path / "silence.wav"
    soundfile.write(path, silence(3), RATE)
    (row,) = lines([path], fast=True)
    assert (row["text"], row["pinyin"], row["speech_end"], row["confidence"]) == ("", "", None, 0.0)


def test_a_channel_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ChannelUnknown, match="fax: no such channel; use kiosk or phone"):
        serve([], io.StringIO(), whisper(), channel="fax")


def test_too_long_for_real_time_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    soundfile.write(path, np.zeros(601 * 8_000, np.float32), 8_000, subtype="PCM_U8")
    (row,) = lines([path])
    assert "601 s long" in row["error"]
    assert "--fast" in row["error"]


def test_a_long_recording_needs_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    path = tmp_path / "long.flac"
    soundfile.write(path, np.zeros(120 * 44_100, np.float32), 44_100)
    tracemalloc.start()
    transcribe(path, Scripted([]), fast=True)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000, "the whole of it would be 7.7 MB"


def test_pinyin_has_tone_numbers_and_no_punctuation() -> None:
    assert pinyin("我想挂号，骨科。") == "wo3 xiang3 gua4 hao4 gu3 ke1"
    assert pinyin("") == ""
