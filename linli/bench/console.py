"""The console: pages over a long ledger, reports, news on the board, filing beside it."""

from __future__ import annotations

import multiprocessing
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import median, quantiles
from typing import Final, TypeAlias

from linli.limits import limits
from linli.paths import VAR
from station import clock, facts, reports
from station.ledger import Ledger
from station.period import Period
from station.requests import FiledRequest
from station.tally import Wanted

from .office import Browser, long_ledger, served
from .row import Row

LISTENERS: Final = 20
CONSOLES: Final = 10
FILERS: Final = 3
_GATHER_S: Final = 0.05
"""A page waits so long for more news before it reads."""

Told: TypeAlias = "multiprocessing.Queue[tuple[float, float]]"
"""Requests a second, and p99 in ms, of one program."""


def run(quick: bool) -> list[Row]:
    """Measure with the real server over HTTP, on the disk the station's ledger lies on."""
    size, looks, news, rounds = (20_000, 20, 5, (1, 2.0)) if quick else (200_000, 60, 30, (5, 4.0))
    VAR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=VAR, prefix="bench-") as name:
        folder = Path(name)
        (folder / "var").mkdir()
        path = folder / "var" / "ledger.db"
        long_ledger(path, size, clock.now() - timedelta(minutes=1))
        note = f"{size:,} requests in the ledger"
        rows = _reports(path, note)
        with served(folder) as address:
            first = Browser(address)
            first.log_in()
            rows += _pages(first, path, looks, note)
            rows += _news(first, address, path, news, note)
            rows += _filing(first, address, path, rounds, note)
        return rows


def _spread(what: str, times: Sequence[float], target: float, at: int, note: str) -> list[Row]:
    cuts = quantiles(times, n=100, method="inclusive")
    return [
        Row(f"{what}, p50", median(times), "ms", "", None, len(times), note),
        Row(f"{what}, p{at}", cuts[at - 1], "ms", f"≤ {target:g}", cuts[at - 1] <= target,
            len(times), note),
    ]  # fmt: skip


def _timed(deed: Callable[[], object]) -> float:
    begun = time.perf_counter()
    deed()
    return (time.perf_counter() - begun) * 1000


def _reports(path: Path, note: str) -> list[Row]:
    rows = []
    with Ledger.open(path) as ledger:
        first = _timed(lambda: facts.refresh(ledger.store))
        rows.append(Row("count every request for the first time", first, "ms", "", None, 1, note))
        month = Period.parse(f"{ledger.now() - timedelta(days=40):%Y-%m}")
        year = Period(month.beside(-10).first, month.beside(1).last)
        for what, period, target in (("a month's", month, 1000), ("a year's", year, None)):
            made = lambda period=period: reports.make(  # noqa: E731
                ledger.store, Wanted(period), limits=limits()["console"], now=ledger.now()
            )
            for when in ("the first time", "again"):
                took = _timed(made)
                told = f"≤ {target}" if target else ""
                rows.append(Row(f"{what} report, {when}", took, "ms", told,
                                took <= target if target else None, 1, note))  # fmt: skip
    return rows


def _pages(browser: Browser, path: Path, looks: int, note: str) -> list[Row]:
    with Ledger.open(path) as ledger:
        day = f"{ledger.now() - timedelta(days=100):%Y-%m-%d}"
    asked = {
        "the board": "/", "the board's rows": "/?", "search by name": "/?search=王秀",
        "search by number": f"/?search={day[5:7]}{day[8:10]}-01",
        "search by telephone": "/?search=0123",
        "search by day": f"/?status=all&day={day}", "one service": "/?status=all&intent=meal",
    }  # fmt: skip
    rows = []
    for what, address in asked.items():
        part = what.endswith("rows")
        browser.look(address, part=part)
        times = [_timed(lambda a=address, p=part: browser.look(a, part=p)) for _ in range(looks)]  # type: ignore[misc]
        rows += _spread(what, times, 100, 95, note)
    return rows


