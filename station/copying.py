"""Copying what a station keeps: whole, to the disk, with its SHA-256, readable to nobody else."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

_BLOCK: Final = 1 << 20


def copy_file(source: Path, target: Path) -> tuple[int, str]:
    """Copy a file; gives its bytes and SHA-256."""
    mark, size = hashlib.sha256(), 0
    with source.open("rb") as old, os.fdopen(_fresh(target), "wb") as new:
        while block := old.read(_BLOCK):
            mark.update(block)
            size += len(block)
            new.write(block)
        new.flush()
        os.fsync(new.fileno())
    return size, mark.hexdigest()


def _fresh(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def copy_ledger(source: Path, target: Path) -> None:
    """Copy a ledger in use, as it stood at one moment; readers and writers go on.

    Raises sqlite3.Error or OSError.
    """
    os.close(_fresh(target))
    uri = f"{source.absolute().as_uri()}?mode=rw"
    with (
        closing(sqlite3.connect(uri, uri=True, timeout=30)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        # In one step: begun anew with every request that is filed, it might never end.
        live.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode = DELETE")
    handle = os.open(target, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def count_requests(path: Path) -> int:
    """How many requests a copy of a ledger has. Raises sqlite3.Error when it is not sound."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as copy:
        (found,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError(found)
        return int(copy.execute("SELECT COUNT(*) FROM requests").fetchone()[0])


def digest(path: Path) -> tuple[int, str]:
    """A file's bytes and SHA-256."""
    mark, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            mark.update(block)
            size += len(block)
    return size, mark.hexdigest()


def size_of(path: Path) -> int:
    """Bytes of a file; 0 when it is gone."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def write_text(path: Path, text: str) -> None:
    """Write a new file, to the disk."""
    with os.fdopen(_fresh(path), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def sync_folders(root: Path) -> None:
    """Bring a folder and all below it to the disk."""
    for folder in [root, *(path for path in root.rglob("*") if path.is_dir())]:
        sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Bring a folder's names to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
