"""The doctor tries what staff taught."""

from __future__ import annotations

from pathlib import Path

import pytest

from linli.doctor_learn import taught

GOOD = "lessons:\n- {uid: a, text: 我这条腿遇着阴天就跟拖着磨盘一样, intent: appointment}\n"
WRONG = "lessons:\n- {uid: a, text: 快来人，我摔倒了爬不起来, intent: taxi}\n"


@pytest.mark.parametrize(
    ("text", "level", "says"),
    [
        ("", "ok", "还没有"), (GOOD, "ok", "1 句都还听得懂"), (WRONG, "warn", "快来人"),
        ("lessons: [", "bad", "0001.yaml"),
    ],
)  # fmt: skip
def test_what_was_taught_is_tried(tmp_path: Path, text: str, level: str, says: str) -> None:
    folder = tmp_path / "var" / "lessons"
    folder.mkdir(parents=True)
    if text:
        (folder / "0001.yaml").write_text(text, "utf-8")
    (found,) = taught(None, tmp_path)
    assert (found.level, says in found.what) == (level, True)


def test_settings_that_cannot_be_read_are_told_elsewhere(tmp_path: Path) -> None:
    assert list(taught(tmp_path / "none.toml", tmp_path)) == []
