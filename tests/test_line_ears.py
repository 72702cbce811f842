"""What a caller says and presses: a held key, a hand that shakes."""

from __future__ import annotations

import asyncio

from line_desk import Desk, listening, rung, runs, says, until


def test_while_a_key_is_held_no_sound_comes_and_time_goes_on_all_the_same(desk: Desk) -> None:
    async def story() -> None:
        async with rung(desk) as far:
            await listening(desk)
            listener = desk.line.call.ears.listener
            before = listener.now
            holds = asyncio.create_task(far.press("3", held=600))
            await until(lambda: listener.now - before > 1.5)
            holds.cancel()
            await far.hang_up()

    runs(story)


def test_the_same_key_at_once_again_is_a_tremor_and_no_second_answer(desk: Desk) -> None:
    async def story() -> None:
        async with rung(desk) as far:
            await listening(desk, "service")
            await says(desk, far, "明天早上八点叫个车去人民医院")
            await listening(desk, "confirm")
            await far.press("1", held=0.02)
            await far.press("1", held=0.02)
            await listening(desk, "service")
            await far.hang_up()

    runs(story)
    assert [request[0] for request in desk.requests()] == ["taxi"]
