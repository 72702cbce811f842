"""The backup at night and the self-test in the morning where no systemd and no cron starts them.

Kiosk, telephone and console look now and then (`nightly`). What should have been done by now and
was not is done in a process of its own, by one of them and once a day: who has a timer or a cron
is done with it earlier and nothing happens here.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Final

import psutil
import structlog

from station import backup, checks
from station.clock import moment_in
from station.errors import BackupError
from station.settings import Settings

from .nightly import alone, is_due
from .units import SYSTEM

log = structlog.get_logger(__name__)

_NICE: Final = 10
_LOOK_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Deed:
    """Something a station does once a day."""

    name: str
    """The command of `linli`."""
    timer: str
    """systemd's timer for it: where that is installed it is systemd's business."""
    by: time
    """In China; when whoever else does it has done it."""
    last: Callable[[Settings], datetime | None]
    """When it was done last."""


def _backup(settings: Settings) -> datetime | None:
    kept = backup.kept(settings.data.backups)
    try:
        return backup.read(kept[-1]).made if kept else None
    except BackupError:
        return None  # one that nobody can read is none


def _selftest(settings: Settings) -> datetime | None:
    tried = checks.last(checks.file_of(settings.data.ledger))
    return tried.at if tried else None


DEEDS: Final = (
    Deed("backup", "linli-nightly.timer", time(3, 0), _backup),
    Deed("selftest", "linli-selftest.timer", time(7, 0), _selftest),
)


def look(
    settings: Settings,
    now: datetime,
    stop: threading.Event,
    *,
    file: Path | None = None,
    deeds: Sequence[Deed] = DEEDS,
    system: Path = SYSTEM,
) -> list[str]:
    """Do what is due and nobody else does; the names of what was done here.

    `file` is the station.toml the program was started with. A station that has just been set up
    waits for its first night. Raises OSError.
    """
    waiting = [each for each in deeds if not (system / each.timer).exists()]
    return [each.name for each in waiting if _done(each, settings, now, stop, file)]


def _done(
    deed: Deed, settings: Settings, now: datetime, stop: threading.Event, file: Path | None
) -> bool:
    marker = settings.data.ledger.with_name(f"daily-{deed.name}")
    with alone(marker) as mine:
        if not mine:
            return False
        tried = moment_in(marker)
        if tried is None:
            marker.write_text(now.isoformat(), "utf-8")
            return False
        if not (is_due(tried, now, deed.by) and is_due(deed.last(settings), now, deed.by)):
            return False
        marker.write_text(now.isoformat(), "utf-8")
        code = _run(deed, file, stop)
        log.info("done_by_ourselves", deed=deed.name, code=code)
        return True


def _run(deed: Deed, file: Path | None, stop: threading.Event) -> int:
    """In a process of its own, behind everybody who is talking; it ends with us."""
    command = [sys.executable, "-m", "linli", deed.name]
    command += ["--settings", str(file)] if file else []
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        psutil.Process(child.pid).nice(_NICE)
        while child.poll() is None:
            if stop.wait(_LOOK_S):
                child.terminate()
                child.wait()
    return child.returncode
