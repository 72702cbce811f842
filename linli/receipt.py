"""The receipt beside an installed model: what every file was when it came.

Where a hash is published, the files were compared with it; where none is, the
first download is what they must stay. A file whose size and time stamp have not
changed since it was last read whole is not read again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from .fetch import sha256
from .recognizers import Pinned, Recogniser

NAME = "linli-model.json"
"""Name of the receipt inside the model's folder."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One file that is not what it must be."""

    path: Path
    """Where it lies, or should."""
    expected: str
    """The size or hash it must have, or `a file`."""
    found: str
    """What it has, or `nothing`."""

    def __str__(self) -> str:
        return f"{self.path}: must be {self.expected}, is {self.found}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was installed."""

    origin: str
    """Address, file or folder it came from."""
    trust: Literal["pinned", "first_use"]
    """Compared with published hashes, or measured at the first download."""
    files: Mapping[str, Mapping[str, Any]]
    """By path inside the folder: size, sha256 and the time stamp of the last full reading."""

    @classmethod
    def of(cls, folder: Path, entry: Recogniser, origin: str) -> Receipt:
        """Read every file of a folder."""
        names = sorted(
            path.relative_to(folder).as_posix()
            for path in folder.rglob("*")
            if path.is_file() and path.name != NAME
        )
        pinned = bool(entry.files) and all(file.sha256 for file in entry.files.values())
        files = {name: _measured(folder / name) for name in names}
        return cls(origin, "pinned" if pinned else "first_use", files)

    @classmethod
    def read(cls, folder: Path) -> Receipt | None:
        """The receipt in a folder; None where there is none that can be read."""
        try:
            data = json.loads((folder / NAME).read_text("utf-8"))
            return cls(str(data["origin"]), data["trust"], dict(data["files"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, folder: Path) -> None:
        """Put the receipt into the folder, whole or not at all."""
        data = {"origin": self.origin, "trust": self.trust, "files": self.files}
        fresh = folder / f"{NAME}.new"
        fresh.write_text(json.dumps(data, indent=1) + "\n", "utf-8")
        fresh.replace(folder / NAME)


def faults(folder: Path, entry: Recogniser, *, deep: bool = False) -> list[Fault]:
    """Every file of an installed model that is not what it must be.

    With `deep` every byte is read, else only what changed since the last time.
    """
    receipt = Receipt.read(folder)
    wanted = {name: dict(facts) for name, facts in (receipt.files if receipt else {}).items()}
    for name, pinned in entry.files.items():
        wanted.setdefault(name, {}).update(_facts(pinned))
    found = (_fault(folder / name, facts, deep=deep) for name, facts in wanted.items())
    return [fault for fault in found if fault]


def _facts(pinned: Pinned) -> dict[str, Any]:
    return pinned.model_dump(include={"size", "sha256"}, exclude_none=True)


def _fault(path: Path, facts: Mapping[str, Any], *, deep: bool) -> Fault | None:
    if not path.is_file():
        return Fault(path, "a file", "nothing")
    size = path.stat().st_size
    if size != facts.get("size", size):
        return Fault(path, f"{facts['size']} bytes long", f"{size}")
    if size == 0:
        return Fault(path, "a file with something in it", "empty")
    known = path.stat().st_mtime_ns == facts.get("read_at")
    if "sha256" not in facts or (known and not deep):
        return None
    digest = sha256(path)
    return None if digest == facts["sha256"] else Fault(path, facts["sha256"], digest)


def _measured(path: Path) -> dict[str, Any]:
    state = path.stat()
    return {"size": state.st_size, "sha256": sha256(path), "read_at": state.st_mtime_ns}
