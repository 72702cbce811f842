"""What a caller hears falls silent for what they say, and is as slow as they are."""

from __future__ import annotations

import numpy as np
from line_desk import Desk, listening, rung, runs, says, until
from own_ears import clip

from voices.types import RATE


def test_speech_into_the_greeting_silences_it_and_counts(desk: Desk) -> None:
    async def story() -> None:
        async with rung(desk) as far:
            await says(desk, far, "我想挂明天上午的内科号")
            assert "FLUSH_MEDIA" in far.commands
            await far.hang_up()

    runs(story)
    assert desk.requests() == [("appointment", "handed_over", True)]


def test_a_caller_who_speaks_slowly_is_spoken_to_slowly(desk: Desk) -> None:
    async def story() -> None:
        async with rung(desk) as far:
            await listening(desk)
            slow = np.repeat(clip("h01-zm_yunxia"), 2)[: 6 * RATE].astype(np.float32)
            desk.script.texts.append("叫个车去人民医院")
            line = desk.line
            far.say(slow)
            await until(lambda: line.taken)
            assert line.voice.pace.factor < 1.0
            await far.hang_up()

    runs(story)
