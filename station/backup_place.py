"""The folder backups go to: one at a time, with room, and every error says what to do."""

from __future__ import annotations

import errno
import fcntl
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from .errors import BackupError

PART: Final = ".part"
"""What a backup's name ends with until it is whole."""
ROOM: Final = 50_000_000
"""Bytes that stay free on the backup's disk."""


def full(to: Path, wanted: int, free: int) -> BackupError:
    """The error for a disk with `free` bytes where a backup wants so many."""
    return BackupError(
        f"{to}: the disk is too full for a backup ({free // 1_000_000} MB free, "
        f"{wanted // 1_000_000} MB needed): free space, or give a folder on another disk",
        code="disk_full",
        path=to,
    )


@contextmanager
def alone(to: Path) -> Iterator[None]:
    """One backup at a time; what a killed one left is cleared away."""
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (to / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(
                f"{to}: another backup is being made there: wait until it is done",
                code="busy",
                path=to,
            ) from None
        for part in to.glob(f"linli-*{PART}"):
            shutil.rmtree(part, ignore_errors=True)
        yield


@contextmanager
def explained(to: Path) -> Iterator[None]:
    """What goes wrong while a backup is written there becomes a BackupError."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise full(to, ROOM, shutil.disk_usage(to).free) from error
        raise BackupError(
            f"{error.filename or to}: {error.strerror}: allow Linli's user to write {to}",
            code="unwritable",
            path=to,
        ) from error
    except sqlite3.Error as error:
        number = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if number == sqlite3.SQLITE_FULL:
            raise full(to, ROOM, shutil.disk_usage(to).free) from error
        raise BackupError(
            f"{to}: the ledger could not be copied there ({error}): check that disk's space and "
            "health, then run linli doctor",
            code="damaged" if number == sqlite3.SQLITE_CORRUPT else "disk_error",
            path=to,
        ) from error
