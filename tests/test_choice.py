"""What is wanted first: a wording that asks, where the opinion lets it, or what is likeliest."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from intents import HOME
from intents.engine import Engine
from intents.understanding.choice import Case, choose
from intents.understanding.cues import Evidence
from intents.understanding.decide import Act, Scene
from intents.understanding.knowledge import Knowledge
from intents.words.reading import Reading
from linli.bench.intents import NOW

NEVER = re.compile(r"\b\B")


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return Knowledge(HOME, "xinyang", {})


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load()


def _choice(known: Knowledge, text: str, likely: Mapping[str, float]) -> str | None:
    """What is chosen for a text when the opinion speaks so."""
    traces = known.traces(text)
    evidence: Mapping[str, Evidence] = known.weigh(traces)
    scene = Scene(evidence, known.services, known.absorbs, known.clauses(traces))
    case = Case(Reading(text, text), evidence, (), likely, scene)
    asked = [
        Act(name, 0, len(text), each.score)
        for name, each in evidence.items()
        if each.asked and name != "out_of_scope"
    ]
    return choose(case, asked, NEVER)


def test_where_no_wording_asks_the_likeliest_is_wanted(known: Knowledge) -> None:
    assert _choice(known, "喔哟", {"meal": 0.6, "out_of_scope": 0.4}) == "meal"
    assert _choice(known, "喔哟", {"out_of_scope": 0.6, "meal": 0.4}) is None


def test_what_a_wording_calls_talk_is_a_request_only_where_that_is_far_likelier(
    known: Knowledge,
) -> None:
    assert _choice(known, "水费贵得很", {"payment_help": 0.52, "out_of_scope": 0.48}) is None
    assert (
        _choice(known, "水费贵得很", {"payment_help": 0.9, "out_of_scope": 0.1}) == "payment_help"
    )


def test_a_person_is_fetched_only_where_the_opinion_is_sure(known: Knowledge) -> None:
    assert _choice(known, "喔哟", {"operator": 0.6, "meal": 0.4}) is None
    assert _choice(known, "喔哟", {"operator": 0.8, "meal": 0.2}) == "operator"


def test_a_wording_is_believed_against_a_service_that_no_wording_names(known: Knowledge) -> None:
    doubted = {"appointment": 0.85, "housekeeping": 0.15}
    assert _choice(known, "帮我约个理发", doubted) == "housekeeping"
    talk = {"out_of_scope": 0.85, "housekeeping": 0.15}
    assert _choice(known, "帮我约个理发", talk) is None


@pytest.mark.parametrize(
    "text", ["帮我约个洗澡", "帮我约个剪头的", "帮我约个助浴", "帮我约个修脚", "帮我约个理发"]
)
def test_what_is_done_at_home_is_no_visit_to_a_doctor(engine: Engine, text: str) -> None:
    assert [one.name for one in engine.understand(text, NOW).intents] == ["housekeeping"]


@pytest.mark.parametrize("text", ["我姓王", "俺姓李", "免贵姓赵", "我姓朱", "姓张"])
def test_a_name_that_is_told_is_no_answer_and_no_request(engine: Engine, text: str) -> None:
    assert [one.name for one in engine.understand(text, NOW).intents] == ["out_of_scope"]


@pytest.mark.parametrize(
    "text",
    ["明天去医院看病", "我想明天上午去人民医院看病", "我要去医院看病", "后天想去中医院看看病"],
)
def test_who_goes_to_see_a_doctor_wants_a_doctor_first(engine: Engine, text: str) -> None:
    assert engine.understand(text, NOW).first.name == "appointment"


@pytest.mark.parametrize("text", ["明天上午送我去人民医院看病", "叫个车，我去医院看病"])
def test_who_asks_for_a_car_to_the_doctor_gets_a_car(engine: Engine, text: str) -> None:
    assert "taxi" in [one.name for one in engine.understand(text, NOW).intents]
