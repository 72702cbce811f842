"""A caller without a network at a real line: what goes in is timed against what comes out."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import numpy as np

from ivr.leg import Digit, Ended, Event, Leg, Played, Sound, Started
from ivr.playout import Mark, Playout
from linli.clips import CLIPS, Clip, load
from linli.line import Line
from linli.phone import Phone
from linli.pool import Pool
from linli.stage import Station
from voices.audio import PHONE_RATE, resample, to_pcm16
from voices.types import RATE, Pcm

FRAME_S = 0.02
LOUD = 300
"""A sample beyond this is no silence."""
LONGEST_S = 20.0


class Caller(Leg):
    """A leg without a network: the caller's voice goes in, what they hear is timed."""

    transport = "bench"

    def __init__(self) -> None:
        super().__init__(Playout(PHONE_RATE, piece=FRAME_S, ahead=FRAME_S, idle=FRAME_S))
        self.loud_at: list[float] = []
        """When something of ours was heard."""
        self.talking_until = 0.0
        """When the caller's last word ends."""
        self._queue: asyncio.Queue[Event] = asyncio.Queue()
        self._voice = b""
        self._gone = False

    async def events(self) -> AsyncIterator[Event]:
        """What a far end brings, frame by frame."""
        while not isinstance(event := await self._queue.get(), Ended):
            yield event
        yield event

    def say(self, pcm: Pcm) -> float:
        """Speak from now on; gives the seconds it takes."""
        self._voice += to_pcm16(resample(pcm, RATE, PHONE_RATE))
        length = len(pcm) / RATE
        self.talking_until = time.monotonic() + length
        return length

    def press(self, key: str) -> None:
        """Press a key."""
        self._queue.put_nowait(Digit(key))

    def leave(self) -> None:
        """Hang up."""
        self._gone = True
        self._queue.put_nowait(Ended("hung_up"))

    async def keep_time(self) -> None:
        """A frame every 20 ms, silence where nothing is said."""
        size, due = round(PHONE_RATE * FRAME_S) * 2, time.monotonic()
        while not self._gone:
            due += FRAME_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            frame, self._voice = self._voice[:size], self._voice[size:]
            self._queue.put_nowait(Sound(frame.ljust(size, b"\0")))

    async def _send_sound(self, pcm: bytes) -> None:
        if np.abs(np.frombuffer(pcm, "<i2").astype(np.int32)).max(initial=0) > LOUD:
            self.loud_at.append(time.monotonic())

    async def _send_mark(self, mark: Mark) -> None:
        self._queue.put_nowait(Played(mark.name))

    async def _send_answer(self) -> None:
        """Nothing to tell."""

    async def _send_flush(self) -> None:
        """Nothing was sent ahead."""

    async def _send_end(self) -> None:
        self.leave()


@dataclass(slots=True)
class House:
    """A station that answers telephones."""

    phone: Phone
    station: Station
    pool: Pool
    count: int = field(default=0)


@asynccontextmanager
async def ringing(house: House) -> AsyncIterator[tuple[Caller, Line]]:
    """One call, from ringing to hanging up."""
    caller = Caller()
    house.count += 1
    before = set(house.phone.lines)
    started = Started(PHONE_RATE, f"bench-{house.count}", f"1380000{house.count:04d}", "100")
    tasks = [
        asyncio.create_task(caller.keep_time()),
        asyncio.create_task(caller.write()),
        asyncio.create_task(house.phone.answer(caller, started, caller.events())),
    ]
    while not (new := house.phone.lines - before):
        await asyncio.sleep(0.005)
    line = next(each for each in new if each.call_id == started.call_id)
    try:
        yield caller, line
    finally:
        caller.leave()
        await tasks[2]
        for task in tasks[:2]:
            task.cancel()


async def asked(line: Line, seconds: float = LONGEST_S) -> str:
    """Wait until something is asked and Linli is silent."""
    until = time.monotonic() + seconds
    while line.asks is None and time.monotonic() < until:
        await asyncio.sleep(0.01)
    return line.asks or ""


async def answer_after(caller: Caller, pcm: Pcm) -> float:
    """Seconds from the caller's last voice to the first sound of the answer."""
    last = voiced_until(pcm)
    begun = time.monotonic()
    await asyncio.sleep(caller.say(pcm))
    end = begun + last
    until = end + LONGEST_S
    while time.monotonic() < until:
        answered = next((at for at in caller.loud_at if at > end), None)
        if answered is not None:
            return answered - end
        await asyncio.sleep(0.01)
    return LONGEST_S


def voiced_until(pcm: Pcm) -> float:
    """Seconds at which the last voice of a clip ends."""
    loud = np.flatnonzero(np.abs(pcm) > 0.02)
    return float(loud[-1] / RATE) if len(loud) else 0.0


def load_now() -> str:
    """How busy the machine is beside us."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def requests() -> list[Clip]:
    """Spoken requests, in a fixed order that mixes voices and services."""
    return sorted(load(CLIPS / "requests" / "manifest.json"), key=lambda clip: clip.sha256)


def sentences() -> list[Clip]:
    """What callers usually say, in a fixed order that mixes voices and sentences."""
    return sorted(load(CLIPS / "hearing" / "manifest.json"), key=lambda clip: clip.sha256)