@contextmanager
def _listening(
    first: Browser, address: str, many: int, heard: Callable[[str], None]
) -> Iterator[None]:
    """So many open boards, each as a browser has it: see `assets/console/console.js`."""
    stop = threading.Event()
    ready = threading.Barrier(many + 1)

    def listen(wanted: threading.Event) -> None:
        for news in Browser(address, first.cookie).news(stop):
            if news["event"] == "hello":
                ready.wait(30)
            wanted.set()

    def read(wanted: threading.Event) -> None:
        page = Browser(address, first.cookie)
        while wanted.wait() and not stop.is_set():
            time.sleep(_GATHER_S)
            wanted.clear()
            for number in re.findall(r'id="r([\d-]+)"', page.look("/", part=True)):
                heard(number)
            for part in ("/pulse", "/alarm"):
                page.look(part, part=True)

    boards = [threading.Event() for _ in range(many)]
    threads = [
        threading.Thread(target=deed, args=(wanted,), daemon=True)
        for wanted in boards
        for deed in (listen, read)
    ]
    for thread in threads:
        thread.start()
    ready.wait(60)
    try:
        yield
    finally:
        stop.set()
        for wanted in boards:
            wanted.set()


def _news(first: Browser, address: str, path: Path, many: int, note: str) -> list[Row]:
    """From filing until the request stands on each open board."""
    times: list[float] = []
    waiting: dict[str, float] = {}
    left: dict[str, int] = {}
    lock, all_there = threading.Lock(), threading.Event()
    mine = threading.local()

    def heard(number: str) -> None:
        seen = mine.__dict__.setdefault("seen", set())
        with lock:
            if number in waiting and number not in seen:
                seen.add(number)
                times.append((time.perf_counter() - waiting[number]) * 1000)
                left[number] -= 1
                if not left[number]:
                    all_there.set()

    with Ledger.open(path) as ledger, _listening(first, address, LISTENERS, heard):
        for n in range(many):
            time.sleep(0.31)  # out of step with who looks
            all_there.clear()
            filed = FiledRequest("taxi", {"n": n}, priority="urgent")
            begun = time.perf_counter()
            with lock:
                number = ledger.file(filed).number
                waiting[number], left[number] = begun, LISTENERS
            all_there.wait(20)
    note = f"{LISTENERS} open boards, rows, count and alarm read anew each time; {note}"
    return _spread("filed → on every board", times, 1000, 99, note)


# --- filing -----------------------------------------------------------------------------------


def _filer(
    path: str, start: Barrier, seconds: float, told: multiprocessing.Queue[tuple[float, float]]
) -> None:
    """A program that files as fast as it can: kiosk, telephone, a console."""
    with Ledger.open(Path(path), busy_seconds=30) as ledger:
        ledger.file(FiledRequest("taxi"))
        start.wait()
        until, times = time.perf_counter() + seconds, []
        while time.perf_counter() < until:
            times.append(_timed(lambda: ledger.file(FiledRequest("meal", {"meal": "lunch"}))))
        told.put((len(times) / seconds, quantiles(times, n=100, method="inclusive")[98]))


def _rates(path: Path, filers: int, seconds: float) -> tuple[float, float]:
    """Requests a second of all together, and the slowest one's p99 in ms."""
    context = multiprocessing.get_context("spawn")
    told, start = context.Queue(), context.Barrier(filers)
    programs = [
        context.Process(target=_filer, args=(str(path), start, seconds, told))
        for _ in range(filers)
    ]
    for program in programs:
        program.start()
    found = [told.get() for _ in programs]
    for program in programs:
        program.join()
    return sum(rate for rate, _ in found), max(slow for _, slow in found)


def _filing(
    first: Browser, address: str, path: Path, rounds: tuple[int, float], note: str
) -> list[Row]:
    """Medians of `rounds`, so many of so many seconds, in turn: no disk is always equally fast."""
    cases = [(filers, consoles) for filers in (1, FILERS) for consoles in (0, CONSOLES)]
    found: dict[tuple[int, int], list[tuple[float, float]]] = {case: [] for case in cases}
    for _ in range(rounds[0]):
        for filers, consoles in cases:
            with ExitStack() as open_pages:
                if consoles:
                    open_pages.enter_context(_listening(first, address, consoles, lambda _: None))
                found[filers, consoles].append(_rates(path, filers, rounds[1]))
    return [row for case in cases for row in _filed(*case, found[case], note)]


def _filed(
    filers: int, consoles: int, found: Sequence[tuple[float, float]], note: str
) -> list[Row]:
    rates = sorted(rate for rate, _ in found)
    who = "one program files" if filers == 1 else f"{filers} programs file at once"
    rate, slow, n = median(rates), median(slow for _, slow in found), len(found)
    beside = (
        f"{consoles} open boards on the same machine, read anew at news; {note};"
        f" {rates[0]:.0f} to {rates[-1]:.0f}"
    )
    return [
        Row(f"{who}, {consoles} consoles", rate, "a second", "≥ 500", rate >= 500, n, beside),
        Row("  one of them, p99", slow, "ms", "", None, n, "synchronous FULL"),
    ]
