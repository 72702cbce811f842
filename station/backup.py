"""Backups: a station's ledger and files in one folder, taken while everything goes on.

A backup is a folder `linli-20261123-020000` with `manifest.json`, which names every file
with its size and SHA-256. It gets its name only when it is whole and on the disk. The
ledger is copied as it stood at one moment; nobody who files waits for it. What was filed
before the backup began is in it: the spool is copied first, then the ledger.

Recordings never change, so those that the previous backup has are linked, not copied.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from . import clock
from .backup_place import PART, ROOM, alone, explained, full
from .copying import (
    copy_file,
    copy_ledger,
    count_requests,
    digest,
    size_of,
    sync_folder,
    sync_folders,
    write_text,
)
from .errors import BackupError
from .schema import VERSION

LEDGER: Final = "ledger.db"
MANIFEST: Final = "manifest.json"
_NAME: Final = re.compile(r"linli-\d{8}-\d{6}(-\d+)?")
_BEFORE: Final = frozenset({"spool", "audit"})
"""What is in there later may not be missing in the ledger's copy."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a station's things lie."""

    ledger: Path
    """The ledger's file."""
    trees: Mapping[str, Path]
    """Name in the backup → a file or folder; what is not there is left out.

    `spool` and `audit` (its noted heads) are copied before the ledger.
    """


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that is whole."""

    folder: Path
    """Where it lies."""
    made: datetime
    """When it began, UTC+8."""
    requests: int
    """Requests in its ledger."""
    files: Mapping[str, tuple[int, str]]
    """Path inside → bytes and SHA-256."""

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(size for size, _ in self.files.values())


def make(places: Places, to: Path, *, keep: int, now: datetime) -> Backup:
    """Take a backup into a new folder below `to`; the oldest beyond `keep` go afterwards.

    Raises BackupError: nothing half done is left, earlier backups stay.
    """
    if not places.ledger.is_file():
        raise BackupError(
            f"{places.ledger}: there is no ledger yet: nothing to save", path=places.ledger
        )
    with explained(to), alone(to):
        earlier = kept(to)
        last = earlier[-1] if earlier else None
        _check_room(places, to, last)
        name = _free_name(to, now)
        part = to / f"{name}{PART}"
        part.mkdir(mode=0o700)
        try:
            files = dict(_copies(places, part, last))
            manifest = {
                "made": clock.to_text(now),
                "schema": VERSION,
                "requests": _whole_ledger(part / LEDGER),
                "files": {path: [size, mark] for path, (size, mark) in sorted(files.items())},
            }
            write_text(part / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
            sync_folders(part)
            part.replace(to / name)
            sync_folder(to)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        for old in kept(to)[: -max(keep, 1)]:
            _delete(old)
        return read(to / name)


def _delete(folder: Path) -> None:
    """Without its name first: half a backup must not look like a whole one."""
    part = folder.with_name(f"{folder.name}{PART}")
    folder.replace(part)
    shutil.rmtree(part)


def kept(to: Path) -> list[Path]:
    """The backups below a folder, oldest first; half ones have no name yet."""
    if not to.is_dir():
        return []
    found = [path for path in to.iterdir() if _NAME.fullmatch(path.name)]
    return sorted((path for path in found if (path / MANIFEST).is_file()), key=_age)


def read(folder: Path) -> Backup:
    """What a backup's manifest tells. Raises BackupError when it is none."""
    try:
        told = json.loads((folder / MANIFEST).read_text("utf-8"))
        files = {path: (int(size), str(mark)) for path, (size, mark) in told["files"].items()}
        return Backup(folder, clock.from_text(told["made"]), int(told["requests"]), files)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError(
            f"{folder}: this is no backup, or its manifest is damaged ({error}): choose another",
            code="damaged",
            path=folder,
        ) from error


