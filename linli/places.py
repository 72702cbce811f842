"""Where a station's things lie, by its settings: what a backup takes and a restore brings."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ivr.folders import Folders
from ivr.passwords import NAME as PASSWORDS
from station.backup import LEDGER, Places
from station.settings import Settings

from .paths import ROOT, SETTINGS
from .taught import folder_of

HEADS: Final = "audit.heads"
"""Beside the ledger: the audit's head of each day and backup."""
FORGOTTEN: Final = "forgotten"
"""Beside the ledger: the numbers of residents who asked to be forgotten; nothing else of them."""
SETTINGS_TREE: Final = "settings"


def places_of(settings: Settings, file: Path | None = None) -> Places:
    """Everything worth saving; `file` is the station.toml in use."""
    data, phone = settings.data, Folders(settings.phone.folder)
    return Places(
        data.ledger,
        {
            "spool": data.spool,
            "audit": heads_of(settings),
            FORGOTTEN: forgotten_of(settings),
            "recordings": data.recordings,
            SETTINGS_TREE: file or SETTINGS,
            "lessons": folder_of(settings),
            "slips": data.ledger.with_name("slip.key"),
            "photos": settings.kiosk.photos,
            "messages": phone.missed,
            "telephones": phone.root / PASSWORDS,
        },
    )


def heads_of(settings: Settings) -> Path:
    """Where the audit's heads are noted."""
    return settings.data.ledger.with_name(HEADS)


def forgotten_of(settings: Settings) -> Path:
    """Where it is noted who was forgotten."""
    return settings.data.ledger.with_name(FORGOTTEN)


def settings_in(backup: Path) -> Settings | None:
    """The settings inside a backup, as if they lay in this station's folder; None without."""
    found = [*(backup / SETTINGS_TREE).glob("*.toml")] if (backup / LEDGER).exists() else []
    return Settings.load(found[0], base=ROOT) if found else None
