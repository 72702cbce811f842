"""Telephone: how soon the line answers, falls silent and understands, alone and with many talking.

Callers are the far end of Asterisk's own protocol (8 kHz, 20 ms frames in real time) at a server
with real ears, mouth and conversation; the way through Asterisk adds its 20–60 ms.
"""

from __future__ import annotations

import asyncio
import gc
import os
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from intents.types import Chose, Heard
from ivr.leg import Digit, Ended, Event, Leg, Played, Sound, Started
from ivr.playout import Mark, Playout
from linli.clips import CLIPS, Clip, load
from linli.limits import limit
from linli.line import Line
from linli.phone import Phone
from linli.phone_serve import workers
from linli.pool import Pool, Voice
from linli.score import median_and_p95, share
from linli.stage import Station
from linli.wiring import load_settings
from station.ledger import Ledger
from voices.audio import PHONE_RATE, resample, to_pcm16
from voices.types import RATE, Pcm

from .row import Row

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


def run(quick: bool) -> list[Row]:
    """Answers alone and among eight, barge-in, keys, idle calls, memory, intents."""
    with ExitStack() as over:
        settings = load_settings()
        folder = Path(over.enter_context(tempfile.TemporaryDirectory()))
        pool = Pool("whisper", workers())
        over.callback(pool.close)
        voice = Voice(settings.speech.voice)
        over.callback(voice.close)
        ledger = Ledger.open(folder / "ledger.db")
        station = over.enter_context(Station(settings, ledger, pool=pool, voice=voice))
        phone = Phone(station)
        phone.warm_up()
        pool.ready()
        return asyncio.run(_measure(House(phone, station, pool), quick=quick))


async def _measure(house: House, *, quick: bool) -> list[Row]:
    rows = await _alone(house, 6 if quick else 30)
    rows += await _numbers(house, 3 if quick else 12)
    rows += await _eight(house, 1 if quick else 4)
    rows += await _barge_in(house, 4 if quick else 20)
    rows += await _keys(house, 10 if quick else 100)
    rows += await _idle(house, 10 if quick else 50)
    rows += await _memory(house, 20 if quick else 200)
    rows += await _intents(house, 12 if quick else 150)
    return rows


