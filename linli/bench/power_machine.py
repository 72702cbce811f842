"""A whole Debian in a folder with a systemd of its own, switched on, off and looked into (as root).

It sees no network but its loopback, and of this machine only the kernel.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

HOME: Final = Path("/srv/linli")
_BOOT: Final = Path(__file__).with_name("power_boot.sh")
_ENV: Final = {
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
}
_UP_S: Final = 300.0
_SETTLES_S: Final = 15.0
"""After an upgrade, until every door has answered again."""
_FILER: Final = """
import socket, time, uuid
from linli.wiring import load_settings, open_ledger
from station.requests import FiledRequest
settings = load_settings()
while True:
    time.sleep(0.3)
    try:
        socket.create_connection(("127.0.0.1", settings.console.port), 1).close()
    except OSError:
        continue  # a station that stands still takes no requests
    uid = uuid.uuid4().hex
    with open_ledger(settings) as ledger:
        ledger.file(FiledRequest("taxi", {"destination": "x"}, uid=uid))
    print(uid, flush=True)
"""
_TOLD: Final = """
import json
from linli.wiring import load_settings, open_ledger
with open_ledger(load_settings()) as ledger:
    uids = [each.uid for each in ledger.requests()]
    print(json.dumps({"uids": uids, "wrong": ledger.contradictions()}))
"""
_PROBE: Final = """
import socket, time, urllib.request
doors = {"console": 8460, "line": 8765, "asterisk": 5038}
def serves(name, port):
    try:
        if name == "console":
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2) as page:
                return page.status == 200
        with socket.create_connection(("127.0.0.1", port), 2):
            return True
    except OSError:
        return False
while True:
    for name, port in doors.items():
        print(f"{time.monotonic():.3f} {name} {int(serves(name, port))}", flush=True)
    time.sleep(0.05)
"""


@dataclass
class Machine:
    """A Debian in a folder, and what was promised there."""

    root: Path
    """Its folder."""
    init: int = 0
    """Its systemd, as this machine sees it; 0 while it is off."""
    shell: subprocess.Popen[bytes] | None = None
    """The parent of that systemd."""
    promised: set[str] = field(default_factory=set)
    """Requests whose filing was acknowledged."""

    def boot(self) -> float:
        """Switch it on; seconds until systemd has started everything and the pages answer.

        Where it has no systemd after five minutes, that raises RuntimeError.
        """
        began = time.monotonic()
        shell = self.shell = subprocess.Popen(
            ["/bin/bash", _BOOT, self.root],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        while not (init := _systemd_of(shell.pid)):
            if shell.poll() is not None or time.monotonic() - began > _UP_S:
                raise RuntimeError(
                    f"{self.root}: no systemd started there: is it a Debian, are we root?"
                )
            time.sleep(0.1)
        self.init = init
        while not self.up() and time.monotonic() - began < _UP_S:
            time.sleep(0.2)
        return time.monotonic() - began

    def up(self) -> bool:
        """Whether nothing is starting any more and every door answers."""
        if self.inside("systemctl", "is-system-running").stdout.strip() not in {
            "running",
            "degraded",
        }:
            return False
        probe = self._python(_PROBE)
        with probe:
            lines = [probe.stdout.readline() for _ in range(3)] if probe.stdout else []
            _end(probe)
        return all(line.split()[-1:] == ["1"] for line in lines)

    def cut(self) -> None:
        """The power goes."""
        os.kill(self.init, signal.SIGKILL)
        if self.shell:
            self.shell.wait()
        self.init, self.shell = 0, None

    def inside(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command on the machine, to its end."""
        return subprocess.run(
            self._words(*words), capture_output=True, text=True, check=False, env=_ENV
        )

    def _words(self, *words: str) -> list[str]:
        return ["nsenter", "-t", str(self.init), "-a", "--wd=/", *words]

    def _python(self, script: str, out: int | IO[str] = subprocess.PIPE) -> subprocess.Popen[str]:
        """A script in the station's own Python, as its user."""
        linli = ("setpriv", "--reuid=linli", "--regid=linli", "--init-groups")
        python = str(HOME / "current" / ".venv" / "bin" / "python")
        home = ("env", "-C", str(HOME), f"LINLI_HOME={HOME}", "PYTHONSAFEPATH=1")
        return subprocess.Popen(
            self._words(*linli, *home, python, "-c", script),
            stdout=out,
            stderr=subprocess.DEVNULL,
            text=True,
            env=_ENV,
            start_new_session=True,
        )

    def told(self) -> dict[str, list[str]]:
        """What the ledger holds: the `uids` of all requests, and what is `wrong` with it."""
        with self._python(_TOLD) as teller:
            text = teller.stdout.read() if teller.stdout else ""
        found: dict[str, list[str]] = json.loads(text)
        return found

    def release(self) -> str:
        """The one in use."""
        return (self.root / HOME.relative_to("/") / "current").readlink().name

    def under_way(self) -> bool:
        """Whether an upgrade has not been ended."""
        home = self.root / HOME.relative_to("/")
        return (home / "releases" / "upgrade.json").exists() or (home / "next").is_symlink()

    def upgrade(self, name: str, cut_at: float | None = None) -> dict[str, float]:
        """To another release; where the power goes at `cut_at` seconds, the machine is off then.

        These are counted from the moment at which the station is stopped. Gives seconds: of all of
        it, from that moment to its end, and for each door the longest time it did not answer.
        """
        seen = tempfile.TemporaryFile("w+")  # noqa: SIM115 - a pipe nobody reads would fill up
        probe, filer = self._python(_PROBE, seen), self._python(_FILER)
        python = str(HOME / "releases" / name / ".venv" / "bin" / "python")
        began = time.monotonic()
        command = self._words(
            *("env", "-C", str(HOME), f"LINLI_HOME={HOME}", "PYTHONSAFEPATH=1", python),
            *("-m", "linli", "upgrade", "--finish", name),
        )
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=_ENV
        ) as upgrade:
            while not self.under_way() and upgrade.poll() is None:
                time.sleep(0.02)
            critical = time.monotonic()
            try:
                said, _ = upgrade.communicate(timeout=cut_at)
            except subprocess.TimeoutExpired:
                self.cut()
                said, _ = upgrade.communicate()
        seconds = time.monotonic() - began
        if cut_at is None:
            print(said, file=sys.stderr)
            time.sleep(_SETTLES_S)
        for each in (probe, filer):
            _end(each)
        probe.wait()
        with seen:
            seen.seek(0)
            told = seen.read()
        self.promised.update((filer.communicate()[0] or "").split())
        return {
            "all": seconds,
            "critical": seconds - (critical - began),
            **_pauses(told),
        }


def _systemd_of(shell: int) -> int:
    """The systemd that a shell has become the parent of; 0 while there is none."""
    with suppress(FileNotFoundError, ProcessLookupError):
        for child in Path(f"/proc/{shell}/task/{shell}/children").read_text().split():
            if Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                return int(child)
    return 0


def _end(script: subprocess.Popen[str]) -> None:
    """With the process that went into the machine for it."""
    with suppress(ProcessLookupError):
        os.killpg(script.pid, signal.SIGKILL)


def _pauses(told: str) -> dict[str, float]:
    """Longest time between two answers of each door, seconds."""
    last: dict[str, float] = {}
    worst: dict[str, float] = {}
    for line in told.splitlines():
        at, name, well = line.split()
        if well == "1":
            worst[name] = max(worst.get(name, 0.0), float(at) - last.get(name, float(at)))
            last[name] = float(at)
    return worst