def check(folder: Path) -> Backup:
    """Read every byte of a backup. Raises BackupError that names the first file that is wrong."""
    backup = read(folder)
    for path, (size, mark) in backup.files.items():
        file = folder / path
        inside = folder.resolve() in file.resolve().parents
        if not inside or not file.is_file() or digest(file) != (size, mark):
            raise BackupError(
                f"{file}: missing or not as it was saved: use another backup",
                code="damaged",
                path=file,
            )
    _whole_ledger(folder / LEDGER)
    return backup


def _age(path: Path) -> tuple[str, int]:
    stem, _, number = path.name.removeprefix("linli-").replace("-", "", 1).partition("-")
    return stem, int(number or 0)


def _free_name(to: Path, now: datetime) -> str:
    name = f"linli-{now.astimezone(clock.BEIJING):%Y%m%d-%H%M%S}"
    number, found = 1, name
    while (to / found).exists():
        number += 1
        found = f"{name}-{number}"
    return found


def _copies(places: Places, part: Path, last: Path | None) -> Iterator[tuple[str, tuple[int, str]]]:
    """Copy everything; gives each file's path, size and hash."""
    first = {name: path for name, path in places.trees.items() if name in _BEFORE}
    rest = {name: path for name, path in places.trees.items() if name not in first}
    yield from _trees(first, part, None)
    copy_ledger(places.ledger, part / LEDGER)
    yield LEDGER, digest(part / LEDGER)
    yield from _trees(rest, part, last)


def _trees(
    trees: Mapping[str, Path], part: Path, last: Path | None
) -> Iterator[tuple[str, tuple[int, str]]]:
    known = read(last).files if last else {}
    for file, path in _files(trees):
        (part / path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            told = _link(file, last, known, path, part) or copy_file(file, part / path)
        except FileNotFoundError:
            continue  # swept or filed just now
        yield path, told


def _files(trees: Mapping[str, Path]) -> Iterator[tuple[Path, str]]:
    """Every file of the trees with its path in the backup."""
    for name, tree in trees.items():
        if tree.is_file():
            yield tree, f"{name}/{tree.name}"
            continue
        for file in sorted(tree.rglob("*")):
            if file.is_file() and not file.is_symlink() and file.suffix != PART:
                yield file, f"{name}/{file.relative_to(tree).as_posix()}"


def _link(
    file: Path, last: Path | None, known: Mapping[str, tuple[int, str]], path: str, part: Path
) -> tuple[int, str] | None:
    """A recording that the last backup has already, and has whole."""
    if last is None or file.suffix != ".ogg" or known.get(path, (-1,))[0] != file.stat().st_size:
        return None
    try:
        if digest(last / path) != known[path]:
            return None
        os.link(last / path, part / path)
    except OSError:
        return None  # gone from there, or a disk that knows no links
    return known[path]


def _whole_ledger(path: Path) -> int:
    """How many requests a copy of a ledger has. Raises BackupError when it is not sound."""
    try:
        return count_requests(path)
    except sqlite3.Error as error:
        raise BackupError(
            f"{path}: the copy of the ledger is not sound ({error}): run linli doctor",
            code="damaged",
            path=path,
        ) from error


def _check_room(places: Places, to: Path, last: Path | None) -> None:
    """Refuse before anything is written: a disk that a backup fills takes no requests."""
    known = read(last).files if last else {}
    wanted = ROOM + size_of(places.ledger)
    wanted += size_of(places.ledger.with_name(f"{places.ledger.name}-wal"))
    for file, path in _files(places.trees):
        size = size_of(file)
        wanted += 0 if known.get(path, (-1,))[0] == size and file.suffix == ".ogg" else size
    free = shutil.disk_usage(to).free
    if free < wanted:
        raise full(to, wanted, free)


def told(backup: Backup) -> dict[str, Any]:
    """A backup in plain words of data, for a list."""
    return {
        "folder": str(backup.folder),
        "made": f"{backup.made:%Y-%m-%d %H:%M:%S}",
        "requests": backup.requests,
        "files": len(backup.files),
        "megabytes": round(backup.size / 1e6, 1),
    }
