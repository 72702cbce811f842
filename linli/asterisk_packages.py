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
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from ivr.errors import PhoneError
from ivr.tree import Tree

from .fetch import FetchError, run_client
from .paths import MODELS

Tell: TypeAlias = Callable[[str], None]
"""Told what is being done, every few seconds."""

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

_EVERY_S: Final = 2.0
"""Seconds between two words of progress."""

_OLD: Final = "old"
"""Code of a list of packages that is past its date."""
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
    cache, state = room / "cache", room / "state"
    for folder in (cache / "archives" / "partial", state / "lists" / "partial"):
        folder.mkdir(parents=True)
    (room / "status").touch()
    (room / "sources").write_text(f"deb [signed-by={KEYS}] {address} {SUITE} main\n", "utf-8")
    settings = {
        "Dir::Etc::SourceList": room / "sources",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State": state,
        "Dir::State::status": room / "status",
        "Dir::Cache": cache,
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        "APT::Sandbox::User": "",
        "Debug::NoLocking": "1",
        "APT::Status-Fd": "1",
        "APT::Update::Error-Mode": "any",
    }
    options = [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]
    apt = ["apt-get", "-q", "-y", *options]
    try:
        _run([*apt, "update"], "the list of packages", tell)
    except FetchError as error:
        if error.code != _OLD:
            raise
        # A mirror behind the times, or a machine whose clock is wrong: what is signed is still so.
        tell("Asterisk: the list of packages is past its date; its signature holds, so it is used")
        apt += ["-o", "Acquire::Check-Valid-Until=false"]
        _run([*apt, "update"], "the list of packages", tell)
    install = ["install", "--no-install-recommends", "--download-only", *WANTED]
    _run([*apt, *install], "its packages", tell)
    return sorted((cache / "archives").glob("*.deb"))


def _run(command: Sequence[str], what: str, tell: Tell) -> None:
    """Run the package client, passing its progress on; its own words go into the error."""
    last = 0.0

    def took(line: str) -> bool:
        nonlocal last
        found = re.match(r"[dp][lm]status:[^:]*:([\d.]+):", line)
        if found and time.monotonic() - last > _EVERY_S:
            last = time.monotonic()
            tell(f"Asterisk: {what}, {float(found[1]):.0f} %")
        return bool(found)

    environment = {"LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    code, said = run_client(command, environment, took)
    if code:
        raise _failure(what, said)


def _failure(what: str, told: str) -> FetchError:
    if re.search(r"No space left|not enough free space", told):
        return FetchError("Asterisk does not fit: the disk is full. Free some space.", "space")
    said = [line.strip() for line in told.splitlines() if line.strip()]
    errors = [line for line in said if line.startswith(("E:", "W:", "Err:"))]
    why = " ".join((errors or said)[-2:])[:300]
    if re.search(r"Hash Sum mismatch|GPG error|not signed|NO_PUBKEY|EXPKEYSIG", told):
        return FetchError(f"Asterisk, {what}: not what Debian signed: {why}", "wrong_file")
    if re.search(r"Release file .* is expired", told):
        return FetchError(f"Asterisk, {what}: past its date: {why}", _OLD)
    if re.search(r"Unable to locate package|has no installation candidate", told):
        reason = f"this Debian's mirror has none ({why})"
        return FetchError(_ELSEWHERE.format(why=reason), "packages")
    return FetchError(
        f"Asterisk, {what} could not be fetched: {why}"
        " Connect this machine (or set its proxy) and run this again.",
        "network",
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
