"""Forgetting a resident everywhere: ledger, recordings, messages, photos; also after a restore."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import structlog

from ivr.folders import Folders
from station import backup, forgetting
from station.forgetting import ForgetError, Forgotten
from station.ledger import Ledger
from station.settings import Settings
from station.store import Store

from .photos import album_of
from .places import forgotten_of

log = structlog.get_logger(__name__)


def forget(
    settings: Settings, ledger: Ledger, resident: int, *, by: str, at: datetime
) -> Forgotten:
    """Forget a resident and everything of theirs; noted outside the ledger for later restores.

    Raises ForgetError or LedgerError; doing it again after a failure finishes it.
    """

    def outside(found: Forgotten) -> None:
        try:
            note(forgotten_of(settings), found, at)
            delete_files(settings, found)
        except OSError as error:
            raise ForgetError(
                f"{error.filename}: could not be deleted ({error.strerror}), so the ledger keeps"
                f" resident {resident}: mend the disk and do it again",
                code="disk_error",
            ) from error

    found = forgetting.forget(ledger.store, resident, by=by, at=at, outside=outside)
    ledger.store.wipe_log()
    log.info("resident_forgotten", requests=found.requests, conversations=found.conversations)
    return found


def delete_files(settings: Settings, found: Forgotten) -> None:
    """What belongs to somebody forgotten and lies outside the ledger; gone already is fine."""
    recordings = settings.kept_recordings()
    for path in found.recordings:
        recordings.delete(Path(path))
    for name in found.messages:
        (Folders(settings.phone.folder).missed / Path(name).name).unlink(missing_ok=True)
    album = album_of(settings.kiosk.photos, found.card)
    if album is not None:
        shutil.rmtree(album, ignore_errors=True)
    for file in settings.data.spool.glob("*"):  # what was set aside; all else is in the ledger
        text = file.read_text("utf-8", "replace") if file.is_file() else ""
        if any(word in text for word in found.words):
            file.unlink(missing_ok=True)


def backups_with(settings: Settings) -> int:
    """How many backups there are, in which somebody forgotten just now still is."""
    return len(backup.kept(settings.data.backups))


def note(file: Path, found: Forgotten, at: datetime) -> None:
    """Note who was forgotten, by row and moment of registration only."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(f"{found.resident} {found.created} {at.isoformat()}\n")
        lines.flush()
        os.fsync(lines.fileno())


def noted(files: Iterable[Path]) -> set[tuple[int, str]]:
    """Row and moment of registration of everybody noted."""
    found = set()
    for file in files:
        for line in file.read_text("utf-8").splitlines() if file.is_file() else ():
            parts = line.split()
            if len(parts) == 3 and parts[0].isdecimal():
                found.add((int(parts[0]), parts[1]))
    return found


def forget_again(store: Store, files: Iterable[Path], *, by: str, at: datetime) -> list[Forgotten]:
    """Forget in a restored ledger whoever was forgotten since; open requests are closed first."""
    done = []
    for resident, created in sorted(noted(files)):
        sql = "SELECT id FROM residents WHERE id = ? AND created = ?"
        if store.first(sql, (resident, created)):
            ledger = Ledger(store, None, lambda: at)
            for request in ledger.open_requests(resident):
                ledger.cancel(request.number, by=by, note="forgotten on request")
            done.append(forgetting.forget(store, resident, by=by, at=at))
    return done
