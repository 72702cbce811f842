"""Sample calls are whole: every sentence has its sound, every caller an end."""

from __future__ import annotations

from pathlib import Path

import pytest

from linli import clips
from linli.errors import LinliError
from linli.samples import MANIFEST, PAUSE_S, Caller, entries, load
from voices.types import RATE


def test_every_sentence_of_every_caller_has_its_sound() -> None:
    wanted = {entry.id: entry.recipe(RATE) for entry in entries(load())}
    there = {clip.id: clip.recipe for clip in clips.load(MANIFEST)}
    assert there == wanted
    assert clips.check(MANIFEST) == []


def test_a_caller_says_the_last_sentence_again_when_asked_again() -> None:
    caller = Caller(next(sample for sample in load() if len(sample.says["confirm"]) > 1))
    said = [answer[0] for _ in range(3) if (answer := caller.answer("confirm"))]
    assert said[0] != said[1] == said[2]


def test_a_pause_for_thought_is_silence_in_the_sound() -> None:
    sample = next(sample for sample in load() if "｜" in sample.says["service"][0])
    answer = Caller(sample).answer("service")
    assert answer is not None
    quiet = abs(answer[1]) < 1e-4
    run = longest = 0
    for silent in quiet:
        run = run + 1 if silent else 0
        longest = max(longest, run)
    assert longest >= PAUSE_S * RATE


def test_a_caller_is_speechless_when_asked_for_what_it_does_not_know() -> None:
    assert Caller(load()[0]).answer("favourite_colour") is None


def test_a_file_that_is_no_sample_call_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("title: x\n", "utf-8")
    with pytest.raises(LinliError, match=r"x\.yaml"):
        load(tmp_path)
