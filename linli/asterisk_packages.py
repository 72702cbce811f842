"""Asterisk, out of the distribution's packages, unpacked into a folder of its own.

No root is needed and the system is not touched: the package client works in a
room of its own, its signatures are checked against the machine's Debian keys,
and the packages are unpacked, not installed. The release that carries Asterisk
cannot be pinned; so what arrives is checked (`ivr.tree.Tree.check`).
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ivr.errors import PhoneError
from ivr.tree import Tree

from . import apt_room
from .apt_room import Tell
from .fetch import FetchError
from .paths import MODELS

TREE: Final = Tree(MODELS / "asterisk")
"""Where Asterisk lies after set-up."""

SUITE: Final = "sid"
"""The one suite of the distribution that has Asterisk."""

KEYS: Final = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SOURCES: Final = Path("/etc/apt")

WANTED: Final = ("asterisk", "asterisk-modules", "asterisk-core-sounds-en-gsm-")
"""Packages; a name with - at its end is left out."""

SPACE: Final = 700_000_000
"""Bytes needed while it is unpacked; 250 MB stay."""

_TOOLS: Final = ("apt-get", "dpkg-deb", "tar")
_WITHOUT: Final = ("doc", "man", "locale", "lintian", "bug", "asterisk/sounds")
_ELSEWHERE: Final = (
    "The telephone line needs Asterisk 22, which is taken from Debian's packages, and {why}."
    " The kiosk works without it. For the line use a Debian 12 machine with internet,"
    " or copy models/asterisk from one."
)


def ensure(tell: Tell, tree: Tree = TREE, sources: Path = SOURCES) -> bool:
    """Bring Asterisk where it is not yet; True when it was brought just now.

    Raises FetchError: `packages` where Debian's cannot be had, `network`,
    `space`, or `wrong_file` when what arrived is not what Linli needs.
    """
    if tree.here():
        return False
    _possible(tree)
    room = tree.root.with_name(".asterisk")
    shutil.rmtree(room, ignore_errors=True)
    fresh = room / "tree"
    fresh.mkdir(parents=True)
    try:
        packages = _download(room, mirror(sources), tell)
        _unpack(packages, fresh, tell)
        Tree(fresh).check()
    except PhoneError as error:
        raise FetchError(f"{error} Tell the project.", "wrong_file") from error
    else:
        shutil.rmtree(tree.root, ignore_errors=True)
        fresh.replace(tree.root)
    finally:
        shutil.rmtree(room, ignore_errors=True)
    return True


def _possible(tree: Tree) -> None:
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if missing:
        raise FetchError(_ELSEWHERE.format(why=f"there is no {missing[0]} here"), "packages")
    if not KEYS.exists():
        why = f"{KEYS} (package debian-archive-keyring) is not here"
        raise FetchError(_ELSEWHERE.format(why=why), "packages")
    tree.root.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(tree.root.parent).free
    if free < SPACE:
        raise FetchError(
            f"{tree.root.parent} has {free >> 20} MB free and Asterisk needs {SPACE >> 20} MB while"
            " it is unpacked; free some space and run this again.",
            "space",
        )


def mirror(sources: Path = SOURCES) -> str:
    """The address of the Debian this machine already uses. Raises FetchError."""
    lists = [sources / "sources.list", *sorted((sources / "sources.list.d").glob("*"))]
    for path in lists:
        if path.suffix in {".list", ".sources"} and path.is_file():
            for line in path.read_text("utf-8", "replace").splitlines():
                found = re.search(r"^(?:URIs:|deb\s)[^#]*?(\w+:/+\S*?/debian)/?(?:\s|$)", line)
                if found:
                    return found[1]
    why = f"{sources} names no Debian to take packages from"
    raise FetchError(_ELSEWHERE.format(why=why), "packages")


def _download(room: Path, address: str, tell: Tell) -> list[Path]:
    source = f"deb [signed-by={KEYS}] {address} {SUITE} main"
    return apt_room.packages(
        room, WANTED, tell, name="Asterisk", elsewhere=_ELSEWHERE, source=source
    )


def _unpack(packages: Sequence[Path], fresh: Path, tell: Tell) -> None:
    """Unpack packages as their own root; raises FetchError."""
    for name in ("bin", "sbin", "lib", "lib64"):
        (fresh / "usr" / name).mkdir(parents=True)
        (fresh / name).symlink_to(f"usr/{name}")
    without = [f"--exclude=./usr/share/{name}" for name in _WITHOUT]
    for number, package in enumerate(packages, 1):
        if number % 40 == 0:
            tell(f"Asterisk: unpacking {number} of {len(packages)}")
        with subprocess.Popen(
            ["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as opened:
            laid = subprocess.run(
                ["tar", "-x", "-C", fresh, "--keep-directory-symlink", "--no-same-owner", *without],
                stdin=opened.stdout,
                capture_output=True,
                text=True,
                check=False,
            )
            complaint = opened.stderr.read().decode("utf-8", "replace") if opened.stderr else ""
        if opened.returncode or laid.returncode:
            why = f"{package.name} cannot be unpacked: {(complaint + laid.stderr).strip()[:200]}"
            code = "space" if "No space left" in why else "wrong_file"
            raise FetchError(f"Asterisk: {why}", code)
