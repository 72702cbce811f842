"""What elders mean who do not name it: learned, sure enough, and never against plain words."""

from __future__ import annotations

from pathlib import Path

import pytest

from intents import HOME
from intents.understanding.knowledge import Knowledge
from intents.understanding.opinion import Opinion
from intents.understanding.surmise import FILE, NOTHING, Surmise
from intents.values.slots import Said
from linli.bench.intents import NOW
from linli.learned import write
from linli.network import learn
from linli.train_surmise import digest, slots

LIKELY = 0.6


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return Knowledge(HOME, "xinyang", {})


def _seen(text: str) -> list[str]:
    return [f"c:{char}{number}" for char in text for number in range(8)]


@pytest.fixture
def tiny(tmp_path: Path) -> Surmise:
    """Knows three words: 甲 is 骨科, 丙 is 眼科, 乙 is nothing."""
    values = {"甲": "骨科", "丙": "眼科", "乙": NOTHING}
    learned = learn([_seen(word) for word in values] * 6, [*values.values()] * 6)
    write({"appointment.department": learned}, "", tmp_path / "s.npz")
    (tmp_path / "s.yaml").write_text(f"appointment: {{department: {{alone: {LIKELY}, over: 0.8}}}}")
    opinion = Opinion.load(tmp_path / "s.npz")
    return Surmise(tmp_path / "s.yaml", opinion, _seen)


def test_what_is_shipped_was_learned_from_the_examples_as_they_are() -> None:
    assert Opinion.load(FILE).made_of == digest()


def test_every_slot_with_examples_is_a_slot_and_says_how_sure_it_must_be(known: Knowledge) -> None:
    surmise = known.surmise
    assert {name for name, _ in slots()} == set(surmise.slots)
    for name in surmise.slots:
        intent, _, slot = name.partition(".")
        assert slot in known.services[intent].slots


def test_a_value_is_surmised_where_nothing_was_found(tiny: Surmise) -> None:
    assert tiny("appointment", "department", "甲", None) == "骨科"


def test_a_wording_that_holds_nothing_gives_nothing(tiny: Surmise) -> None:
    assert tiny("appointment", "department", "乙", None) is None


def test_what_was_found_holds_unless_it_is_plainly_doubted(tiny: Surmise) -> None:
    assert tiny("appointment", "department", "甲", "心内科") == "心内科"
    assert tiny("appointment", "department", "甲", "眼科") == "骨科"


def test_a_value_made_up_from_the_words_gives_way_to_one_that_is_known(known: Knowledge) -> None:
    told = known.reader("棉袄拉链坏了").text
    assert known.surmise("housekeeping", "service", told, "修棉袄拉链") == "缝补"
    assert known.surmise("housekeeping", "service", told, None) == "缝补"


def test_other_slots_are_left_as_they_are(tiny: Surmise) -> None:
    assert tiny("taxi", "destination", "甲", None) is None
    assert tiny("taxi", "destination", "甲", "车站") == "车站"


def test_a_request_is_completed_and_keeps_what_it_has(tiny: Surmise) -> None:
    assert tiny.complete("appointment", "甲", {"date": "2026-11-24"}) == {
        "date": "2026-11-24",
        "department": "骨科",
    }
    assert tiny.complete("taxi", "甲", {"date": "2026-11-24"}) == {"date": "2026-11-24"}


def test_an_answer_is_surmised_only_to_its_own_question(known: Knowledge, tiny: Surmise) -> None:
    assert tiny.answer("appointment", "department", "甲") is None
    said = Said("就我一个人过", NOW, "appointment", asked="date")
    assert "department" not in known.follow_up.answer(said, None)
    ails = Said("走路膝盖骨咯吱咯吱响", NOW, "appointment", asked="department")
    assert known.follow_up.answer(ails, None)["department"] == "骨科"
