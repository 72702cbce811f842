"""What is heard at a screen concerns the talk, or it does not."""

from __future__ import annotations

import pytest

from intents.types import Alert, Ask, Heard, Noise, Silence
from linli.heed import Heed
from linli.session import Turn

ALARM = Turn(alerts=(Alert("fall", "我摔倒了"),), ask=Ask("place"))


@pytest.fixture
def heed() -> Heed:
    return Heed()


def test_who_thinks_is_left_to_think_and_a_word_always_counts(heed: Heed) -> None:
    assert not heed.concerns(Silence())
    assert heed.concerns(Heard("叫个车"))


def test_a_noise_is_asked_about_once_a_question(heed: Heed) -> None:
    assert [heed.concerns(Noise()) for _ in range(3)] == [True, False, False]
    heed.answered(Turn(ask=Ask("destination")))
    assert heed.concerns(Noise())


def test_in_an_emergency_everything_counts_until_the_talk_is_open_again(heed: Heed) -> None:
    heed.answered(ALARM)
    for event in (Silence(), Noise(), Noise()):
        assert heed.concerns(event)
    heed.answered(Turn(ask=Ask("state")))
    assert heed.concerns(Silence())
    heed.answered(Turn(ask=Ask("service")))
    assert not heed.concerns(Silence())
