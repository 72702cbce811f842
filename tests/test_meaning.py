"""Where the reading that is believed asks for nothing, one that is nearly as likely may."""

from __future__ import annotations

import pytest
from call import Call

from intents.engine import Engine
from intents.types import Heard

CHAT = "今儿太阳好得很"
RIDE = "给我叫个车去人民医院"


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


@pytest.mark.parametrize(
    ("others", "asking"),
    [
        ((RIDE,), "taxi"),
        ((CHAT + "啊", RIDE), "taxi"),
        ((CHAT + "啊", CHAT + "呀", RIDE), None),
        ((), None),
    ],
    ids=["the next", "the one after", "too far down", "none"],
)
def test_the_next_two_readings_may_ask_for_something(
    others: tuple[str, ...], asking: str | None, engine: Engine
) -> None:
    call = Call(engine)(Heard(CHAT, others, 0.9))
    assert call.talk.intent == asking


def test_a_reading_that_asks_for_something_needs_no_other(engine: Engine) -> None:
    call = Call(engine)(Heard(RIDE, ("中午送两份红烧肉",), 0.9))
    assert call.talk.intent == "taxi"
