"""The prompt pack: found by what it says, whatever marks stand around it."""

import json
from pathlib import Path

import numpy as np
import pytest
from own_mouth import small_pack, tone

from voices.pack import MANIFEST, Pack, PackUnusable, bare, unified


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return Pack(
        small_pack(
            tmp_path,
            sentence=["您要办什么事？", "对吗？", "对吗。"],
            fragment=["您是要"],
            word=["骨科", "明天"],
        )
    )


def pitch(pcm: np.ndarray) -> int:
    return int(np.abs(np.fft.rfft(pcm[2000:6000])).argmax())


@pytest.mark.parametrize(
    "text", ["您要办什么事？", "您要办什么事?", " 您要办什么事", "“您要办什么事？”"]
)
def test_a_sentence_is_found_whatever_its_marks(pack: Pack, text: str) -> None:
    speech = pack.get(text)
    assert speech is not None
    assert speech.source == "pack"
    assert speech.text == text
    assert pitch(speech.pcm) == pitch(tone("您要办什么事？"))


def test_a_question_and_a_statement_of_the_same_words_are_told_apart(pack: Pack) -> None:
    asked, said = pack.get("对吗？"), pack.get("对吗。")
    assert asked is not None
    assert said is not None
    assert pitch(asked.pcm) == pitch(tone("对吗？"))
    assert pitch(said.pcm) == pitch(tone("对吗。"))


def test_what_nobody_recorded_is_not_there(pack: Pack) -> None:
    assert pack.get("羊肉饺子") is None
    assert "羊肉饺子" not in pack
    assert "骨科" in pack


@pytest.mark.parametrize("rate", [24_000, 16_000, 8_000])
def test_a_recording_is_had_at_every_rate(pack: Pack, rate: int) -> None:
    speech = pack.get("骨科", rate)
    assert speech is not None
    assert speech.rate == rate
    assert len(speech.pcm) == pytest.approx(0.3 * rate, abs=rate // 100)


def test_a_damaged_file_counts_as_not_recorded(tmp_path: Path) -> None:
    directory = small_pack(tmp_path, word=["骨科", "眼科"])
    row = json.loads((directory / MANIFEST).read_text("utf-8").splitlines()[0])
    (directory / row["file"]).write_bytes(b"not sound")
    pack = Pack(directory)
    assert pack.get("骨科") is None
    assert pack.get("眼科") is not None


def test_a_missing_manifest_names_the_command_that_mends_it(tmp_path: Path) -> None:
    with pytest.raises(PackUnusable, match="linli voices build") as failure:
        Pack(tmp_path)
    assert str(tmp_path / MANIFEST) in str(failure.value)


def test_a_broken_row_is_named_with_its_line(tmp_path: Path) -> None:
    directory = small_pack(tmp_path, word=["骨科", "眼科"])
    path = directory / MANIFEST
    path.write_text(path.read_text("utf-8") + '{"text": "半行"\n', encoding="utf-8")
    with pytest.raises(PackUnusable, match=r"manifest\.jsonl:3"):
        Pack(directory)


def test_marks_are_unified_inside_and_dropped_at_the_ends() -> None:
    assert unified("好的, 您说“没问题”?") == "好的，您说没问题？"
    assert bare("，好的，您说？") == "好的，您说"
