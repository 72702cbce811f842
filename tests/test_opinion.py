"""The opinion: learned from the examples that lie beside it, told in words, safe when damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from intents import HOME
from intents.engine import Engine
from intents.errors import DataError
from intents.understanding.knowledge import Knowledge
from intents.understanding.opinion import FILE, Opinion, features, shares
from linli import train_opinion
from linli.bench.intents import CHAT, TALK, utterances
from linli.bench.requests import MANIFEST
from linli.clips import load
from linli.train_opinion import FOLDER, Example, blurred, digest, examples, joined


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return Knowledge(HOME, "xinyang", {})


def test_what_is_shipped_was_learned_from_the_examples_as_they_are() -> None:
    assert Opinion.load(FILE).made_of == digest()


def test_every_intent_has_examples_and_every_example_an_intent(known: Knowledge) -> None:
    intents = {example.intent for example in examples()} - {train_opinion.SEVERAL}
    assert intents == set(known.services)


def test_no_list_of_examples_is_too_long_to_be_looked_through_and_a_part_is_no_kind() -> None:
    sizes = {path.name: path.stat().st_size for path in FOLDER.iterdir()}
    assert {name for name, size in sizes.items() if size > 1 << 20} == set()
    assert {example.intent for example in examples() if example.kind} == {"emergency"}


def test_no_example_is_a_text_that_the_opinion_is_measured_on() -> None:
    told = {example.text for example in examples()}
    measured = set((CHAT.read_text("utf-8") + TALK.read_text("utf-8")).splitlines())
    for name in ("once blind", "written blind"):
        measured |= {row["text"] for row in utterances(name)}
    measured |= {clip.text for clip in load(MANIFEST)}
    common = 6  # characters: what everybody says is said by everybody
    assert {text for text in told & measured if len(text) > common} == set()


def test_a_wording_without_any_request_word_is_still_understood(known: Knowledge) -> None:
    for text, intent in (("床头那盏灯又闹脾气了", "housekeeping"), ("药瓶子空喽", "medicine")):
        likely = known.opinion(known.describe(known.reader(text)))
        assert next(iter(likely)) == intent
        assert sum(likely.values()) == pytest.approx(1, abs=1e-3)


def test_an_opinion_gives_its_reasons(known: Knowledge) -> None:
    told = known.describe(known.reader("水管又漏了"))
    assert any("leak" in reason for reason in known.opinion.why(told, "housekeeping"))
    assert known.opinion.why(told, "no such intent") == ()


def test_the_explanation_of_an_utterance_names_the_opinion() -> None:
    from linli.bench.intents import NOW

    why = Engine.load().understand("水管又漏了", NOW).why
    assert any(line.startswith("opinion: housekeeping") for line in why)


def test_every_family_of_features_counts_the_same_however_many_there_are() -> None:
    assert list(shares([0, 0, 0, 0, 1])) == [0.5, 0.5, 0.5, 0.5, 1.0]
    assert len(shares([])) == 0


def test_features_tell_sounds_words_senses_and_what_was_found() -> None:
    told = features("内科", "内科", ("self", "fall"), ["list:departments"])
    assert {"s:lei", "c:内科", "k:self", "k2:self+fall", "list:departments"} <= set(told)


def test_a_missing_or_damaged_file_names_the_command_that_makes_it_anew(tmp_path: Path) -> None:
    broken = tmp_path / "opinion.npz"
    with pytest.raises(DataError, match=r"missing.*train_opinion"):
        Opinion.load(broken)
    whole = FILE.read_bytes()
    middle = len(whole) // 2
    torn = whole[:middle] + bytes(64) + whole[middle + 64 :]
    for damaged in (whole[:5000], torn, b""):
        broken.write_bytes(damaged)
        with pytest.raises(DataError, match=r"opinion\.npz.*train_opinion"):
            Opinion.load(broken)


def test_what_the_features_spoke_for_adds_up_to_the_opinion(known: Knowledge) -> None:
    opinion = known.opinion
    here = [f for f in known.describe(known.reader("水管又漏了")) if f in opinion._rows]
    rows = [opinion._rows[feature] for feature in here]
    model, each = opinion._models["intent"], opinion._shares(rows)
    at = model.labels.index("housekeeping")
    awake = model.units(rows, each) > 0
    silent = model.bias[at] + (model.start * awake) @ model.outer[:, at]
    whole = model.bias[at] + model.units(rows, each) @ model.outer[:, at]
    assert silent + model.told(rows, each, "housekeeping").sum() == pytest.approx(whole, abs=1e-3)


def test_a_blurred_text_loses_its_punctuation_and_at_most_one_syllable() -> None:
    assert blurred("好。") == "好"
    text = "明天，给我挂个号！"
    assert blurred(text) == blurred(text)
    assert len(blurred(text)) in (6, 7)


def test_sentences_of_two_requests_are_made_of_two_different_ones() -> None:
    told = [Example(f"叫个车{n}", "taxi") for n in range(20)]
    told += [Example(f"订个饭{n}", "meal") for n in range(20)]
    made = list(joined(told, frozenset({"taxi", "meal"})))
    assert made
    assert all("车" in one.text and "饭" in one.text for one in made)
