"""`linli backup`, `linli restore`, `linli sweep`: what they do, and what they say in Chinese."""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from station import audit, backup, clock
from station.forgetting import Forgotten
from station.restore import Restored, restore
from station.settings import Settings
from station.store import Store

from . import sweeping
from .forget import delete_files, forget_again
from .paths import ASSETS, SETTINGS
from .places import FORGOTTEN, forgotten_of, heads_of, places_of, settings_in
from .wiring import load_settings, open_ledger

WORDS: Final = ASSETS / "text" / "office.yaml"


@cache
def words() -> Mapping[str, Any]:
    """What these commands say."""
    loaded: Mapping[str, Any] = yaml.safe_load(WORDS.read_text("utf-8"))
    return loaded


def whoever() -> str:
    """Who gives a command, for the audit."""
    try:
        return f"shell:{getpass.getuser()}"
    except (KeyError, OSError):
        return "shell"


def save(settings: Settings, file: Path | None, to: Path | None, keep: int | None) -> Iterator[str]:
    """Take a backup. Raises BackupError or LedgerError."""
    said, now = words()["backup"], clock.now()
    folder = to or settings.data.backups
    with open_ledger(settings) as ledger:
        audit.note_head(ledger.store, heads_of(settings), now)
    done = backup.make(
        places_of(settings, file), folder, keep=keep or settings.data.backups_kept, now=now
    )
    with open_ledger(settings) as ledger:
        detail = {"requests": done.requests, "files": len(done.files)}
        audit.record(ledger.store, at=now, by=whoever(), what="saved", detail=detail)
    yield said["done"].format(**backup.told(done))
    yield said["kept"].format(count=len(backup.kept(folder)), folder=folder)


def look(folder: Path) -> Iterator[str]:
    """Read every byte of a backup, or of the newest in a folder. Raises BackupError."""
    found = backup.check(newest(folder))
    yield words()["backup"]["sound"].format(**backup.told(found))


def newest(folder: Path) -> Path:
    """The folder itself when it is a backup, else the newest inside."""
    inside = [] if (folder / backup.MANIFEST).exists() else backup.kept(folder)
    return inside[-1] if inside else folder


def bring_back(folder: Path, file: Path | None, *, aside: bool) -> Iterator[str]:
    """Restore a backup, or the newest in a folder. Raises BackupError or LedgerError."""
    source = newest(folder)
    settings = load_settings(file) if file else (settings_in(source) or load_settings(None))
    places = places_of(settings, file or SETTINGS)
    now, by = clock.now(), whoever()

    gone: list[Forgotten] = []

    def mend(store: Store) -> None:
        noted = [forgotten_of(settings), source / FORGOTTEN / FORGOTTEN]
        gone.extend(forget_again(store, noted, by=by, at=now))

    done = restore(source, places, aside=aside, by=by, now=now, mend=mend)
    for each in gone:
        delete_files(settings, each)
    yield from _told(done, settings)


def _told(done: Restored, settings: Settings) -> Iterator[str]:
    said = words()["restore"]
    yield said["done"].format(**backup.told(done.backup), ledger=settings.data.ledger)
    for path in done.aside:
        yield said["aside"].format(path=path)
    if done.lost is None:
        yield said["unknown"]
    elif done.lost:
        yield said["lost"].format(count=len(done.lost), numbers="、".join(done.lost[:50]))
    yield said["next"]


def clear(settings: Settings, *, dry_run: bool) -> Iterator[str]:
    """Delete what is over, or only tell what would go. Raises LedgerError."""
    said, now = words()["sweep"], clock.now()
    with open_ledger(settings) as ledger:
        if dry_run:
            found = sweeping.due(settings, ledger, now)
            counts = {name: getattr(found, name) for name in found.__slots__}
        else:
            done = sweeping.sweep(settings, ledger, now, by=whoever())
            counts = done.counts
    yield said["would" if dry_run else "done"]
    for name, count in counts.items():
        yield said["line"].format(what=said["counts"][name], count=count)
    if not dry_run and not done.wiped:
        yield said["unwiped"]
