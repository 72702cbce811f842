"""Clips are rendered once, kept while nothing changed, and never silently wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from linli import clips

MANIFESTS = [clips.CLIPS / name / "manifest.json" for name in ("hearing", "pauses")]
HELLO = clips.Entry("hello", "您好。", "zf_xiaobei")


def test_only_what_changed_is_rendered_again(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    thanks = clips.Entry("thanks", "谢谢。", "zm_yunxia")
    assert clips.build(manifest, [HELLO, thanks]) == ["hello", "thanks"]
    assert clips.build(manifest, [HELLO, thanks]) == []
    quicker = clips.Entry("thanks", "谢谢。", "zm_yunxia", speed=1.0)
    assert clips.build(manifest, [HELLO, quicker]) == ["thanks"]
    assert clips.build(manifest, [HELLO]) == []
    assert [path.name for path in tmp_path.glob("*.ogg")] == ["hello.ogg"]
    (clip,) = clips.load(manifest)
    assert len(clip.pcm()) == pytest.approx(clip.seconds * 16_000, abs=16)
    assert abs(clip.pcm()).max() > 0.1


def test_a_file_that_is_not_the_manifests_is_named(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    clips.build(manifest, [HELLO])
    (tmp_path / "hello.ogg").write_bytes(b"something else")
    assert clips.check(manifest) == [f"{tmp_path / 'hello.ogg'}: not the file the manifest names"]


def test_an_id_may_stand_only_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="hello"):
        clips.build(tmp_path / "manifest.json", [HELLO, HELLO])


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.parent.name)
def test_committed_clips_are_whole(manifest: Path) -> None:
    assert clips.check(manifest) == []
    asked = {entry.id: entry.text for entry in clips.entries(manifest.with_name("script.yaml"))}
    assert {clip.id: clip.text for clip in clips.load(manifest)} == asked
