"""What systemd has of a station on this machine, brought to what another release wants, and back.

A file that is new is enabled, one that is not wanted any more is stopped and goes; whoever has
disabled a service keeps it disabled.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from station.copying import sync_folder

from .units import COMMAND, FIREWALL, SYSTEM, USER, control, enabled

CONSOLE: Final = "linli-console.service"
"""The unit every station has."""


@dataclass(frozen=True, slots=True)
class InstalledUnits:
    """The units and the command of a station, where root has put them."""

    system: Path = SYSTEM
    """systemd's own folder."""
    command: Path = COMMAND
    """`linli` for everybody."""
    control: Callable[..., tuple[int, str]] = control
    """`systemctl VERB UNITS…`."""

    def texts(self) -> dict[str, str]:
        """File name → text of all that is installed; nothing where no station is."""
        files = sorted(path for path in self.system.glob("linli*") if path.is_file())
        if not any(path.name == CONSOLE for path in files):
            return {}
        commands = [self.command] if self.command.is_file() else []
        return {path.name: path.read_text("utf-8") for path in (*files, *commands)}

    def user(self) -> str:
        """Who runs the station."""
        found = re.search(r"^User=(\S+)$", self.texts().get(CONSOLE, ""), re.M)
        return found[1] if found else USER

    def become(self, wanted: Mapping[str, str]) -> list[str]:
        """Have just these files, and systemd know them; the units that are new. Raises OSError."""
        here = self.texts()
        texts = {name: text for name, text in wanted.items() if name != FIREWALL}
        if not here or not texts or here == texts:
            return []
        gone = sorted(here.keys() - texts.keys() - {self.command.name})
        if gone:
            self.control("disable", "--now", *gone)
        for name in gone:
            (self.system / name).unlink(missing_ok=True)
        for name, text in texts.items():
            if here.get(name) != text:
                self._write(name, text)
        sync_folder(self.system)
        self.control("daemon-reload")
        fresh = [name for name in enabled(texts) if name not in here]
        if fresh:
            self.control("enable", *fresh)
        timers = [name for name in fresh if name.endswith(".timer")]
        if timers:
            self.control("start", "--no-block", *timers)
        return fresh

    def _write(self, name: str, text: str) -> None:
        command = name == self.command.name
        path = self.command if command else self.system / name
        part = path.with_name(f".{name}.new")
        part.write_text(text, "utf-8")
        part.chmod(0o755 if command else 0o644)
        part.replace(path)
