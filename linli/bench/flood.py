"""A flood of calls at a real Asterisk: who is left in silence, what is lost, and who comes after.

Everybody rings within a few seconds, over SIP, from outside. Linli runs as a station runs it, a
process of its own; no member of staff is there, so whoever is too many hears by when they are
called back.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from ivr.conf import write
from ivr.folders import Folders
from ivr.loopback import CARRIER, HERE, phone_settings
from ivr.missed import missed
from ivr.server import Server
from linli.asterisk_packages import TREE
from linli.limits import limits
from linli.mouths import load_mouth
from linli.phone_sounds import write as write_sounds
from linli.score import median_and_p95
from station.callbacks import waiting
from station.ledger import Ledger
from station.settings import Settings

from .crowd import Crowd, Ringer
from .ringing import load_now
from .row import Row

SOUND_PORTS: Final = 1200
SPREAD_S: Final = 0.05
"""Seconds between two who ring up."""
PATIENCE_S: Final = 60.0
"""Seconds the flood lasts."""
SILENT_S: Final = 12.0
"""Beyond this somebody was left alone: Linli itself waits 8 s for an answer."""
STATION: Final = """\
[station]
name = "flood"
address = "flood"

[[operators]]
name = "flood"
phone = "0376-5550101"
extension = "801"

[hours]
days = [1, 2, 3, 4, 5, 6, 7]
opens = "00:00"
closes = "23:59"
"""


def run(quick: bool) -> list[Row]:
    """200 at a time (40 when quick): the longest silence, what was lost, the next call."""
    with station() as settings:
        return asyncio.run(_flood(settings, 40 if quick else 200))


@contextmanager
def station() -> Iterator[Settings]:
    """Asterisk and Linli on free ports, with an empty ledger."""
    with ExitStack() as over:
        folder = Path(tempfile.mkdtemp(prefix="linli-flood-"))
        over.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)  # Asterisk gives its rights up where root starts it
        path = folder / "station.toml"
        path.write_text(f"{STATION}\n{phone_settings(SOUND_PORTS)}", "utf-8")
        settings = Settings.load(path)
        folders = Folders(settings.phone.folder.absolute())
        write(settings, {**limits()["phone"], **limits()["line"]}, TREE)
        mouth = load_mouth(settings)
        over.callback(mouth.close)
        write_sounds(settings, mouth, folders.sounds)
        over.enter_context(Server(folders, TREE))
        over.enter_context(_linli(path, settings.phone.media_port))
        yield settings


@contextmanager
def _linli(path: Path, port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "linli", "phone", "serve", "--settings", str(path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 120
        while time.monotonic() < until and process.poll() is None:
            with suppress(ConnectionRefusedError):
                socket.create_connection((HERE, port)).close()
                break
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def _flood(settings: Settings, n: int) -> list[Row]:
    crowd = Crowd((HERE, settings.phone.sip_port), line="03765550000", address=CARRIER)
    await crowd.open(settings.phone.trunk.port)
    callers = []
    for number in range(n):
        callers.append(await crowd.ring(f"1390000{number:04d}"))
        await asyncio.sleep(SPREAD_S)
    wanted = await _some_want_something(callers)
    await asyncio.sleep(max(0.0, callers[0].rang_at + PATIENCE_S - crowd.now()))
    end, note = crowd.now(), load_now()
    for caller in callers:
        crowd.hang_up(caller)
    await asyncio.sleep(3)
    last = await crowd.ring("13900009999")
    await asyncio.sleep(8)
    rows = [*_heard(callers, end, note), *_kept(settings, wanted, note)]
    after = (last.answered_at or crowd.now()) - last.rang_at
    await crowd.close()
    return [*rows, Row("a call after the flood: answered", after, "s", "≤ 1", after <= 1, 1, note)]


async def _some_want_something(callers: Sequence[Ringer]) -> list[str]:
    """A tenth of those who talk press 0 for a person; gives their numbers."""
    await asyncio.sleep(10)
    with_linli = [each for each in callers if each.state == "talking"][::10]
    for each in with_linli:
        each.press("0")
        await asyncio.sleep(0.2)
    return [each.number for each in with_linli]


def _heard(callers: Sequence[Ringer], end: float, note: str) -> list[Row]:
    n = len(callers)
    silences = [caller.longest_silence(end) for caller in callers]
    first = [c.heard_at[0] - c.rang_at if c.heard_at else PATIENCE_S for c in callers]
    alone = sum(silence > SILENT_S for silence in silences)
    refused = sum(caller.state == "refused" for caller in callers)
    median, worst = median_and_p95(silences)
    _, sound = median_and_p95(first)
    told = (
        f"longest silence p50 {median:.1f} s, p95 {worst:.1f} s, most {max(silences):.1f} s; {note}"
    )
    return [
        Row(f"{n} calls at a time: left in silence", alone, "count", "0", alone == 0, n, told),
        Row(f"{n} calls at a time: refused", refused, "count", "0", refused == 0, n, note),
        Row(
            f"{n} calls at a time: first sound or ringing, p95",
            sound,
            "s",
            "≤ 4",
            sound <= 4,
            n,
            note,
        ),
    ]


def _kept(settings: Settings, wanted: Sequence[str], note: str) -> list[Row]:
    """Whoever asked for a person stands in the ledger, or in the list of those to be rung."""
    folders = Folders(settings.phone.folder.absolute())
    with Ledger.open(settings.data.ledger) as ledger:
        kept = {request.phone for request in ledger.requests()}
        kept |= {each.phone for each in waiting(ledger.store)}
    kept |= {each.number for each in missed(folders.missed)}
    lost = sum(number not in kept for number in wanted)
    return [
        Row("wishes for a person that were lost", lost, "count", "0", lost == 0, len(wanted), note)
    ]
