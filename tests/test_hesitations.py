"""The sentences with pauses are all there, in two halves that share nothing."""

from __future__ import annotations

from linli import clips, hesitations


def test_every_piece_asked_for_is_there_as_it_was_made() -> None:
    manifest = hesitations.FOLDER / "manifest.json"
    wanted = [(entry.id, entry.recipe(16_000)) for entry in hesitations.entries()]
    assert [(clip.id, clip.recipe) for clip in clips.load(manifest)] == wanted
    assert clips.check(manifest) == []


def test_what_is_tuned_on_is_never_reported() -> None:
    tune, report = hesitations.hesitations("tune"), hesitations.hesitations("report")
    assert len(tune) == 231
    assert len(report) == 118
    heard = {"".join(clip.text for clip in one.pieces) for one in tune}
    assert not heard & {"".join(clip.text for clip in one.pieces) for one in report}


def test_each_half_has_sentences_of_every_kind_in_every_voice() -> None:
    for half in (hesitations.hesitations("tune"), hesitations.hesitations("report")):
        assert {one.id[0] for one in half} == set("dfnagtswcrl")
        assert len({one.voice for one in half}) == 7
        assert 0.15 < sum(one.whole for one in half) / len(half) < 0.25


def test_a_sentence_has_its_pieces_in_order_in_one_voice() -> None:
    for one in hesitations.hesitations("tune"):
        assert [clip.id for clip in one.pieces] == [
            f"{one.id}-{one.voice}-{part}" for part in range(len(one.pieces))
        ]
