"""Restoring: a backup becomes the station again, read through before anything is touched.

What is in the way is moved aside, never deleted. Requests that wait in the spool stay
there: they are in no ledger yet and are filed when the restored one is opened.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from . import audit, backup, clock
from .accounts import end_sessions
from .backup import LEDGER, Backup, Places
from .copying import copy_ledger
from .errors import BackupError
from .history import contradictions
from .store import Store

_BESIDE: Final = ("-wal", "-shm")
"""What SQLite keeps beside a ledger."""

KEPT: Final = frozenset({"spool", "forgotten"})
"""Merged with what is there, file by file, never moved aside."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done."""

    backup: Backup
    """From where."""
    aside: tuple[Path, ...]
    """What was in the way lies here now."""
    lost: tuple[str, ...] | None
    """Numbers of requests filed after the backup, which only the old ledger has; None when
    the old one cannot be read."""


def restore(
    folder: Path,
    places: Places,
    *,
    aside: bool,
    by: str,
    now: datetime,
    mend: Callable[[Store], None] = lambda _: None,
) -> Restored:
    """Put a backup in place of the station's ledger and files.

    Without `aside` every place has to be empty. `mend` is done to the new ledger before
    anybody sees it (whoever was forgotten since is forgotten again). Raises BackupError
    before anything is touched, or LedgerError.
    """
    found = backup.check(folder)
    present = [path for path in _targets(places, found) if path.exists()]
    if present and not aside:
        raise BackupError(
            f"{present[0]} is there already: use --aside to move the old station aside, "
            "or another LINLI_HOME",
            code="in_the_way",
            path=present[0],
        )
    lost = _filed_since(places.ledger, folder / LEDGER)
    fresh = places.ledger.with_name(f"{places.ledger.name}.restoring")
    _prepare(folder / LEDGER, fresh, by=by, now=now, mend=mend)
    mark = f"before-{now.astimezone(clock.BEIJING):%Y%m%d-%H%M%S}"
    moved = [_aside(path, mark) for path in present if path != places.ledger]
    for path in found.files:
        name, _, rest = path.partition("/")
        if path != LEDGER and name in places.trees:
            tree = places.trees[name]
            _place(folder / path, tree if rest == tree.name else tree / rest, name)
    moved += [_aside(places.ledger, mark)] if places.ledger in present else []
    for end in _BESIDE:
        places.ledger.with_name(places.ledger.name + end).unlink(missing_ok=True)
    fresh.replace(places.ledger)
    return Restored(found, tuple(moved), lost)


def _targets(places: Places, found: Backup) -> list[Path]:
    """What would be overwritten."""
    names = {path.partition("/")[0] for path in found.files} - {LEDGER, *KEPT}
    return [places.trees[name] for name in sorted(names & set(places.trees))] + [places.ledger]


def _place(source: Path, target: Path, name: str) -> None:
    if name in KEPT and target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    shutil.copy2(source, part)
    handle = os.open(part, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
    part.replace(target)


def _aside(path: Path, mark: str) -> Path:
    target = path.with_name(f"{path.name}.{mark}")
    path.replace(target)
    for end in _BESIDE:
        beside = path.with_name(path.name + end)
        if beside.exists():
            beside.replace(target.with_name(target.name + end))
    return target


def _prepare(
    source: Path, fresh: Path, *, by: str, now: datetime, mend: Callable[[Store], None]
) -> None:
    """A copy of the backup's ledger, brought up to date, checked and cleared of sessions."""
    fresh.parent.mkdir(parents=True, exist_ok=True)
    for end in ("", *_BESIDE):
        fresh.with_name(fresh.name + end).unlink(missing_ok=True)
    copy_ledger(source, fresh)
    store = Store.open(fresh)
    try:
        wrong = contradictions(store)
        if wrong:
            raise BackupError(
                f"{source}: the ledger contradicts itself ({wrong[0]}): use another backup",
                code="damaged",
                path=source,
            )
        with store.writing("end what was open when the backup was made") as db:
            for (member,) in db.execute("SELECT id FROM staff").fetchall():
                end_sessions(db, member, now)
            done = clock.to_text(now)
            db.execute("UPDATE staff_codes SET ended = ? WHERE ended IS NULL", (done,))
            detail = {"backup": source.parent.name}
            audit.append(db, at=now, by=by, what="restored", detail=detail)
        mend(store)
        store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        store.db.execute("PRAGMA journal_mode = DELETE")
    finally:
        store.close()


def _filed_since(old: Path, new: Path) -> tuple[str, ...] | None:
    """Numbers of the requests that the present ledger has and the backup has not."""
    if not old.exists():
        return ()
    try:
        with closing(sqlite3.connect(f"{old.absolute().as_uri()}?mode=rw", uri=True)) as shell:
            shell.execute("ATTACH ? AS saved", (f"{new.absolute().as_uri()}?mode=ro",))
            rows = shell.execute(
                "SELECT number FROM main.requests WHERE uid NOT IN"
                " (SELECT uid FROM saved.requests) ORDER BY id"
            ).fetchall()
    except sqlite3.Error:
        return None
    return tuple(number for (number,) in rows)
