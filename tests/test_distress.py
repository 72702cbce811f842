"""Words that may be a cry: asked about, believed when borne out, and let go when denied."""

from __future__ import annotations

import pytest
from call import Call

from intents.engine import Engine
from intents.types import Silence

DOUBTFUL = "晾衣裳嘞绳绳拴好了"


class Worried(Engine):
    """An engine that cannot tell whether the words are meant."""

    def emergency(self, text: str) -> tuple[str, str] | None:
        return None if text == DOUBTFUL else super().emergency(text)

    def worry(self, text: str) -> tuple[str, str] | None:
        return ("other", text) if text == DOUBTFUL else None


@pytest.fixture(scope="module", name="engine")
def _engine() -> Worried:
    return Worried.load()


@pytest.fixture(name="call")
def _call(engine: Worried) -> Call:
    return Call(engine)(DOUBTFUL)


def test_who_may_be_in_trouble_is_asked_whether_somebody_shall_come(call: Call) -> None:
    assert "叫人" in call.said
    assert call.outcome is None
    assert call.filed == []


@pytest.mark.parametrize(
    "text", ["要", "好", "要得", "叫嘛", "快点", "快叫人", "不行了", "我站不起来了"]
)
def test_a_yes_is_an_alarm(call: Call, text: str) -> None:
    assert call(text).outcome == "emergency"


def test_those_who_come_are_told_what_was_said_first(call: Call) -> None:
    assert call("要").filed[0].slots["note"] == f"{DOUBTFUL}；要"


def test_silence_is_an_alarm(call: Call) -> None:
    assert call(Silence()).outcome == "emergency"


@pytest.mark.parametrize(
    "text",
    ["不用", "不要叫人", "莫叫", "没事，我讲故事嘞", "不是的", "哪个要你叫人嘛"],
)
def test_a_no_lets_it_rest(call: Call, text: str) -> None:
    call(text)
    assert call.outcome is None
    assert call.talk.asking == "service"
    assert call(Silence()).outcome != "emergency"


def test_another_wish_is_served(call: Call) -> None:
    assert call("不用，给我叫个车").talk.asking == "destination"


def test_who_only_tells_tales_is_asked_twice_at_most(call: Call) -> None:
    call(DOUBTFUL)
    assert "叫人" in call.said
    call(DOUBTFUL)
    assert "叫人" not in call.said


def test_while_something_is_being_taken_nobody_is_asked(engine: Worried) -> None:
    call = Call(engine)("我要叫个车", DOUBTFUL)
    assert "叫人" not in call.said


def test_who_feels_bad_and_falls_silent_is_helped(engine: Worried) -> None:
    call = Call(engine)("有点头晕")
    assert call.outcome is None
    assert call(Silence()).outcome == "emergency"
