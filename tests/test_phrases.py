"""The second opinion: hears the order of words, says why, safe when damaged."""

from __future__ import annotations

import json
from math import log
from pathlib import Path

import pytest

from intents.engine import HOME, Engine
from intents.errors import DataError
from intents.knowledge import Knowledge
from intents.phrases import FILE, Phrases, marks, plain
from linli import train_phrases
from linli.bench.intents import DATA, NOW
from linli.phrase_network import learn
from linli.train_opinion import digest


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return Knowledge(HOME, "xinyang", {})


@pytest.fixture(scope="module")
def phrases(known: Knowledge) -> Phrases:
    assert known.phrases is not None
    return known.phrases


@pytest.fixture(scope="module")
def pupil(known: Knowledge) -> Phrases:
    """Has learned from a few sentences that where one goes and where one comes from differ."""
    told = {"从南站去北站": "north", "从北站去南站": "south", "去南站从北站走": "south"}
    told |= {"去北站从南站走": "north", "不去南站去北站": "north", "不去北站去南站": "south"}
    texts = [marks(text, known.senses) for text in told] * 60
    return Phrases(known.senses, learn(texts, list(told.values()) * 60))


def test_what_is_shipped_was_learned_from_the_examples_as_they_are(phrases: Phrases) -> None:
    assert phrases.made_of == digest()


def test_what_is_shipped_is_small() -> None:
    assert FILE.stat().st_size < 2_000_000


def test_the_order_of_words_tells_apart_what_their_runs_do_not(pupil: Phrases) -> None:
    for text, right, wrong in (
        ("我从南站去北站", "north", "south"),
        ("我从北站去南站", "south", "north"),
    ):
        assert pupil(text)[right] > pupil(text)[wrong]


def test_the_same_lessons_give_the_same_weights(known: Knowledge) -> None:
    texts = [marks(text, known.senses) for text in ("车坏了", "坏车了", "饭来了", "来饭了")] * 5
    one, other = (learn(texts, ["a", "b", "c", "d"] * 5) for _ in range(2))
    assert one.vectors.tobytes() == other.vectors.tobytes()
    assert one.outer.tobytes() == other.outer.tobytes()


def test_at_each_character_stand_its_sound_and_the_senses_of_its_words(known: Knowledge) -> None:
    here = marks("水管漏", known.senses)
    assert {"c:水", "s:sui"} <= set(here[0])
    assert "k:leak" in here[2]
    assert "k:leak" not in here[0]


def test_every_text_has_an_opinion_that_adds_up_to_one(phrases: Phrases) -> None:
    for text in ("", "，", "x", "好", "㐀", "帮我叫个车去医院", "水" * 3000):
        assert sum(phrases(text).values()) == pytest.approx(1, abs=1e-3)


def test_pauses_make_no_difference(phrases: Phrases) -> None:
    assert phrases("车，不去了。") == phrases("车不去了")
    assert plain("车，不去了。") == "车不去了"


def test_what_the_phrases_spoke_for_adds_up(phrases: Phrases) -> None:
    text = "打太极那个，我腿不行，不练了"
    likely, labels = phrases(text), phrases._weights.labels
    one, other = labels[0], labels[5]
    score = [
        sum(phrases.told(text, label).values()) + float(phrases._weights.bias[labels.index(label)])
        for label in (one, other)
    ]
    assert score[0] - score[1] == pytest.approx(log(likely[one] / likely[other]), abs=1e-2)
    assert phrases.told(text, "no such intent") == {}


def test_the_reasons_are_phrases_of_the_text(phrases: Phrases) -> None:
    reasons = phrases.why("厕所灯泡憋了，来个人换", "housekeeping")
    assert reasons
    for reason in reasons:
        assert reason.rpartition(" ")[0] in "厕所灯泡憋了来个人换"


def test_alarms_and_answers_do_not_hang_on_the_order_of_words(known: Knowledge) -> None:
    kept = {name for name, service in known.services.items() if service.control} | {"emergency"}
    alarms = (DATA / "alarms.jsonl").read_text("utf-8").splitlines()
    said = [json.loads(line)["text"] for line in alarms]
    for text in (*said, "姓王", "好", "没事了，我好了"):
        reading = known.reader(text)
        alone = known.opinion(known.describe(reading))
        likely = known.likely(reading.text, alone)
        assert {name: likely[name] for name in kept} == {name: alone[name] for name in kept}
        assert sum(likely.values()) == pytest.approx(1, abs=1e-3)
        assert list(likely.values()) == sorted(likely.values(), reverse=True)


def test_where_the_opinion_is_nearly_sure_the_order_of_words_is_not_asked(known: Knowledge) -> None:
    sure = {"taxi": 0.95, "meal": 0.05}
    assert known.likely("帮我订个饭", sure) == sure
    assert known.likely("帮我订个饭", {"taxi": 0.5, "meal": 0.5})["meal"] > 0.5


def test_the_explanation_of_an_utterance_names_the_phrases_that_spoke() -> None:
    why = Engine.load().understand("厕所灯泡憋了，来个人换", NOW).why
    (line,) = (line for line in why if line.startswith("phrases for housekeeping: "))
    assert "灯泡" in line


def test_a_missing_or_damaged_file_names_the_command_that_makes_it_anew(
    known: Knowledge, tmp_path: Path
) -> None:
    broken = tmp_path / "phrases.npz"
    with pytest.raises(DataError, match=r"missing.*train_phrases"):
        Phrases.load(known.senses, broken)
    broken.write_bytes(FILE.read_bytes()[:5000])
    with pytest.raises(DataError, match=r"phrases\.npz.*train_phrases"):
        Phrases.load(known.senses, broken)


def test_what_was_learned_is_nearly_the_same_after_writing_and_reading(
    known: Knowledge, pupil: Phrases, tmp_path: Path
) -> None:
    train_phrases.write(pupil._weights, "digest", tmp_path / "p.npz")
    again = Phrases.load(known.senses, tmp_path / "p.npz")
    assert again.made_of == "digest"
    for text in ("从南站去北站", "去南站", ""):
        assert again(text) == pytest.approx(pupil(text), abs=0.03)
