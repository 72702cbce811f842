"""A station can measure its own elders with a folder of recordings."""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path

import pytest
from own_ears import whisper

from linli.clips import CLIPS
from linli.evaluate import NothingToEvaluate, recordings, report

KIT = Path(__file__).parent.parent / "docs" / "recording-kit.zh.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two elders, one sentence said in other words, one file of unknown words, one broken."""
    clips = CLIPS / "hearing"
    shutil.copy(clips / "h08-zf_xiaoxiao.ogg", tmp_path / "p01_78_xinyang_s06.ogg")
    shutil.copy(clips / "h08-zm_yunyang.ogg", tmp_path / "p02_83_bazhong_s06.ogg")
    shutil.copy(clips / "h17-zf_xiaobei.ogg", tmp_path / "p02_83_bazhong_s07_2.ogg")
    (tmp_path / "p02_83_bazhong_s07_2.txt").write_text("咳嗽糖浆送一瓶来。", "utf-8")
    shutil.copy(clips / "h01-zf_xiaobei.ogg", tmp_path / "unknown.ogg")
    (tmp_path / "p03_x_xinyang_s06.wav").write_bytes(b"no audio")
    (tmp_path / "sentences.txt").write_text("s06\t我要叫一辆车去人民医院\n", "utf-8")
    return tmp_path


def test_recordings_are_known_by_their_names(folder: Path) -> None:
    found, problems = recordings(folder)
    assert [(r.speaker, r.age, r.accent, r.text) for r in found] == [
        ("p01", "70–79", "xinyang", "我要叫一辆车去人民医院"),
        ("p02", "80–89", "bazhong", "我要叫一辆车去人民医院"),
        ("p02", "80–89", "bazhong", "咳嗽糖浆送一瓶来。"),
        ("p03", "?", "xinyang", "我要叫一辆车去人民医院"),
    ]
    assert len(problems) == 1
    assert "unknown.txt" in problems[0]


def test_the_report_has_all_groups_with_intervals_and_what_was_not_counted(folder: Path) -> None:
    out = io.StringIO()
    scored = report(folder, whisper(), out=out)
    text = out.getvalue()
    assert len(scored) == 3
    assert "engine whisper, channel kiosk, 3 recordings" in text
    for group in ("all", "age 70–79", "age 80–89", "accent bazhong", "speaker p02"):
        assert re.search(rf"^{group}: character error [\d.]+ % \([\d.]+–[\d.]+, n=\d\)", text, re.M)
    assert text.count("not counted: ") == 2
    assert sum(one.syllables.wrong for one in scored) <= 4


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_folder_without_recordings_says_where_to_look(tmp_path: Path, name: str) -> None:
    with pytest.raises(NothingToEvaluate, match=r"recording-kit\.zh\.md") as caught:
        recordings(tmp_path / name)
    assert caught.value.code == "usage"


def test_the_kit_gives_sentences_a_rule_and_a_consent() -> None:
    kit = KIT.read_text("utf-8")
    assert len(re.findall(r"^s\d\d\t\S+", kit, re.M)) >= 20
    assert "p07_78_xinyang_s12.wav" in kit
    assert "您愿意吗" in kit
