"""Which recogniser, which ledger, which names: one function for each part of a station."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from intents.conversation.facts import Session as Activity
from intents.conversation.facts import StationFacts
from intents.engine import Engine
from station.ledger import Ledger
from station.settings import Settings
from voices.types import Agreed, Recognizer

from .paths import MODELS, ROOT, SETTINGS
from .taught import Taught, folder_of


def load_settings(path: Path | None = None) -> Settings:
    """The station's settings: `path`, else `station.toml`, else the shipped example."""
    if path is None and not SETTINGS.exists():
        return Settings.load(None, base=ROOT)
    return Settings.load(path or SETTINGS)


def load_engine(settings: Settings) -> Engine:
    """The intent engine, with the station's own names, its region's accent and its lessons."""
    engine = Engine.load(region=settings.station.region, extra=settings.vocabulary())
    return Taught(engine, folder_of(settings))()


def load_agreed(settings: Settings) -> Agreed:
    """How the station chooses among readings of the same sound."""
    engine = load_engine(settings)
    return lambda readings: engine.agreed(readings, datetime.now().astimezone())


def station_facts(settings: Settings) -> StationFacts:
    """What the station offers and when, as a conversation wants to know it."""
    facts = settings.facts()
    facts["sessions"] = tuple(Activity(**each) for each in facts["sessions"])
    return StationFacts(**facts)


def load_recognizer(settings: Settings, name: str | None = None) -> Recognizer:
    """The recogniser called `name`, else the one in the settings."""
    from .models import open_recognizer

    return open_recognizer(name or settings.speech.recognizer, MODELS)


def open_ledger(settings: Settings) -> Ledger:
    """The station's ledger; what waits in the spool is filed first."""
    return Ledger.open(settings.data.ledger, spool=settings.data.spool)
