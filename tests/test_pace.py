"""Who speaks slowly is spoken to slowly; nobody is hurried."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from linli.pace import SLOWEST, Pace

SENTENCE = "我想明天上午挂个内科的号"


def test_a_slow_speaker_is_spoken_to_slower_step_by_step() -> None:
    pace = Pace()
    steps = [pace.heard(SENTENCE, 5.0) for _ in range(6)]
    assert steps == sorted(steps, reverse=True)
    assert steps[0] > steps[-1] >= SLOWEST


def test_a_quick_speaker_is_not_hurried() -> None:
    assert Pace().heard(SENTENCE, 1.5) == 1.0


def test_whoever_gets_quicker_is_followed_back() -> None:
    pace = Pace(SLOWEST)
    assert pace.heard(SENTENCE, 2.0) > SLOWEST


def test_a_short_answer_says_nothing() -> None:
    assert Pace().heard("好。", 4.0) == 1.0


@given(st.lists(st.tuples(st.text(max_size=40), st.floats(0, 60))))
def test_it_stays_within_its_bounds(talk: list[tuple[str, float]]) -> None:
    pace = Pace()
    for text, seconds in talk:
        assert SLOWEST <= pace.heard(text, seconds) <= 1.0
