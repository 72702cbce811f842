"""The ledger: filing durably, listing a long history, opening, being seen."""

from __future__ import annotations

import io
import multiprocessing
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Final

from linli.paths import VAR
from linli.requests import show
from station.clock import BEIJING
from station.ledger import Ledger
from station.listing import Filter
from station.requests import OPEN, FiledRequest
from station.residents import Resident

from .row import Row

START: Final = datetime(2026, 1, 5, 8, 0, tzinfo=BEIJING)
RIVALS: Final = 2
WARM_UP: Final = 20


def run(quick: bool) -> list[Row]:
    """Measure on the disk the station's ledger lies on."""
    count, size = (200, 10_000) if quick else (1_000, 100_000)
    VAR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=VAR, prefix="bench-") as name:
        folder = Path(name)
        rows = [*_filing(folder, count), *_crowd(folder, count // 2), *_seen(folder, count // 10)]
        return [*rows, *_long(folder, size)]


def _filed(index: int) -> FiledRequest:
    slots = {"destination": "医院", "date": "2026-11-24", "time": "09:00", "passengers": 1}
    return FiledRequest("taxi", slots, summary="到医院", note=str(index))


def _times(deed: Callable[[int], object], count: int) -> list[float]:
    """Milliseconds of each of `count` deeds, after a warm-up."""
    for index in range(WARM_UP):
        deed(index)
    found = []
    for index in range(count):
        begun = time.perf_counter()
        deed(index)
        found.append((time.perf_counter() - begun) * 1000)
    return found


def _spread(what: str, times: list[float], target: float, note: str) -> list[Row]:
    cuts = quantiles(times, n=100)
    return [
        Row(f"{what}, p50", cuts[49], "ms", "", None, len(times), note),
        Row(f"{what}, p95", cuts[94], "ms", f"≤ {target:g}", cuts[94] <= target, len(times), note),
    ]


def _filing(folder: Path, count: int) -> list[Row]:
    begun = time.perf_counter()
    ledger = Ledger.open(folder / "alone.db")
    laid = (time.perf_counter() - begun) * 1000
    with ledger:
        times = _times(lambda index: ledger.file(_filed(index)), count)
        bare = _times(lambda _: _fsync(folder), min(count, 200))
    rate = 1000 * count / sum(times)
    cuts = quantiles(bare, n=100)
    return [
        *_spread("file a request, on the disk", times, 50, "one program, synchronous FULL"),
        Row("  a bare 4 KB write with fsync, p50", cuts[49], "ms", n=len(bare), note="same disk"),
        Row("filed one after another", rate, "a second", n=count, note="bound by the fsync"),
        Row("lay out a new ledger, all migrations", laid, "ms", "≤ 1000", laid <= 1000, 1),
    ]


def _fsync(folder: Path) -> None:
    handle = os.open(folder / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(handle, b"x" * 4096)
    os.fsync(handle)
    os.close(handle)


def _rival(path: str, stop: float) -> None:
    with Ledger.open(Path(path)) as ledger:
        index = 0
        while time.monotonic() < stop:
            ledger.file(_filed(index))
            index += 1
            time.sleep(0.005)


@contextmanager
def _rivals(path: Path, seconds: float) -> Iterator[None]:
    context = multiprocessing.get_context("spawn")
    stop = time.monotonic() + seconds
    others = [context.Process(target=_rival, args=(str(path), stop)) for _ in range(RIVALS)]
    for other in others:
        other.start()
    try:
        yield
    finally:
        for other in others:
            other.join()


def _crowd(folder: Path, count: int) -> list[Row]:
    """Filing while other programs file too and a reader holds a long transaction."""
    path = folder / "crowd.db"
    with Ledger.open(path) as ledger, Ledger.open(path) as reader:
        ledger.file(_filed(0))
        reader.store.db.execute("BEGIN")
        list(reader.requests())
        with _rivals(path, 4 + count * 0.02):
            while len(list(ledger.requests(Filter(limit=2)))) < 2:
                time.sleep(0.01)  # the others are writing now
            times = _times(lambda index: ledger.file(_filed(index)), count)
    note = f"{RIVALS} other programs write, a reader holds on"
    return _spread("file a request in a crowd", times, 200, note)


def _seen(folder: Path, count: int) -> list[Row]:
    """From filing to the console's watcher."""
    path = folder / "seen.db"
    stop, seen = threading.Event(), threading.Event()
    with Ledger.open(path) as ledger, Ledger.open(path) as console:

        def watch() -> None:
            for _ in console.watch(stop=stop):
                seen.set()

        watcher = threading.Thread(target=watch)
        watcher.start()
        times = []
        for index in range(max(count, 20)):
            time.sleep(0.037)  # out of step with the watcher
            seen.clear()
            begun = time.perf_counter()
            ledger.file(_filed(index))
            seen.wait(5)
            times.append((time.perf_counter() - begun) * 1000)
        stop.set()
        watcher.join()
    worst = max(times)
    note = "looked for every 0.2 s"
    return [Row("filed → seen by the console, worst", worst, "ms", "≤ 1000", worst <= 1000,
                len(times), note)]  # fmt: skip


def _long(folder: Path, size: int) -> list[Row]:
    path = folder / "long.db"
    wang = _fill(path, size)
    begun = time.perf_counter()
    ledger = Ledger.open(path)
    opened = (time.perf_counter() - begun) * 1000
    note = f"{size:,} requests in the ledger"
    with ledger:
        board = Filter(status=OPEN, newest_first=True, limit=50)
        lists = _times(lambda _: list(ledger.requests(board)), 100)
        own = _times(lambda _: ledger.open_requests(wang), 100)
        filed = _times(lambda index: ledger.file(_filed(index)), 100)
        begun = time.perf_counter()
        show(ledger, io.StringIO(), as_json=True)
        whole = time.perf_counter() - begun
    each = path.stat().st_size / size
    return [
        *_spread("the 50 newest open requests", lists, 100, note),
        *_spread("one resident's open requests", own, 50, note),
        *_spread("file a request into a long ledger", filed, 50, note),
        Row("linli requests --json, all", whole, "s", "", None, 1, note),
        Row("open it, nothing to migrate", opened, "ms", "≤ 1000", opened <= 1000, 1, note),
        Row("on the disk for each request", each, "bytes", "", None, size, "history included"),
    ]


def _fill(path: Path, size: int) -> int:
    """A year of requests: most are done, a few wait; gives one resident's id."""
    moment = START
    with Ledger.open(path, clock=lambda: moment) as ledger:
        wang = ledger.upsert_resident(Resident("王秀英")).id or 0
        for day in range(0, size, 500):
            moment = START + timedelta(days=day // 500)
            filed = [_filed(day + index) for index in range(min(500, size - day))]
            numbers = [request.number for request in ledger.file_all(filed)]
            _close(ledger, numbers[: -5 if day + 500 < size else -50])
        moment += timedelta(days=1)
        for index in range(5):
            ledger.file(FiledRequest("meal", {"meal": "lunch"}, resident=wang, note=str(index)))
    return wang


def _close(ledger: Ledger, numbers: list[str]) -> None:
    """Close many at once: filling is not what is measured."""
    from station import filing

    deed = filing.Deed("linli", START + timedelta(days=400))
    with ledger.store.writing("fill", durable=False) as db:
        for number in numbers:
            filing.advance(db, number, "cancelled", deed)
