"""While nothing is being taken: what begins a matter, and what ends the talk."""

from __future__ import annotations

import pytest
from call import TAXI, Call

from intents.engine import Engine


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


@pytest.mark.parametrize("text", ["没得了，把你们麻烦了", "没有了，麻烦你们了", "没了，就这"])
def test_thanks_at_the_end_are_no_wish(engine: Engine, text: str) -> None:
    call = Call(engine, requests=[TAXI])("明天那个车不要了", "对", text)
    assert [filed.status for filed in call.filed] == ["cancelled"]
    assert call.talk.asking is None


def test_who_says_that_is_all_and_then_asks_for_more_is_heard(engine: Engine) -> None:
    call = Call(engine, requests=[TAXI])("明天那个车不要了", "对", "没了，哦，再给我挂个骨科的号")
    assert call.talk.intent == "appointment"


def test_a_fright_about_a_thing_is_no_ailment(engine: Engine) -> None:
    assert Call(engine)("灯泡炸了，吓我一跳").talk.intent is None
