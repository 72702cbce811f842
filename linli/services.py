"""The station's programs as the machine sees them: stopped, started, and who holds the ledger."""

from __future__ import annotations

import os
import pwd
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil

from .installed_units import InstalledUnits
from .units import TARGET, control

EXCHANGE: Final = "linli-asterisk.service"
"""Asterisk: it puts callers through to people while the rest stands still."""
STARTS_S: Final = 120.0
"""Seconds services are given to be up: models are loaded."""
_EVERY_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Services:
    """What systemd runs of the station; nothing at all where it does not run the machine."""

    target: str = TARGET
    """Everything together."""
    starting: bool = False
    """The machine is just starting: systemd starts the rest by itself, and only afterwards."""
    installed: InstalledUnits = field(default_factory=InstalledUnits)
    """What systemd has of them."""

    @property
    def here(self) -> bool:
        """Whether systemd runs the station and root is asking."""
        return (
            os.geteuid() == 0
            and Path("/run/systemd/system").is_dir()
            and control("cat", self.target)[0] == 0
        )

    def units(self) -> list[str]:
        """The services that are to run."""
        told = control("show", "-p", "Wants", "--value", self.target)[1].split()
        return [name for name in told if name.endswith(".service") and "resume" not in name]

    @staticmethod
    def _others() -> list[str]:
        """What its timers may have started just now."""
        told = control("list-units", "--plain", "--no-legend", "linli-*.service")[1]
        names = [line.split()[0] for line in told.splitlines() if line.strip()]
        return [name for name in names if "resume" not in name]

    def stop(self) -> None:
        """Stop all that works with the ledger; returns when it has stopped.

        The exchange goes on: whoever rings meanwhile reaches a person, as always without Linli.
        """
        if self.here and not self.starting:
            names = dict.fromkeys((*self.units(), *self._others()))
            control("stop", *(name for name in names if name != EXCHANGE))

    def start(self) -> None:
        """Start all of it; returns at once."""
        if self.here and not self.starting:
            # The target itself was not stopped: it starts nothing by itself.
            control("start", "--no-block", self.target, *self.units())

    def renew(self) -> None:
        """Have the exchange be that of the release in use, too: some seconds, after all else."""
        if self.here and not self.starting:
            control("try-restart", EXCHANGE)

    def files(self) -> dict[str, str]:
        """The units and the command as they are installed; nothing where systemd runs none."""
        return self.installed.texts() if self.here else {}

    def become(self, files: Mapping[str, str]) -> None:
        """Have these units instead, where systemd runs the station. Raises OSError."""
        if self.here:
            self.installed.become(files)

    def late(self) -> list[str]:
        """The services that do not come up in time; one this machine has no use for is none."""
        if not self.here or self.starting:
            return []
        end = time.monotonic() + STARTS_S
        while True:
            states = {unit: self._state(unit) for unit in self.units()}
            late = [f"{unit}: {state}" for unit, state in states.items() if state]
            if not late or time.monotonic() > end:
                return late
            time.sleep(_EVERY_S)

    @staticmethod
    def _state(unit: str) -> str:
        """What keeps a service from being up; empty when it is, or has no business here."""
        shown = control("show", "-p", "ActiveState,ConditionResult", unit)[1]
        told = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
        state = told.get("ActiveState", "unknown")
        # A kiosk on a machine without a screen is not started, and not missed.
        useless = state == "inactive" and told.get("ConditionResult") == "no"
        return "" if state == "active" or useless else state

    def hand_over(self, folders: Sequence[Path]) -> None:
        """Where root has written, the station's user is given it."""
        try:
            user = pwd.getpwnam(self.installed.user())
        except KeyError:
            return
        if os.geteuid() != 0 or not self.here:
            return
        for folder in folders:
            for path in (folder, *folder.rglob("*")):
                if not path.is_symlink():
                    shutil.chown(path, user.pw_uid, user.pw_gid)

    @staticmethod
    def holders(ledger: Path) -> list[tuple[int, str]]:
        """Other programs that have the ledger open: process and what it is."""
        others = (each for each in psutil.process_iter(["cmdline"]) if each.pid != os.getpid())
        return [
            (each.pid, named(each.info["cmdline"] or [])) for each in others if _holds(each, ledger)
        ]


def _holds(process: psutil.Process, ledger: Path) -> bool:
    try:
        return any(Path(each.path) == ledger.absolute() for each in process.open_files())
    except (psutil.AccessDenied, psutil.NoSuchProcess):
        return False


def named(command: Sequence[str]) -> str:
    """What a program of the station is called: its command without interpreter and options."""
    words = [word for word in command if not word.startswith("-")]
    for number, word in enumerate(words):
        if Path(word).name == "linli":
            return " ".join(["linli", *words[number + 1 : number + 3]])
    return Path(words[0]).name if words else "?"
