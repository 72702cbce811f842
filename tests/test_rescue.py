"""An emergency on the line: people are rung, and Linli stays with the caller until one comes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from far_end import FarEnd
from line_desk import NINE, SPOKEN, Desk, listening, other_limits, rung, runs, says, until
from own_mouth import tone

from ivr.events import Helped

WHERE = "东边头一间，窗户朝着马路的"


@pytest.fixture
def nobody_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is rung takes longer than the test lasts: nobody answers, nobody is rung again."""
    other_limits(monkeypatch, person_answers_s=600)


@asynccontextmanager
async def in_need(desk: Desk) -> AsyncIterator[FarEnd]:
    """Somebody rings and presses 9 at once."""
    async with rung(desk) as far:
        await far.press("9")
        yield far


def test_nine_raises_an_alarm_by_day_and_by_night_and_without_linlis_help_a_person_is_rung(
    desk: Desk,
) -> None:
    desk.now, desk.switch.someone = NINE.replace(hour=3), False

    async def story() -> None:
        async with in_need(desk) as far:
            await far.ended()

    runs(story)
    assert desk.requests() == [("emergency", "emergency", False)]
    assert desk.switch.told == [("1763800000.1", "operator", True)]


def test_in_an_emergency_linli_stays_rings_again_listens_and_falls_silent_for_who_comes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_limits(monkeypatch, person_answers_s=4.0)

    async def story() -> None:
        async with in_need(desk) as far:
            await listening(desk, "place")
            await says(desk, far, "我在厨房里")
            await until(lambda: len(desk.switch.fetched) > 1, 30)
            assert set(desk.switch.fetched) == {"1763800000.1"}
            assert not far.over
            desk.phone.told(Helped("1763800000.1"))
            await far.silent()
            await far.hang_up()

    runs(story)
    (request,) = desk.station.ledger.requests()
    assert (request.intent, request.kind) == ("emergency", "emergency")
    assert "我在厨房里" in request.note
    assert (desk.switch.told, desk.switch.alarms) == ([], [])


@pytest.mark.usefixtures("nobody_comes")
def test_what_a_caller_says_into_the_calming_words_is_written_down_for_those_who_come(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with rung(desk) as far:
            await listening(desk)
            monkeypatch.setattr("own_mouth.tone", lambda text, s, rate: tone(text, 3 * s, rate))
            await far.press("9")
            await until(lambda: desk.switch.fetched and desk.line.voice.playing)
            desk.script.texts.append(WHERE)
            before = desk.line.taken
            far.say(SPOKEN[: len(SPOKEN) // 2])
            await until(lambda: desk.line.taken > before or not desk.line.voice.playing)
            assert desk.line.taken > before
            await far.hang_up()

    runs(story)
    (request,) = desk.station.ledger.requests()
    assert WHERE in request.note


@pytest.mark.usefixtures("nobody_comes")
def test_who_says_nothing_in_an_emergency_is_spoken_to_on_and_on(desk: Desk) -> None:
    async def story() -> None:
        async with in_need(desk) as far:
            for asked in ("place", "state"):
                await listening(desk, asked)
            assert not far.over
            await far.hang_up()

    runs(story)
    assert desk.switch.alarms == ["1763800000.1"]  # the line is dead: those who come must know


def test_a_cry_for_help_from_somebody_who_then_hangs_up_still_rings_staff(desk: Desk) -> None:
    async def story() -> None:
        async with rung(desk) as far:
            await listening(desk)
            desk.script.texts.append("快来人啊我摔倒了起不来")
            far.say(SPOKEN)
            await until(lambda: desk.line.call.ears.listener.speaking)
            await far.hang_up()

    runs(story)
    assert desk.requests() == [("emergency", "emergency", False)]
    assert desk.switch.alarms == ["1763800000.1"]
