"""Upgrade, rollback, restore, self-test: how long each takes, and how long nobody is served."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final

from linli.paths import MODELS, SOURCE, VAR
from linli.places import places_of
from linli.services import Services
from linli.upgrade import Upgrader
from linli.upgrade_home import Home
from linli.upgrade_proof import answers, environment, proved
from station import backup, restore
from station.clock import BEIJING
from station.ledger import Ledger
from station.requests import FiledRequest
from station.settings import SHIPPED, Settings

from .row import Row

_START: Final = datetime(2026, 1, 5, 8, 0, tzinfo=BEIJING)
_A_DAY: Final = 500
"""Requests."""
_PORT: Final = 8469
_UP_S: Final = 120.0
_OLD, _NEW = "releases/old", "releases/new"


def run(quick: bool) -> list[Row]:
    """Measure with the program as it is; both releases are this one, packages lie ready."""
    size = 1_000 if quick else 20_000
    VAR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=VAR, prefix="bench-") as name:
        home = _station(Path(name), size)
        note = f"{size:,} requests in the ledger, the staff's pages as the one service"
        return [*_upgraded(home, note), *_restored(home, size), _tried(home)]


@dataclass(frozen=True)
class _Pages(Services):
    """The staff's pages, started and stopped as systemd would."""

    home: Home = field(default_factory=lambda: Home(VAR))
    """The station's folder."""
    consoles: list[subprocess.Popen[bytes]] = field(default_factory=list)
    """The one that runs."""

    here = True

    def start(self) -> None:
        """By the release that `current` leads to."""
        self.consoles.append(
            subprocess.Popen(
                [self.home.python("current"), "-m", "linli", "console", "--port", str(_PORT)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment(self.home.root),
            )
        )

    def stop(self) -> None:
        """To its end."""
        while self.consoles:
            console = self.consoles.pop()
            console.terminate()
            console.wait()

    def renew(self) -> None:
        """There is no exchange."""

    def late(self) -> list[str]:
        """Up as soon as a page is there."""
        _until(_serves)
        return []

    def files(self) -> dict[str, str]:
        """No units."""
        return {}

    def hand_over(self, folders: object) -> None:
        """Everything is ours."""


def _serves() -> bool:
    return answers(f"http://127.0.0.1:{_PORT}/")


def _until(deed: Callable[[], bool]) -> None:
    end = time.monotonic() + _UP_S
    while not deed() and time.monotonic() < end:
        time.sleep(0.02)


def _station(root: Path, size: int) -> Home:
    """A station with two releases that are this program, and a history."""
    home = Home(root)
    for release in (_OLD, _NEW):
        _release(root / release)
    (root / "models").symlink_to(MODELS)
    (root / "var").mkdir()
    (root / "station.toml").write_bytes(SHIPPED.read_bytes())
    home.lead("current", _OLD)
    moment = _START
    with Ledger.open(_settings(home).data.ledger, clock=lambda: moment) as ledger:
        for filed in range(0, size, _A_DAY):
            moment = _START + timedelta(days=filed // _A_DAY)
            slots = {"destination": "x", "passengers": 1}
            left = min(_A_DAY, size - filed)
            ledger.file_all([FiledRequest("taxi", slots) for _ in range(left)])
    return home


def _release(folder: Path) -> None:
    """This program under another name."""
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    (folder / ".venv" / "pyvenv.cfg").write_text(f"home = {Path(sys.base_prefix) / 'bin'}\n")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = folder / ".venv" / "lib" / version / "site-packages"
    packages.mkdir(parents=True)
    paths = [str(SOURCE), *(path for path in sys.path if path.endswith("-packages"))]
    (packages / "linli.pth").write_text("\n".join(paths), "utf-8")
    (folder / ".ready").touch()


def _settings(home: Home) -> Settings:
    return Settings.load(home.root / "station.toml")


@contextmanager
def _watched() -> Iterator[list[float]]:
    """Moments at which a page was there, looked for twenty times a second."""
    seen: list[float] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.05):
            if _serves():
                seen.append(time.monotonic())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        stop.set()
        watcher.join()


def _pause(seen: list[float]) -> float:
    return max(after - before for before, after in pairwise(seen))


def _timed(deed: Callable[[], object]) -> tuple[float, float]:
    """Seconds of a deed, and of the longest time without a page meanwhile."""
    with _watched() as seen:
        _until(lambda: bool(seen))
        began = time.monotonic()
        deed()
        whole = time.monotonic() - began
        count = len(seen)
        _until(lambda: len(seen) > count)
    return whole, _pause(seen)


def _upgraded(home: Home, note: str) -> list[Row]:
    pages = _Pages(home=home)
    one = Upgrader(home, lambda _: None, pages, proved)
    pages.start()
    try:
        pages.late()
        forward, pause = _timed(lambda: one.finish("new"))
        back, gone = _timed(lambda: one.rollback(lambda _: True))
    finally:
        pages.stop()
    return [
        Row("upgrade, its packages lying ready", forward, "s", n=1, note=note),
        Row("  of that, nobody is served", pause, "s", "≤ 60", pause <= 60, 1, note),
        Row("rollback, same ledger", back, "s", n=1, note=note),
        Row("  of that, nobody is served", gone, "s", "≤ 60", gone <= 60, 1, note),
    ]


def _restored(home: Home, size: int) -> list[Row]:
    settings = _settings(home)
    places = places_of(settings, home.root / "station.toml")
    began = time.monotonic()
    made = backup.make(places, settings.data.backups, keep=3, now=datetime.now(BEIJING))
    saved = time.monotonic() - began
    began = time.monotonic()
    restore.restore(made.folder, places, aside=True, by="linli", now=datetime.now(BEIJING))
    back = time.monotonic() - began
    note = f"{size:,} requests, no recordings"
    return [
        Row("backup of a running station", saved, "s", n=1, note=note),
        Row("restore it beside what is there", back, "s", n=1, note=note),
    ]


def _tried(home: Home) -> Row:
    began = time.monotonic()
    done = subprocess.run(
        [home.python("current"), "-m", "linli", "selftest"],
        capture_output=True,
        check=False,
        env={**os.environ, **environment(home.root)},
    )
    spent = time.monotonic() - began
    note = f"exit code {done.returncode}; no telephone line here"
    return Row("self-test, all checks", spent, "s", n=1, note=note)
