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
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np

from intents.types import Chose, Heard
from linli import samples
from linli.clips import Clip
from linli.limits import limit
from linli.phone import Phone
from linli.phone_serve import workers
from linli.pool import Pool, Voice
from linli.score import median_and_p95, share
from linli.stage import Station
from linli.wiring import load_settings
from station.ledger import Ledger
from voices.types import RATE, Pcm

from .ringing import (
    LONGEST_S,
    House,
    answer_after,
    asked,
    load_now,
    requests,
    ringing,
    sentences,
)
from .row import Row


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
        recordings = replace(settings.kept_recordings(), folder=folder / "recordings")
        station = over.enter_context(
            Station(settings, ledger, pool=pool, voice=voice, recordings=recordings)
        )
        phone = Phone(station)
        phone.warm_up()
        pool.ready()
        return asyncio.run(_measure(House(phone, station, pool), quick=quick))


async def _measure(house: House, *, quick: bool) -> list[Row]:
    rows = await _alone(house, 6 if quick else 30)
    rows += await _whole(house, 4 if quick else 7)
    rows += await _numbers(house, 3 if quick else 12)
    rows += await _eight(house, 1 if quick else 4)
    rows += await _barge_in(house, 4 if quick else 20)
    rows += await _keys(house, 10 if quick else 100)
    rows += await _idle(house, 10 if quick else 50)
    rows += await _memory(house, 20 if quick else 200)
    rows += await _intents(house, 12 if quick else 150)
    return rows


async def _one(house: House, pcm: Pcm) -> float:
    async with ringing(house) as (caller, line):
        await asked(line)
        return await answer_after(caller, pcm)


async def _alone(house: House, n: int) -> list[Row]:
    first, open_question, waits = [], [], []
    for clip in sentences()[:n]:
        begun = time.monotonic()
        async with ringing(house) as (caller, line):
            await asked(line)
            open_question.append(time.monotonic() - begun)
            first.append(caller.loud_at[0] - begun)
            waits.append(await answer_after(caller, clip.pcm()))
    median, p95 = median_and_p95(waits)
    sound, sound95 = median_and_p95(first)
    _, question95 = median_and_p95(open_question)
    note = load_now()
    return [
        _row("first sound of the greeting, p95", sound95, limit("phone.first_sound_s"), n, note),
        _row("open question asked, p95", question95, limit("phone.open_question_s"), n, note),
        _row("end of speech → answer, one call, p50", median, limit("phone.answer_s"), n, note),
        _row("end of speech → answer, one call, p95", p95, 2.0, n, f"{note}, greeting {sound:.2f}"),
    ]


async def _whole(house: House, n: int) -> list[Row]:
    """Sample calls from greeting to good-bye, alone: every answer counts, not only the first."""
    waits = []
    for sample in samples.load()[:n]:
        elder = samples.Caller(sample)
        async with ringing(house) as (caller, line):
            while not line.over and elder.has_more(slot := await asked(line)):
                if said := elder.answer(slot):
                    waits.append(await answer_after(caller, said[1]))
    median, p95 = median_and_p95(waits)
    note = f"{n} calls, {load_now()}"
    return [
        _row("… every turn of whole calls, p50", median, limit("phone.answer_s"), len(waits), note),
        _row("… every turn of whole calls, p95", p95, 2.0, len(waits), note),
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
    return [_row("barge-in → silent, p95", p95, limit("phone.hushed_s"), n, note)]


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
    hardest = [(clip, clip.id.split(".")[0]) for clip in requests()[:n]]
    ordinary = [(clip, wanted) for clip in sentences() if (wanted := _plain(house, clip))][:n]
    samples = [(pcm, _plain(house, text)) for text, pcm in _samples()]
    return [
        await _share(house, "sample calls", samples),
        await _share(house, "ordinary sentences", [(c.pcm(), wanted) for c, wanted in ordinary]),
        await _share(house, "hardest wordings", [(clip.pcm(), wanted) for clip, wanted in hardest]),
    ]


def _samples() -> Iterator[tuple[str, Pcm]]:
    """What the sample callers want, in their own voices."""
    for sample in samples.load():
        said = samples.Caller(sample).answer("service")
        if said is not None:
            yield said


def _plain(house: House, clip: Clip | str) -> str:
    """What a sentence asks for, read instead of heard; empty for what asks for nothing."""
    text = clip if isinstance(clip, str) else clip.text
    name = house.station.engine.understand(text, house.station.clock()).first.name
    return "" if name in {"out_of_scope", "repeat", "no", "yes"} else name


async def _share(house: House, what: str, said: Sequence[tuple[Pcm, str]]) -> Row:
    right = 0
    for at in range(0, len(said), 2):
        pair = said[at : at + 2]
        right += sum(await asyncio.gather(*(_understood(house, *each) for each in pair)))
    found = share(right, len(said))
    note = f"95 % {found}, {load_now()}"
    reached = found.percent >= 90
    return Row(
        f"intent over the line, {what}", found.percent, "%", "≥ 90", reached, len(said), note
    )


async def _understood(house: House, pcm: Pcm, wanted: str) -> bool:
    engine = house.station.engine
    async with ringing(house) as (caller, line):
        while len(caller.loud_at) < 10:
            await asyncio.sleep(0.01)
        await answer_after(caller, pcm)
        until = time.monotonic() + LONGEST_S  # on a busy machine the first sound is 您稍等
        while not line.taken and time.monotonic() < until:
            await asyncio.sleep(0.05)
        event = line.last
    if isinstance(event, Chose):
        return bool(event.value == wanted)
    if not isinstance(event, Heard):
        return False
    meant = engine.understand(event.text, house.station.clock())
    return wanted in {intent.name for intent in meant.intents}


def _row(what: str, value: float, most: float, n: int, note: str) -> Row:
    return Row(what, round(value, 3), "s", f"≤ {most:g}", value <= most, n, note)
