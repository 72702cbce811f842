"""Asterisk as set-up unpacks it: a folder of its own, run through its own loader, without root."""

from __future__ import annotations

import platform
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .errors import PhoneError

RELEASE: Final = 22
"""The release of Asterisk that Linli is made for."""

NEEDED: Final = ("chan_websocket.so", "chan_audiosocket.so", "chan_pjsip.so", "app_dial.so")
"""Modules without which there is no line; older packages lack the first."""

_LOADERS: Final = {
    "x86_64": ("x86_64-linux-gnu", "lib64/ld-linux-x86-64.so.2"),
    "aarch64": ("aarch64-linux-gnu", "lib/ld-linux-aarch64.so.1"),
}


@dataclass(frozen=True, slots=True)
class Tree:
    """Asterisk's own folder, laid out like the root of a Debian."""

    root: Path
    """Where usr/ and lib/ lie."""

    @property
    def libraries(self) -> Path:
        """Its shared libraries; PhoneError on a machine Asterisk is not unpacked for."""
        return self.root / "usr" / "lib" / _machine()[0]

    @property
    def modules(self) -> Path:
        """Asterisk's modules."""
        return self.libraries / "asterisk" / "modules"

    @property
    def data(self) -> Path:
        """Its documentation in XML, without which it does not start."""
        return self.root / "usr" / "share" / "asterisk"

    def command(self, *arguments: str) -> list[str]:
        """The command that runs it, whatever libraries the machine itself has."""
        loader = self.root / _machine()[1]
        program = self.root / "usr" / "sbin" / "asterisk"
        return [str(loader), "--library-path", str(self.libraries), str(program), *arguments]

    def release(self) -> str:
        """Its version, e.g. `22.10.1`; PhoneError when it does not run."""
        try:
            told = subprocess.run(
                self.command("-V"), capture_output=True, text=True, check=False, timeout=30
            )
        except OSError as error:
            raise PhoneError(f"{self.root}: Asterisk does not run ({error.strerror}).") from error
        found = re.match(r"Asterisk (\d+[\d.]*)", told.stdout)
        if found is None:
            raise PhoneError(f"{self.root}: Asterisk does not run: {told.stderr.strip()[:200]}")
        return found[1]

    def check(self) -> str:
        """Its version, when it is the release Linli needs with all modules; else PhoneError."""
        missing = [name for name in NEEDED if not (self.modules / name).is_file()]
        if missing:
            raise PhoneError(f"{self.root}: this Asterisk lacks {' '.join(missing)}.")
        release = self.release()
        if int(release.split(".", maxsplit=1)[0]) != RELEASE:
            raise PhoneError(f"{self.root}: this is Asterisk {release}; Linli needs {RELEASE}.")
        return release

    def here(self) -> bool:
        """Whether it is unpacked; looks at two files, runs nothing."""
        if platform.machine() not in _LOADERS:
            return False
        return (self.root / _machine()[1]).exists() and (self.modules / NEEDED[0]).is_file()


def _machine() -> tuple[str, str]:
    """The names of this kind of machine: its library folder and its loader."""
    try:
        return _LOADERS[platform.machine()]
    except KeyError:
        raise PhoneError(
            f"Asterisk is not unpacked for {platform.machine()}: use a machine with"
            f" {' or '.join(_LOADERS)}."
        ) from None
