"""The sentences with pauses are all there; what is only counted shares nothing with the rest."""

from __future__ import annotations

from typing import get_args

import pytest

from linli import clips, hesitations


def _texts(said: list[hesitations.Hesitation]) -> set[str]:
    return {"".join(clip.text for clip in one.pieces) for one in said}


def test_every_piece_asked_for_is_there_as_it_was_made() -> None:
    manifest = hesitations.FOLDER / "manifest.json"
    wanted = [(entry.id, entry.recipe(16_000)) for entry in hesitations.entries()]
    assert [(clip.id, clip.recipe) for clip in clips.load(manifest)] == wanted
    assert clips.check(manifest) == []


def test_what_is_tuned_on_is_never_counted() -> None:
    found = {half: hesitations.hesitations(half) for half in get_args(hesitations.Half)}
    assert {half: len(ones) for half, ones in found.items()} == {
        "tune": 231,
        "counted": 118,
        "blind": 120,
    }
    texts = [_texts(ones) for ones in found.values()]
    assert len(set().union(*texts)) == sum(map(len, texts))


@pytest.mark.parametrize(
    ("half", "kinds", "whole"),
    [("tune", "dfnagtswcrl", 0.2), ("counted", "dfnagtswcrl", 0.2), ("blind", "dfnagtswcrlq", 0.5)],
)
def test_each_half_has_sentences_of_every_kind_in_every_voice(
    half: hesitations.Half, kinds: str, whole: float
) -> None:
    said = hesitations.hesitations(half)
    assert {one.id[0] for one in said} == set(kinds)
    assert len({one.voice for one in said}) == 7
    assert sum(one.whole for one in said) / len(said) == pytest.approx(whole, abs=0.05)


def test_a_sentence_has_its_pieces_in_order_in_one_voice() -> None:
    for one in hesitations.hesitations("tune"):
        assert [clip.id for clip in one.pieces] == [
            f"{one.id}-{one.voice}-{part}" for part in range(len(one.pieces))
        ]
