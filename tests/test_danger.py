"""The second judge of danger: learned from the examples as they are, and counts half."""

from __future__ import annotations

from math import isclose, log
from pathlib import Path

import pytest

from intents.understanding.danger import FILE, PART, Danger
from intents.understanding.opinion import Opinion
from linli.learned import write
from linli.network import learn
from linli.train_danger import digest, label, talk


@pytest.fixture(scope="module", name="danger")
def _danger(tmp_path_factory: pytest.TempPathFactory) -> Danger:
    """Knows three characters: 甲 is an emergency, 乙 is talk, 丙 a request."""
    path: Path = tmp_path_factory.mktemp("danger") / "d.npz"
    rows = [[f"c:{char}{n}" for n in range(8)] for char in "甲乙丙"]
    write({PART: learn(rows * 6, ["emergency", "out_of_scope", "request"] * 6)}, "", path)
    return Danger(Opinion.load(path))


def features(char: str) -> list[str]:
    return [f"c:{char}{n}" for n in range(8)]


def test_what_is_shipped_was_learned_from_the_examples_as_they_are() -> None:
    assert Opinion.load(FILE).made_of == digest()


def test_everything_is_an_emergency_talk_or_a_request() -> None:
    assert [label(name) for name in ("emergency", "out_of_scope", "taxi", "yes")] == [
        "emergency",
        "out_of_scope",
        "request",
        "request",
    ]


def test_there_is_far_more_talk_than_the_opinion_learns_from() -> None:
    told = [example.text for example in talk()]
    assert len(told) > 15_000
    assert len(set(told)) > 0.98 * len(told)


def test_it_tells_danger_from_talk(danger: Danger) -> None:
    assert danger(features("甲")) > 0.8
    assert danger(features("乙")) < 0.2


def test_a_tale_is_no_request(danger: Danger) -> None:
    assert danger.tale(features("乙"))
    assert not danger.tale(features("甲"))
    assert not danger.tale(features("丙"))


def test_the_second_judge_counts_half(danger: Danger) -> None:
    second = danger(features("乙"))
    odds = [log(chance / (1 - chance)) for chance in (0.9, second)]
    assert isclose(danger.together(0.9, features("乙")), (odds[0] + odds[1] / 2) / 1.5)


@pytest.mark.parametrize("first", [0.0, 1.0])
def test_no_judge_is_ever_so_sure_that_the_other_is_not_heard(danger: Danger, first: float) -> None:
    assert danger.together(first, features("甲")) > danger.together(first, features("乙"))
