"""The kiosk: how soon a touch is seen, how soon it starts, whether it forgets.

Touches are measured while the recogniser works on a caller's speech, from the
moment the event is there to the moment the changed screen is shown.
"""

from __future__ import annotations

import gc
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psutil

from kiosk.limits import limits
from kiosk.presenter import Presenter
from kiosk.words import words
from station import clock
from station.ledger import Ledger
from station.settings import Settings
from voices.player import Player
from voices.sinks import NullSink
from voices.types import Pcm

from ..attendant import Attendant
from ..hearing_from import CallerEar
from ..kiosk import glass_of, look_of, quiet_pygame
from ..mouths import load_mouth
from ..paths import MODELS
from ..rehearsal import Rehearsal
from ..samples import load
from ..stage import Station
from ..wiring import load_engine
from .row import Row

if TYPE_CHECKING:
    from kiosk.window import Window

NOW: Final = datetime(2026, 11, 23, 9, 5, tzinfo=timezone(timedelta(hours=8)))
FRAME: Final = 1 / 30
_FIRST = """
import linli.cli
from linli.coming import Coming
from linli.kiosk import show
from station.settings import Settings
show(Settings.load(None), Coming(lambda: None), until=lambda: True)
"""
_BUSY = "while True: sum(range(100_000))"


def run(quick: bool) -> list[Row]:
    """Start, touch, silence, memory."""
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    quiet_pygame()
    # Memory before touches: the models of a whole station would blur it.
    times = 3 if quick else 10
    return [
        _start(times, busy=0),
        _start(times, busy=3),
        *_memory(quick),
        *_touches(20 if quick else 150),
    ]


def _start(times: int, busy: int) -> Row:
    """From the command to the first screen, in processes of their own, beside `busy` others.

    The first start after an installation compiles every module; it is not counted.
    """
    took = []
    others = [subprocess.Popen([sys.executable, "-c", _BUSY]) for _ in range(busy)]
    try:
        with tempfile.TemporaryDirectory() as compiled:
            environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
            for _ in range(times + 1):
                began = time.perf_counter()
                subprocess.run([sys.executable, "-c", _FIRST], check=True, env=environment)
                took.append(time.perf_counter() - began)
    finally:
        for other in others:
            other.kill()
            other.wait()
    first, *rest = took
    target, worst = limits().start_s, max(rest)
    beside = f" beside {busy} programs that never rest" if busy else ""
    note = f"p50 {sorted(rest)[len(rest) // 2]:.1f} s, the first time ever {first:.1f} s"
    return Row(f"start to the first screen{beside}, worst", worst, "s", f"≤ {target}",
               worst <= target, times, note)  # fmt: skip


class _Talker(CallerEar):
    """Somebody who says the same thing over and over, so that the recogniser never rests."""

    def get(self, timeout: float) -> Pcm | None:
        if not len(self._rest):
            said = self._caller.answer("service")
            if said is not None:
                self.say(said[1])
        return super().get(timeout)


def _touches(times: int) -> list[Row]:
    """A finger comes down at random moments while somebody speaks."""
    import pygame

    from kiosk.window import Window

    settings = Settings.load(None)
    ear = _Talker(next(each for each in load() if "taxi" in each.name))
    attendant = Attendant(
        lambda: Station.for_demo(settings, engine=None, fast=False), lambda: ear, NullSink()
    )
    presenter = Presenter(clock.now)
    window = Window(glass_of(settings), look_of(settings), presenter, attendant, MODELS / "font")
    sys.setswitchinterval(0.001)  # as `show` does
    attendant.start()
    attendant.ready.wait(60)
    seen: list[float] = []
    chance = random.Random(1)  # noqa: S311 - moments, no secrets
    try:
        for _ in range(times):
            _frames(window, chance.uniform(0.5, 0.9))
            target = chance.choice([each for each in window.layout.targets if each.role == "fixed"])
            seen.append(_seen(window, target.rect.centre, chance))
            pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONUP, pos=(1, 1), button=1))
    finally:
        attendant.close()
        window.close()
    return [_row("touch to something seen, while recognising, p95", seen), *_silence(settings)]


def _silence(settings: Settings) -> list[Row]:
    """Linli is half duplex: a touch ends its speech, and then it listens."""
    player = Player(NullSink())
    mouth = load_mouth(settings)
    took = []
    try:
        for _ in range(20):
            player.play(mouth.say(str(words()["said"]["greeting"])))
            time.sleep(0.4)
            began = time.perf_counter()
            player.stop()
            while player.playing:
                time.sleep(0.001)
            took.append(time.perf_counter() - began)
    finally:
        player.close()
        mouth.close()
    return [_row("touch to silence (half duplex), p95", took)]


def _frames(window: Window, seconds: float) -> None:
    """Let frames go by as the window's own loop does."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        began = time.perf_counter()
        window.frame()
        time.sleep(max(0.0, FRAME - (time.perf_counter() - began)))


def _seen(window: Window, point: tuple[int, int], chance: random.Random) -> float:
    """Seconds from the event, at any moment of a frame, to the screen that shows it."""
    import pygame

    down: list[float] = []

    def press() -> None:
        time.sleep(chance.uniform(0, FRAME))
        down.append(time.perf_counter())
        pygame.event.post(pygame.event.Event(pygame.MOUSEBUTTONDOWN, pos=point, button=1))

    finger = threading.Thread(target=press)
    before = len(window.reactions)
    finger.start()
    while len(window.reactions) == before:
        began = time.perf_counter()
        window.frame()
        shown = time.perf_counter()
        time.sleep(max(0.0, FRAME - (shown - began)))
    finger.join()
    return shown - down[0]


def _row(what: str, seconds: Sequence[float]) -> Row:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))] * 1000
    target = limits().reaction_ms
    middle = ordered[len(ordered) // 2] * 1000
    note = f"p50 {middle:.0f} ms, worst {ordered[-1] * 1000:.0f} ms"
    return Row(what, p95, "ms", f"≤ {target}", p95 <= target, len(seconds), note)


def _memory(quick: bool) -> list[Row]:
    """One talk after the other, touched and spoken; what stays in memory."""
    settings = Settings.load(None)
    engine = load_engine(settings)
    first, last = (50, 150) if quick else (200, 1200)
    with (
        tempfile.TemporaryDirectory() as folder,
        Ledger.open(Path(folder) / "ledger.db", clock=lambda: NOW) as ledger,
    ):
        kiosk = Rehearsal(settings, engine, ledger, lambda: NOW)
        _talks(kiosk, first)
        before = _resident_mb()
        _talks(kiosk, last - first)
        grown = _resident_mb() - before
    slope = grown * 1000 / (last - first)
    return [
        Row("memory that 1,000 talks leave behind", slope, "MB", "≤ 10", slope <= 10,
            last - first, "conversation, ledger and screens; no audio"),
    ]  # fmt: skip


def _talks(kiosk: Rehearsal, count: int) -> None:
    for _ in range(count):
        kiosk.touch("service", value="taxi")
        kiosk.touch("choose", "destination", "火车站")
        kiosk.touch("choose", "confirm", "yes")
        kiosk.touch("finish")
        kiosk.wait(limits().farewell_s + 1)
        kiosk.said.clear()
        kiosk.done.clear()


def _resident_mb() -> float:
    gc.collect()
    return float(psutil.Process().memory_info().rss / 1e6)
