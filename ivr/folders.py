"""Where the telephone line keeps its things: one folder, six inside it."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SOCKET: Final = 107
"""Bytes a unix socket's path may have."""


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders below `phone.folder`."""

    root: Path
    """`phone.folder`."""

    @property
    def etc(self) -> Path:
        """Asterisk's settings, written by `linli phone setup`."""
        return self.root / "etc"

    @property
    def sounds(self) -> Path:
        """What is played when Linli itself cannot speak."""
        return self.root / "sounds"

    @property
    def notices(self) -> Path:
        """What is told in calls that Linli makes."""
        return self.root / "notices"

    @property
    def missed(self) -> Path:
        """Calls that reached nobody, written by the dialplan; messages of callers beside."""
        return self.root / "missed"

    @property
    def log(self) -> Path:
        """Asterisk's log."""
        return self.root / "log"

    @property
    def state(self) -> Path:
        """Asterisk's own memory: who is logged in."""
        return self.root / "state"

    @property
    def run(self) -> Path:
        """Asterisk's control socket; elsewhere when its path would be too long."""
        inside = self.root / "run"
        if len(str(inside / "asterisk.ctl").encode()) <= _SOCKET:
            return inside
        name = hashlib.sha256(str(self.root).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"linli-{name}"

    @property
    def conf(self) -> Path:
        """The file Asterisk is started with."""
        return self.etc / "asterisk.conf"

    def make(self) -> None:
        """Make all of them, readable by nobody else."""
        for folder in (
            *(self.root, self.etc, self.sounds, self.notices),
            *(self.missed, self.log, self.state, self.run),
        ):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
