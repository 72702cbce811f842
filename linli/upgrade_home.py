"""A station's releases: each in a folder of its own, `current` leads to the one in use.

    HOME/releases/NAME/      program and packages; `.ready` when whole
    HOME/current             → releases/NAME (or `.`: the checkout that HOME itself is)
    HOME/next                → the release an upgrade leads to, while one is under way
    HOME/releases/upgrade.json   how far it has come
    HOME/releases/last.json      what `linli rollback` goes back to
    HOME/releases/NAME/.units.json   what systemd had before the upgrade to it

Every step is on the disk before the next begins.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Literal, TypeAlias

from station.copying import sync_folder

from .errors import LinliError

Step: TypeAlias = Literal["trying", "stopping", "saved", "switched", "going_back"]
"""Of an upgrade, in order; the last one instead of its end."""
READY: Final = ".ready"
"""The mark of a release that is whole."""
UNITS: Final = ".units.json"
"""Beside that mark: the units there were before it."""
HERE: Final = "."
"""The release that is the station's folder itself: a plain checkout."""


class UpgradeError(LinliError):
    """An upgrade that cannot be begun or was taken back; the message says what stands now."""

    code = "upgrade"


@dataclass(frozen=True, slots=True)
class Journal:
    """How far an upgrade has come."""

    old: str
    """Where `current` led before."""
    new: str
    """Where it is to lead."""
    step: Step
    """The last step that was begun."""
    backup: str = ""
    """The backup taken before; empty where there was no ledger."""
    schema: int = 0
    """The ledger's schema before; 0 where there was none."""
    why: str = ""
    """Why it goes back."""


@dataclass(frozen=True, slots=True)
class Home:
    """The station's folder."""

    root: Path
    """`LINLI_HOME`."""

    @property
    def releases(self) -> Path:
        """Where releases lie."""
        return self.root / "releases"

    @property
    def current(self) -> Path:
        """The link to the one in use."""
        return self.root / "current"

    def in_use(self) -> str:
        """Where `current` leads; the plain checkout where there is no link. Raises UpgradeError."""
        if self.current.is_symlink():
            return str(self.current.readlink())
        if (self.root / "linli").is_dir():
            return HERE
        raise UpgradeError(
            f"{self.root}: there is no station here: install one first (sh install of a bundle)"
        )

    def python(self, release: str) -> Path:
        """The interpreter of a release."""
        return self.root / release / ".venv" / "bin" / "python"

    def whole(self, release: str) -> bool:
        """Whether a release can be run."""
        marked = release == HERE or (self.root / release / READY).exists()
        return marked and self.python(release).exists()

    def lead(self, link: str, release: str) -> None:
        """Have `current` or `next` lead to a release: at once or not at all."""
        fresh = self.root / f".{link}.new"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(release)
        fresh.replace(self.root / link)
        sync_folder(self.root)

    def journal(self) -> Journal | None:
        """The upgrade that is under way, or was cut short."""
        return _read(self.releases / "upgrade.json")

    def note(self, journal: Journal) -> Journal:
        """Write down how far it has come; `next` leads to who can end it."""
        if not (self.root / "next").is_symlink():
            self.lead("next", journal.new)
        _write(self.releases / "upgrade.json", journal)
        return journal

    def over(self) -> None:
        """No upgrade is under way any more."""
        (self.releases / "upgrade.json").unlink(missing_ok=True)
        sync_folder(self.releases)
        (self.root / "next").unlink(missing_ok=True)

    def last(self) -> Journal | None:
        """The last upgrade that was finished."""
        return _read(self.releases / "last.json")

    def remember(self, journal: Journal | None) -> None:
        """What `linli rollback` goes back to; None: nowhere."""
        if journal is None:
            (self.releases / "last.json").unlink(missing_ok=True)
        else:
            _write(self.releases / "last.json", journal)

    def keep_units(self, release: str, files: Mapping[str, str]) -> None:
        """Write down what systemd has before the upgrade to a release."""
        _saved(self.root / release / UNITS, files)

    def kept_units(self, release: str) -> dict[str, str]:
        """What systemd had before the upgrade to it; nothing where nobody wrote it down."""
        file = self.root / release / UNITS
        kept: dict[str, str] = json.loads(file.read_text("utf-8")) if file.exists() else {}
        return kept

    def clear(self, keep: set[str]) -> list[str]:
        """Delete every other release, its mark first: half of one is never taken for one."""
        gone = []
        for folder in sorted(path for path in self.releases.iterdir() if path.is_dir()):
            if f"releases/{folder.name}" not in keep:
                (folder / READY).unlink(missing_ok=True)
                shutil.rmtree(folder)
                gone.append(folder.name)
        return gone


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """One upgrade at a time; also none while `install` unpacks. Raises UpgradeError."""
    import fcntl

    home.releases.mkdir(parents=True, exist_ok=True)
    with (home.releases / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UpgradeError(f"{home.root}: another upgrade is under way: wait for it") from None
        yield


def at(journal: Journal, step: Step, why: str = "") -> Journal:
    """The same upgrade at another step."""
    return replace(journal, step=step, why=why)


def _read(file: Path) -> Journal | None:
    try:
        return Journal(**json.loads(file.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise UpgradeError(f"{file}: cannot be read ({error}): move it away") from error


def _write(file: Path, journal: Journal) -> None:
    _saved(file, asdict(journal))


def _saved(file: Path, told: Mapping[str, object]) -> None:
    fresh = file.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as out:
        json.dump(dict(told), out, ensure_ascii=False, indent=1)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
    sync_folder(file.parent)