def load_now() -> str:
    """How busy the machine is beside us."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def requests() -> list[Clip]:
    """Spoken requests, in a fixed order that mixes voices and services."""
    return sorted(load(CLIPS / "requests" / "manifest.json"), key=lambda clip: clip.sha256)


async def _one(house: House, pcm: Pcm) -> float:
    async with ringing(house) as (caller, line):
        await asked(line)
        return await answer_after(caller, pcm)


def sentences() -> list[Clip]:
    """What callers usually say, in a fixed order that mixes voices and sentences."""
    return sorted(load(CLIPS / "hearing" / "manifest.json"), key=lambda clip: clip.sha256)


async def _alone(house: House, n: int) -> list[Row]:
    first, waits = [], []
    for clip in sentences()[:n]:
        begun = time.monotonic()
        async with ringing(house) as (caller, line):
            await asked(line)
            first.append(caller.loud_at[0] - begun)
            waits.append(await answer_after(caller, clip.pcm()))
    median, p95 = median_and_p95(waits)
    sound, sound95 = median_and_p95(first)
    note = load_now()
    return [
        _row("first sound of the greeting, p95", sound95, limit("phone.first_sound_s"), n, note),
        _row("end of speech → answer, one call, p50", median, 1.5, n, note),
        _row("end of speech → answer, one call, p95", p95, 2.0, n, f"{note}, greeting {sound:.2f}"),
    ]


async def _numbers(house: House, n: int) -> list[Row]:
    """After a question for a place: there is more patience."""
    waits = []
    for clip in sentences()[:n]:
        async with ringing(house) as (caller, line):
            await asked(line)
            line.call.ears.listener.expect("address")
            waits.append(await answer_after(caller, clip.pcm()))
    _, p95 = median_and_p95(waits)
    return [_row("end of speech → answer, addresses, p95", p95, 3.2, n, load_now())]


async def _eight(house: House, rounds: int) -> list[Row]:
    clips, waits = sentences(), []
    for number in range(rounds):
        chosen = clips[8 * number : 8 * number + 8]
        waits += await asyncio.gather(*(_one(house, clip.pcm()) for clip in chosen))
    median, p95 = median_and_p95(waits)
    note = f"p50 {median:.2f} s, {load_now()}"
    return [_row("end of speech → answer, 8 talking, p95", p95, 3.5, len(waits), note)]


async def _barge_in(house: House, n: int) -> list[Row]:
    """From the moment enough was said to take the floor until nothing of ours is heard."""
    late, whole = [], []
    for clip in sentences()[:n]:
        async with ringing(house) as (caller, line):
            while len(caller.loud_at) < 25:
                await asyncio.sleep(0.01)
            pcm = clip.pcm()
            begun = time.monotonic() + float(np.flatnonzero(np.abs(pcm) > 0.02)[0] / RATE)
            await asyncio.sleep(caller.say(pcm))
            stopped = [at for at in caller.loud_at if at < begun + 3][-1]
            whole.append(stopped - begun)
            late.append(max(0.0, stopped - line.interrupted_at) if line.interrupted_at else 3.0)
    _, p95 = median_and_p95(late)
    median, worst = median_and_p95(whole)
    note = f"first voice → silence p50 {median:.2f} s, p95 {worst:.2f} s, {load_now()}"
    return [_row("barge-in → silent, p95", p95, limit("phone.silent_s"), n, note)]


async def _keys(house: House, n: int) -> list[Row]:
    """Every key silences the prompt and reaches the conversation."""
    got = 0
    async with ringing(house) as (caller, line):
        for number in range(n):
            await asyncio.sleep(limit("phone.key_again_s") / 2)
            before = line.taken
            caller.press("*" if number % 2 else "4" if number % 4 else "*")
            until = time.monotonic() + 3
            while line.taken == before and time.monotonic() < until:
                await asyncio.sleep(0.005)
            got += line.taken > before
    found = share(got, n)
    return [Row("keys that arrived", found.percent, "%", "100", got == n, n, load_now())]


async def _idle(house: House, n: int) -> list[Row]:
    """Calls that say nothing: all stay, and one who speaks among them is answered."""
    async with asyncio.TaskGroup() as group:
        waiting, done = asyncio.Event(), []

        async def idle() -> None:
            async with ringing(house) as (_, line):
                await waiting.wait()
                done.append(not line.over)

        for _ in range(n):
            group.create_task(idle())
            await asyncio.sleep(0.05)
        await asyncio.sleep(10)  # all greetings are over
        begun, used = time.monotonic(), time.process_time()
        wait = await _one(house, requests()[0].pcm())
        busy = (time.process_time() - used) / (time.monotonic() - begun)
        waiting.set()
    note = (
        f"a request among them answered after {wait:.2f} s; server and its {n} callers use "
        f"{busy:.0%} of a core; {load_now()}"
    )
    lost = n - sum(done)
    return [Row(f"calls lost of {n} idle ones", lost, "count", "0", lost == 0, n, note)]


async def _memory(house: House, n: int) -> list[Row]:
    """Short calls one after the other, accelerated: what stays behind."""

    async def short() -> None:
        async with ringing(house) as (caller, _):
            while not caller.loud_at:
                await asyncio.sleep(0.005)

    for _ in range(10):
        await short()
    gc.collect()
    before = _resident_mb()
    for _ in range(n):
        await short()
    gc.collect()
    slope = (_resident_mb() - before) / n * 1000
    return [Row("memory a thousand calls", slope, "MB", "≤ 20", slope <= 20, n, load_now())]


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def _intents(house: House, n: int) -> list[Row]:
    """Requests spoken into the greeting: is the service understood that the clip asks for?"""
    clips, right = requests()[:n], 0
    for at in range(0, len(clips), 2):
        pair = clips[at : at + 2]
        right += sum(await asyncio.gather(*(_understood(house, clip) for clip in pair)))
    found = share(right, len(clips))
    reached = found.percent >= 90
    note = f"95 % {found}, {load_now()}"
    return [Row("intent over the line", found.percent, "%", "≥ 90", reached, len(clips), note)]


async def _understood(house: House, clip: Clip) -> bool:
    wanted, engine = clip.id.split(".")[0], house.station.engine
    async with ringing(house) as (caller, line):
        while len(caller.loud_at) < 10:
            await asyncio.sleep(0.01)
        await answer_after(caller, clip.pcm())
        event = line.last
    if isinstance(event, Chose):
        return bool(event.value == wanted)
    if not isinstance(event, Heard):
        return False
    meant = engine.understand(event.text, house.station.clock())
    return wanted in {intent.name for intent in meant.intents}


def _row(what: str, value: float, most: float, n: int, note: str) -> Row:
    return Row(what, round(value, 3), "s", f"≤ {most:g}", value <= most, n, note)
