"""Debian's package client in a room of its own: it fetches, and touches nothing of the machine."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from .fetch import FetchError, run_client

Tell: TypeAlias = Callable[[str], None]
"""Told what is being done, every few seconds."""

_EVERY_S: Final = 2.0
"""Seconds between two words of progress."""
_OLD: Final = "old"
"""Code of a list of packages that is past its date."""


def packages(
    room: Path,
    wanted: Sequence[str],
    tell: Tell,
    *,
    name: str,
    elsewhere: str,
    source: str = "",
) -> list[Path]:
    """Packages with everything they need, fetched as if nothing were installed; their files.

    `source` is a line of sources to use instead of the machine's own. `name` is what errors
    call it; `elsewhere` says what to do where there are no such packages ({why} is filled in).
    Raises FetchError.
    """
    cache, state = room / "cache", room / "state"
    for folder in (cache / "archives" / "partial", state / "lists" / "partial"):
        folder.mkdir(parents=True, exist_ok=True)
    (room / "status").touch()
    settings = {
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
    if source:
        (room / "sources").write_text(f"{source}\n", "utf-8")
        settings |= {"Dir::Etc::SourceList": room / "sources", "Dir::Etc::SourceParts": "/dev/null"}
    options = [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]
    client = _Client(["apt-get", "-q", "-y", *options], name, elsewhere, tell)
    client.update()
    client.run(["install", "--no-install-recommends", "--download-only", *wanted], "its packages")
    return sorted((cache / "archives").glob("*.deb"))


class _Client:
    """The package client with its options; its own words go into errors."""

    def __init__(self, command: list[str], name: str, elsewhere: str, tell: Tell) -> None:
        self.command, self.name, self.elsewhere, self.tell = command, name, elsewhere, tell

    def update(self) -> None:
        """Fetch the list of packages; one whose signature holds is used though it is old."""
        try:
            self.run(["update"], "the list of packages")
        except FetchError as error:
            if error.code != _OLD:
                raise
            # A mirror behind the times, or a machine whose clock is wrong: signed is signed.
            self.tell(
                f"{self.name}: the list of packages is past its date;"
                " its signature holds, so it is used"
            )
            self.command += ["-o", "Acquire::Check-Valid-Until=false"]
            self.run(["update"], "the list of packages")

    def run(self, words: Sequence[str], what: str) -> None:
        """Run it, passing its progress on. Raises FetchError."""
        last = 0.0

        def took(line: str) -> bool:
            nonlocal last
            found = re.match(r"[dp][lm]status:[^:]*:([\d.]+):", line)
            if found and time.monotonic() - last > _EVERY_S:
                last = time.monotonic()
                self.tell(f"{self.name}: {what}, {float(found[1]):.0f} %")
            return bool(found)

        environment = {"LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
        code, said = run_client([*self.command, *words], environment, took)
        if code:
            raise self._failure(what, said)

    def _failure(self, what: str, told: str) -> FetchError:
        if re.search(r"No space left|not enough free space", told):
            return FetchError(
                f"{self.name} does not fit: the disk is full. Free some space.", "space"
            )
        said = [line.strip() for line in told.splitlines() if line.strip()]
        errors = [line for line in said if line.startswith(("E:", "W:", "Err:"))]
        why = " ".join((errors or said)[-2:])[:300]
        if re.search(r"Hash Sum mismatch|GPG error|not signed|NO_PUBKEY|EXPKEYSIG", told):
            return FetchError(f"{self.name}, {what}: not what Debian signed: {why}", "wrong_file")
        if re.search(r"Release file .* is expired", told):
            return FetchError(f"{self.name}, {what}: past its date: {why}", _OLD)
        if re.search(r"Unable to locate package|has no installation candidate", told):
            reason = f"this Debian's mirror has none ({why})"
            return FetchError(self.elsewhere.format(why=reason), "packages")
        return FetchError(
            f"{self.name}, {what} could not be fetched: {why}"
            " Connect this machine (or set its proxy) and run this again.",
            "network",
        )
