"""What does not come on a line: the caller is asked to wait, then gets a person."""

from __future__ import annotations

import threading
import time

import pytest
from line_desk import SPOKEN, Desk, listening, other_limits, rung, runs, until
from own_ears import Scripted

from voices.types import Transcript


def test_a_call_whose_thread_hangs_is_given_to_a_person_with_a_clear_sentence(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_limits(monkeypatch, hold_on_s=0.5, lost_s=3.0)
    stuck = threading.Event()

    async def story() -> None:
        async with rung(desk) as far:
            await listening(desk, "service")
            line = desk.line
            monkeypatch.setattr(line.call.session, "receive", lambda _: stuck.wait(60))
            await far.press("5")
            await until(lambda: line.quiet_s > 1)
            await far.spoken_to()  # it is asked to wait
            await far.ended()
            assert not desk.phone.well
            stuck.set()

    runs(story)
    assert desk.phone.well
    assert desk.switch.told == []  # untold, the dialplan rings a person


def test_a_call_that_was_given_away_is_let_go_and_does_not_count_as_hanging(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_limits(monkeypatch, hold_on_s=0.5, lost_s=2.0)
    decoded = threading.Event()

    async def story() -> None:
        async with rung(desk) as far:
            await listening(desk, "service")
            line, close = desk.line, desk.line.call.ears.listener.close

            def late() -> None:  # a text nobody needs any more is still being decoded
                decoded.wait(60)
                close()

            monkeypatch.setattr(line.call.ears.listener, "close", late)
            await far.press("0")
            await far.ended()
            assert line.over
            assert desk.phone.well
            decoded.set()

    runs(story)
    assert [told[1] for told in desk.switch.told] == ["operator"]


def test_a_text_that_is_late_is_asked_to_be_waited_for_and_a_lost_one_fetches_a_person(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_limits(monkeypatch, hold_on_s=0.3, lost_s=2.5)
    real = Scripted.finish

    def slow(script: Scripted) -> Transcript:
        time.sleep(4)
        return real(script)

    monkeypatch.setattr(Scripted, "finish", slow)

    async def story() -> None:
        async with rung(desk) as far:
            await listening(desk)
            far.say(SPOKEN)
            await until(lambda: desk.line.call.ears.listener.thinking)
            await far.spoken_to()
            await far.ended()

    runs(story)
    assert [told[1] for told in desk.switch.told] == ["operator"]
