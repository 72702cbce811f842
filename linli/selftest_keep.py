"""The self-test's look at what is kept: is the last backup good, is there room on every disk?"""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from station import backup, restore
from station.backup import Backup, Places
from station.checks import BY, Check
from station.errors import BackupError, LedgerError
from station.ledger import Ledger
from station.settings import Settings

from .doctor import existing
from .limits import limits
from .selftest_words import found


def saved(settings: Settings, now: datetime) -> Check:
    """The newest backup is read through, restored into a temporary folder and compared."""
    folder, numbers = settings.data.backups, limits()["selftest"]
    kept = backup.kept(folder)
    if not kept:
        return found("backup", "new" if _young(settings, now) else "none", folder=folder)
    try:
        newest = backup.read(kept[-1])
        made = f"{newest.made:%m-%d %H:%M}"
        hours = (now - newest.made).total_seconds() / 3600
        if hours > numbers["backup_hours"]:
            return found("backup", "old", hours=round(hours), made=made, folder=folder)
        count = _restored(newest, now)
    except (BackupError, LedgerError, OSError) as error:
        return found("backup", "damaged", reason=error)
    if count != newest.requests:
        return found("backup", "damaged", reason=f"{count} ≠ {newest.requests}")
    return found("backup", "ok", made=made, requests=count)


def _restored(newest: Backup, now: datetime) -> int:
    """How many requests a station has that is made of it. Every byte of every file is read."""
    with tempfile.TemporaryDirectory(prefix="linli-selftest-") as folder:
        place = Path(folder) / backup.LEDGER
        restore.restore(newest.folder, Places(place, {}), aside=False, by=BY, now=now)
        with Ledger.open(place) as ledger:
            rows = ledger.store.read("SELECT COUNT(*) AS n FROM requests", what="count requests")
            return int(rows[0]["n"])


def _young(settings: Settings, now: datetime) -> bool:
    """Whether this station has not lived long enough to have a backup."""
    try:
        with Ledger.open(settings.data.ledger) as ledger:
            row = ledger.store.first("SELECT MIN(started) AS began FROM conversations")
    except LedgerError:
        return False
    began = row["began"] if row else None
    hours = limits()["selftest"]["backup_hours"]
    return not began or (now - datetime.fromisoformat(began)).total_seconds() < hours * 3600


def room(settings: Settings, wanted_mb: int | None = None) -> Check:
    """Whether every disk that is written to has room; `wanted_mb` in place of the limit."""
    numbers: dict[str, Any] = limits()["selftest"]
    wanted = (wanted_mb or int(numbers["disk_free_mb"])) + settings.data.disk_reserve_mb
    free: dict[Path, int] = {}
    for place in places(settings):
        try:
            free[place] = shutil.disk_usage(existing(place)).free // 1_000_000
        except OSError as error:
            return found("disk", "missing", path=place, reason=error.strerror)
    path, least = min(free.items(), key=lambda each: each[1])
    if least < wanted:
        return found("disk", "full", path=path, free=least, wanted=wanted)
    return found("disk", "ok", free=least)


def places(settings: Settings) -> tuple[Path, ...]:
    """Folders that a station writes to, each maybe on a disk of its own."""
    data = settings.data
    return (data.ledger.parent, data.spool, data.recordings, data.backups, settings.log.path)
