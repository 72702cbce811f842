"""An elder who cries for help is not spoken over, and is answered all the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from wall import Wall

from linli.withheld import LONGEST_S, Withheld


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def withheld(wall: Wall) -> Withheld:
    def seconds() -> float:
        return wall.time.timestamp()

    return Withheld(seconds)


def test_it_is_said_once_they_have_finished(withheld: Withheld, said: list[str]) -> None:
    withheld.keep(lambda: said.append("calm"))
    withheld.tick()
    assert said == []
    withheld.release()
    withheld.release()
    assert said == ["calm"]


def test_who_cries_on_and_on_is_answered_all_the_same(
    withheld: Withheld, said: list[str], wall: Wall
) -> None:
    withheld.keep(lambda: said.append("calm"))
    wall.time += timedelta(seconds=LONGEST_S + 0.1)
    withheld.tick()
    withheld.tick()
    assert said == ["calm"]


def test_a_better_answer_takes_its_place(withheld: Withheld, said: list[str]) -> None:
    withheld.keep(lambda: said.append("calm"))
    withheld.keep(lambda: said.append("calm, and do not move"))
    withheld.release()
    assert said == ["calm, and do not move"]


def test_nothing_of_the_last_elder_is_said_to_the_next(withheld: Withheld, said: list[str]) -> None:
    withheld.keep(lambda: said.append("calm"))
    withheld.drop()
    withheld.release()
    assert said == []
