"""How a call leaves Linli: to a person while one is there, to a message where none is."""

from __future__ import annotations

from line_desk import NINE, Desk, rung, runs, until


def test_a_key_silences_the_greeting_and_zero_fetches_a_person(desk: Desk) -> None:
    async def story() -> None:
        async with rung(desk) as far:
            await far.press("0")
            await until(lambda: "FLUSH_MEDIA" in far.commands)
            await far.ended()

    runs(story)
    assert desk.switch.told == [("1763800000.1", "operator", False)]
    assert desk.requests() == [("operator", "handed_over", False)]


def test_out_of_hours_a_wish_for_a_person_becomes_a_message(desk: Desk) -> None:
    desk.now = NINE.replace(hour=22)

    async def story() -> None:
        async with rung(desk) as far:
            await far.press("0")
            await far.ended()

    runs(story)
    assert [told[1] for told in desk.switch.told] == ["message"]
