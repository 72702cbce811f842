"""Large downloads over poor lines: resumed, retried, measured, never half there.

What has arrived lies in a `.part` file and is gone on with, in this run or the
next. The file gets its name only when its size and hash are what they must be.
"""

from __future__ import annotations

import errno
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from .fetch import sha256
from .recognizers import Archive, ModelProblem

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is going on, how many bytes of it are done, and how many there will be."""

MARGIN = 200_000_000
"""Bytes that must stay free on the disk."""

_BLOCK = 1 << 18
_TIMEOUT = (10, 30)


class Unreachable(ModelProblem):
    """None of a file's addresses gave it."""

    code = "network"


class WrongFile(ModelProblem):
    """Something else than the file in the catalogue arrived."""

    code = "wrong_file"


class NoRoom(ModelProblem):
    """The disk is too full."""

    code = "space"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to keep trying."""

    tries: int = 4
    """Failures in a row before an address is given up that has given nothing yet."""
    wait: float = 1.0
    """Seconds before the second try; doubled each time, at most a minute."""
    tries_begun: int = 8
    """The same for an address that has given a part: a line that worked may work again."""


def download(
    archive: Archive,
    into: Path,
    progress: Progress | None = None,
    *,
    addresses: Sequence[str] = (),
    patience: Patience | None = None,
) -> Path:
    """The verified archive in the folder `into`, fetched where it is not there yet.

    `addresses` replace those of the catalogue (a mirror). Raises Unreachable,
    WrongFile and NoRoom; a part that is right so far is kept for the next time.
    """
    into.mkdir(parents=True, exist_ok=True)
    whole, part = into / archive.name, into / f"{archive.name}.part"
    if whole.is_file() and not _wrong(whole, archive):
        return whole
    failures = []
    for address in addresses or archive.addresses:
        try:
            _fetch(address, part, archive, progress or _silent, patience or Patience())
            break
        except Unreachable as error:
            failures.append(str(error))
    else:
        raise Unreachable("; ".join(failures) or f"{archive.name} has no address to fetch it from")
    wrong = _wrong(part, archive)
    if wrong:
        part.unlink()
        raise WrongFile(
            f"what arrived as {archive.name} is not the file in the catalogue: {wrong}; "
            "it was deleted. Try again; if it is the same again, tell the project"
        )
    part.replace(whole)
    return whole


def room_for(size: int, folder: Path) -> None:
    """Raise NoRoom unless `size` bytes fit, with some to spare."""
    place = next(p for p in (folder, *folder.resolve().parents) if p.exists())
    free = shutil.disk_usage(place).free
    if free < size + MARGIN:
        raise NoRoom(
            f"{folder} has {free / 1e6:.0f} MB free and {(size + MARGIN) / 1e6:.0f} MB are needed; "
            f"free {(size + MARGIN - free) / 1e6:.0f} MB and run this again"
        )


def _silent(what: str, done: int, total: int) -> None:
    del what, done, total


def _wrong(path: Path, archive: Archive) -> str:
    """What is not as the catalogue says; empty when all is, or nothing is said."""
    size = path.stat().st_size
    if archive.size is not None and size != archive.size:
        return f"it has {size} bytes and must have {archive.size}"
    if archive.sha256 is not None and (digest := sha256(path)) != archive.sha256:
        return f"its sha256 is {digest} and must be {archive.sha256}"
    return ""


def _fetch(
    address: str, part: Path, archive: Archive, progress: Progress, patience: Patience
) -> None:
    """Try one address until the file is whole or nothing new comes any more."""
    failed, wait = 0, patience.wait
    while True:
        before = part.stat().st_size if part.exists() else 0
        if archive.size is not None and before >= archive.size:
            return
        why = _stream(address, part, before, archive, progress)
        if not why:
            return
        arrived = part.stat().st_size if part.exists() else 0
        if arrived > before:
            failed, wait = 0, patience.wait
        failed += 1
        if failed >= (patience.tries_begun if arrived else patience.tries):
            raise Unreachable(f"{address} could not be fetched ({why})")
        time.sleep(wait)
        wait = min(60.0, wait * 2)


def _stream(address: str, part: Path, begun: int, archive: Archive, progress: Progress) -> str:
    """Fetch what is still missing; the reason when it broke off, empty when it is whole."""
    import requests
    import urllib3

    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={begun}-"} if begun else {})
    try:
        with requests.get(address, headers=headers, stream=True, timeout=_TIMEOUT) as answer:
            if answer.status_code == requests.codes.requested_range_not_satisfiable:
                part.unlink()
                return "the server does not know the part that is missing"
            if not answer.ok:
                return f"the server answers {answer.status_code} {answer.reason}"
            begun = begun if answer.status_code == requests.codes.partial_content else 0
            coming = int(answer.headers.get("Content-Length") or 0)
            total = begun + coming if coming else 0
            _expect(total, archive, address)
            with part.open("ab" if begun else "wb") as file:
                # read1 gives what has come, so that a break loses nothing of it.
                while block := answer.raw.read1(_BLOCK):
                    file.write(block)
                    begun += len(block)
                    progress(archive.name, begun, archive.size or total or begun + 1)
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        return _reason(error)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise NoRoom(f"{part} does not fit: the disk is full; free some space") from error
        raise
    return "" if not total or begun >= total else f"broken off after {begun} of {total} bytes"


def _expect(total: int, archive: Archive, address: str) -> None:
    """A file of another size is another file: not worth an hour of anybody's line."""
    if archive.size is None or total in {0, archive.size}:
        return
    raise WrongFile(
        f"{address} offers {total} bytes and {archive.name} has {archive.size}: it is another "
        "file; give the right address with --from"
    )


def _reason(error: Exception) -> str:
    """The innermost cause, without the library's own words around it."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__  # type: ignore[assignment]
    return str(error).strip() or type(error).__name__
