"""Asterisk as a process of ours: started unprivileged, waited for, asked, stopped."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Final, Self

from .errors import PhoneError
from .folders import Folders
from .tree import Tree

NOBODY: Final = "nobody"
"""Who Asterisk runs as when root starts it."""

START_S: Final = 30.0
"""Seconds Asterisk is given to boot; it takes one."""
STOP_S: Final = 5.0
"""Seconds it is given to hang up and end."""

_EVERY: Final = 0.05


class Server:
    """Asterisk on the settings in a folder (`ivr.conf.write` makes them)."""

    def __init__(self, folders: Folders, tree: Tree) -> None:
        self.folders = folders
        self.tree = tree
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """The command that runs Asterisk in the foreground, with rights given up by root."""
        own = self.tree.command("-C", str(self.folders.conf), "-f", "-n")
        return [*_without_rights(self.folders, self.tree), *own]

    def start(self) -> None:
        """Start it and wait until it takes calls; else PhoneError with its own words.

        It takes questions before it knows that who asks may hang up: a broken pipe ends nothing,
        from the first moment on.
        """
        hand_over(self.folders, self.tree)
        output = (self.folders.log / "start.log").open("wb")
        with output:
            self._process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                restore_signals=False,
                cwd="/",
                env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8"},
            )
        deadline = time.monotonic() + START_S
        while "fully booted" not in self.ask("core waitfullybooted"):
            code = self._process.poll()
            if code is not None or time.monotonic() > deadline:
                self.stop()
                ended = f"not up after {START_S:.0f} s" if code is None else f"ended with {code}"
                raise PhoneError(f"Asterisk does not start ({ended}): {self._complaint()}")
            time.sleep(_EVERY)

    def _complaint(self) -> str:
        """The last errors it wrote."""
        words: list[str] = []
        for name in ("start.log", "messages.log"):
            path = self.folders.log / name
            if path.exists():
                lines = path.read_text("utf-8", "replace").splitlines()
                words += [line for line in lines if "ERROR" in line or "cannot" in line.lower()]
                words = words or lines
        return " ".join(words[-3:])[:500] or f"{self.folders.log} has nothing"

    def ask(self, words: str) -> str:
        """What Asterisk's console answers to e.g. `core show channels`; empty when it is gone."""
        if not _socket_is_open(self.folders.run / "asterisk.ctl"):
            return ""
        command = self.tree.command("-C", str(self.folders.conf), "-rx", words)
        told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=START_S)
        return told.stdout

    @property
    def pid(self) -> int | None:
        """Its process, while it runs."""
        running = self._process is not None and self._process.poll() is None
        return self._process.pid if running and self._process else None

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def stop(self) -> None:
        """Hang up everything and end it."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def wait(self) -> int:
        """Wait until it ends by itself; its exit code."""
        return self._process.wait() if self._process else 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def hand_over(folders: Folders, tree: Tree) -> None:
    """Root gives the line's folders to the user Asterisk will run as; others change nothing."""
    if not _becomes_nobody(folders, tree):
        return
    user = pwd.getpwnam(NOBODY)
    for path in (folders.root, folders.run, *folders.root.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def _without_rights(folders: Folders, tree: Tree) -> list[str]:
    """What root puts before it: another user, or where that one cannot reach, no powers."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        return []
    plain = ["setpriv", "--no-new-privs"]
    if _becomes_nobody(folders, tree):
        group = str(pwd.getpwnam(NOBODY).pw_gid)
        return [*plain, f"--reuid={NOBODY}", f"--regid={group}", "--clear-groups"]
    return [*plain, "--inh-caps=-all", "--bounding-set=-all"]


def _becomes_nobody(folders: Folders, tree: Tree) -> bool:
    return os.geteuid() == 0 and _reached(folders.root.parent) and _reached(tree.root)


def _reached(path: Path) -> bool:
    """Whether any user may pass through all folders down to here."""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.absolute().parents))


def _socket_is_open(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        try:
            door.connect(str(path))
        except OSError:
            return False
    return True
