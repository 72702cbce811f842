"""What elders say, as recognisers are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from linli.clips import CLIPS, load
from linli.idiom import idiom, sayings


def test_sentences_are_read_and_labels_are_not(tmp_path: Path) -> None:
    folder = tmp_path / "examples"
    folder.mkdir()
    (tmp_path / "services").mkdir()
    (folder / "taxi.txt").write_text("叫个车\n去医院\n", "utf-8")
    (folder / "housekeeping.service.tsv").write_text("修水管\t水池底下渗水\n", "utf-8")
    assert list(sayings(folder)) == ["水池底下渗水", "叫个车", "去医院"]


def test_what_elders_say_is_likelier_than_what_sounds_like_it() -> None:
    language = idiom()
    for said, garbled in (
        ("老头子叫不醒了", "老头子叫不行了"),
        ("给我挂个内科的号", "给我挂个那颗的号"),
        ("中午送份饭来", "中午送分饭来"),
        ("水管漏了", "水管楼了"),
    ):
        assert language.score(said) > language.score(garbled)


def test_it_is_counted_once() -> None:
    assert idiom() is idiom()


@pytest.mark.parametrize("clips", ["requests", "hearing"])
def test_what_hearing_is_measured_with_is_not_among_them(clips: str) -> None:
    measured = {_letters(clip.text) for clip in load(CLIPS / clips / "manifest.json")}
    assert not measured & {_letters(said) for said in sayings()}


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
