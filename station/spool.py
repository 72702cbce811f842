"""The spool: a request the ledger could not take waits in a file elsewhere, and is filed later.

One JSON file a request, complete or absent, named by the request's identity:
filing it twice is impossible, because the ledger knows the identity.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from .errors import LedgerError
from .requests import FiledRequest


class Spool:
    """A folder, best on another disk than the ledger's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, filed: FiledRequest) -> Path:
        """Write a request down; it is on the disk when this returns.

        Raises LedgerError when the spool cannot be written either.
        """
        name = hashlib.sha256(filed.uid.encode()).hexdigest()[:32]
        path = self.folder / f"{name}.json"
        part = path.with_suffix(f".{os.getpid()}.part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with part.open("w", encoding="utf-8", errors="replace") as file:
                json.dump(filed.to_json(), file, ensure_ascii=False, default=str)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            _sync(self.folder)
        except OSError as error:
            with suppress(OSError):
                part.unlink()
            message = (
                f"{self.folder}: the spool cannot be written ({error.strerror}): mend its disk"
            )
            raise LedgerError(message, code="spool", path=self.folder) from error
        return path

    def waiting(self) -> list[Path]:
        """The files that wait, oldest first."""
        found = [path for path in self.folder.glob("*.json") if path.is_file()]
        return sorted(found, key=lambda path: path.stat().st_mtime_ns)

    def read(self) -> Iterator[tuple[Path, FiledRequest]]:
        """The requests that wait; what cannot be read is set aside as `.unreadable`."""
        for path in self.waiting():
            try:
                filed = FiledRequest.from_json(json.loads(path.read_text(encoding="utf-8")))
            except FileNotFoundError:
                continue  # another program has just filed it
            except (ValueError, TypeError):
                set_aside(path, "unreadable")
            else:
                yield path, filed


def set_aside(path: Path, why: str) -> None:
    """Rename a file that cannot be filed, so that a person looks at it; nothing is deleted."""
    path.rename(path.with_suffix(f".{why}"))


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
