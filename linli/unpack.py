"""Archives from elsewhere, unpacked without trusting them.

Only ordinary files below one top folder are taken, and no more bytes than were
announced. An archive with anything else in it that points outside is refused whole.
"""

from __future__ import annotations

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, TypeAlias

from .recognizers import ModelProblem

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is unpacked, how many bytes of it are done, and how many there will be at most."""

_BLOCK = 1 << 20
_Member: TypeAlias = tuple[str, Callable[[], IO[bytes]]]


class BadArchive(ModelProblem):
    """An archive that is damaged or tries to write where it must not."""

    code = "wrong_file"


def unpack(archive: Path, into: Path, *, limit: int, progress: Progress | None = None) -> None:
    """Unpack a tar (any compression) or zip archive into the folder, without its top folder.

    Raises BadArchive; what was written by then is left for the caller to delete.
    """
    done = 0
    with _members(archive) as members:
        for name, open_member in members:
            place = _inside(name, into, archive)
            if place is None:
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            with open_member() as source, place.open("wb") as target:
                while block := source.read(_BLOCK):
                    done += len(block)
                    if done > limit:
                        raise BadArchive(
                            f"{archive} holds more than the {limit} bytes it should; "
                            "it is not the file in the catalogue"
                        )
                    target.write(block)
                    if progress:
                        progress(name, done, limit)


def _inside(name: str, into: Path, archive: Path) -> Path | None:
    """Where a member goes: below the folder, without the top folder; None for a lone top."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise BadArchive(f"{archive} wants to write to {name!r}, outside its folder; do not use it")
    parts = path.parts[1:] if len(path.parts) > 1 else path.parts
    return into.joinpath(*parts) if parts else None


@contextmanager
def _members(archive: Path) -> Iterator[Iterator[_Member]]:
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as opened:
                yield _zipped(opened)
        else:
            with tarfile.open(archive, "r|*") as stream:
                yield _tarred(stream, archive)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError) as error:
        raise BadArchive(f"{archive} cannot be unpacked ({error}); fetch it again") from error
    except OSError as error:
        if error.errno is None:  # bz2 and gzip say so of damaged data
            raise BadArchive(f"{archive} cannot be unpacked ({error}); fetch it again") from error
        raise


def _zipped(opened: zipfile.ZipFile) -> Iterator[_Member]:
    for member in opened.infolist():
        if not member.is_dir():
            yield member.filename, lambda member=member: opened.open(member)  # type: ignore[misc]


def _tarred(stream: tarfile.TarFile, archive: Path) -> Iterator[_Member]:
    for member in stream:
        if member.isdir():
            continue
        source = stream.extractfile(member) if member.isreg() else None
        if source is None:
            raise BadArchive(
                f"{archive} holds {member.name!r}, which is no ordinary file; do not use it"
            )
        yield member.name, lambda source=source: source  # type: ignore[misc]
