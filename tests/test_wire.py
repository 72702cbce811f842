"""A leg as a loudspeaker: a little ahead, silent at once, and never waited for once it is gone."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from ivr.audiosocket import AudioSocketLeg
from ivr.leg import Leg
from ivr.wire import LEAD_S, Wire

SECOND = np.full(24_000, 0.5, np.float32)


class Recorder(AudioSocketLeg):
    """Remembers what it was to play."""

    def __init__(self) -> None:
        Leg.__init__(self, playout=None)  # type: ignore[arg-type]
        self.sound = b""
        self.marks: list[str] = []
        self.flushed = 0
        self.hung_up = False

    def play(self, pcm: bytes, mark: str = "") -> None:
        self.sound += pcm
        if mark:
            self.marks.append(mark)

    def flush(self) -> None:
        self.flushed += 1

    def hang_up(self) -> None:
        self.hung_up = True


def on_a_line(story: Callable[[Wire], None], rate: int = 8_000) -> Recorder:
    """Run a story on a thread of its own, the leg on a loop."""

    async def main() -> Recorder:
        leg = Recorder()
        wire = Wire(leg, rate)
        await asyncio.wait_for(asyncio.to_thread(story, wire), 20)
        await asyncio.sleep(0)
        return leg

    return asyncio.run(main())


def speak(wire: Wire, seconds: float) -> None:
    """As a player does: in blocks of 20 ms."""
    wire.open(24_000)
    for at in range(0, round(24_000 * seconds), 480):
        wire.write(SECOND[at % 24_000 :][:480])


def test_sound_comes_out_whole_at_the_rate_of_the_leg() -> None:
    def story(wire: Wire) -> None:
        speak(wire, 0.5)
        threading.Timer(0.2, wire.played, ("m1",)).start()
        wire.drain()

    leg = on_a_line(story)
    assert len(leg.sound) / 2 == pytest.approx(4_000, abs=40)
    assert leg.marks == ["m1"]


def test_the_player_runs_ahead_of_what_is_heard_but_not_far() -> None:
    def story(wire: Wire) -> None:
        begun = time.monotonic()
        speak(wire, 2.0)
        assert wire.ahead <= LEAD_S + 0.05
        assert time.monotonic() - begun >= 2.0 - LEAD_S - 0.05

    on_a_line(story)


def test_falling_silent_wakes_a_player_that_waits_and_forgets_what_was_not_sent() -> None:
    def story(wire: Wire) -> None:
        wire.open(24_000)
        threading.Timer(0.2, wire.abort).start()
        wire.write(np.tile(SECOND, 60))
        assert wire.ahead == 0.0

    leg = on_a_line(story)
    assert leg.flushed == 1


def test_nobody_waits_for_a_leg_that_is_gone() -> None:
    def story(wire: Wire) -> None:
        wire.dead()
        speak(wire, 5.0)
        wire.drain()
        wire.hang_up()

    assert on_a_line(story).hung_up


def test_a_wire_whose_loop_has_ended_is_quiet() -> None:
    async def main() -> Wire:
        return Wire(Recorder(), 8_000)

    wire = asyncio.run(main())
    wire.open(24_000)
    wire.write(SECOND[:480])
    wire.abort()
    wire.hang_up()
    assert wire.ahead == 0.0
