"""A bundle's list of files, written and signed last, read first: whole, or no bundle.

Every file counts but the answers, which are filled in on the stick.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from . import signature
from .errors import LinliError
from .fetch import sha256
from .release import NOTE, Release

SUMS: Final = "SHA256SUMS"
SIGNATURE: Final = "SHA256SUMS.sig"
ANSWERS: Final = "answers.toml"
"""To be filled in on the stick: the one file whose bytes are nobody's business."""
PART: Final = ".part"
"""The ending of what is being written."""

Tell = Callable[[str], None]


class BundleError(LinliError):
    """A bundle that cannot be made or used."""

    code = "bundle"


def seal(out: Path, tell: Tell, key: Path) -> None:
    """Write down every file by its hash, and sign it: from now on the bundle is whole."""
    found = list(files(out))
    lines = []
    for number, path in enumerate(found):
        lines.append(f"{sha256(path)}  {path.relative_to(out).as_posix()}\n")
        if number % 100 == 0:
            tell(f"hashes: {number} of {len(found)}")
    part = out / f"{SUMS}{PART}"
    part.write_text("".join(lines), "utf-8")
    signature.sign(part, key, out / SIGNATURE)
    part.replace(out / SUMS)


def check(folder: Path, tell: Tell = lambda _: None) -> Release:
    """Read every byte of a bundle. Raises BundleError naming the first file that is wrong."""
    try:
        lines = (folder / SUMS).read_text("utf-8", "replace").splitlines()
    except OSError as error:
        raise BundleError(
            f"{folder}: this is no bundle, or was not finished ({error.strerror}: {SUMS}):"
            " run `linli bundle` again, or give its folder"
        ) from error
    for number, line in enumerate(lines):
        mark, _, name = line.partition("  ")
        file = folder / name
        if not file.is_file() or sha256(file) != mark:
            raise BundleError(f"{file} is missing or damaged: copy the bundle again")
        if number % 50 == 0:
            tell(f"checked {number} of {len(lines)}")
    return Release.read(folder / NOTE)


def code(folder: Path) -> str:
    """What people compare of a bundle: it stands for the list of its files."""
    return signature.code_of((folder / SUMS).read_bytes())


def sizes(out: Path) -> dict[str, int]:
    """Bytes by what lies at the top of a bundle."""
    found: dict[str, int] = {}
    for path in files(out):
        part = path.relative_to(out).parts[0]
        found[part] = found.get(part, 0) + path.stat().st_size
    return found


def files(out: Path) -> Iterator[Path]:
    """What belongs to a bundle: nothing hidden, nothing half, nothing that is filled in."""
    for path in sorted(out.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(out).parts)
        if (
            path.is_file()
            and not hidden
            and path.suffix != PART
            and path.name not in {SUMS, SIGNATURE, ANSWERS}
        ):
            yield path
