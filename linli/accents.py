"""Engines that listen with another accent than the station's: a resident's own, if it is known.

One takes seconds to load, so it is loaded on a thread the first time somebody who speaks
so comes; until then the station's own engine listens. Each knows what staff taught.
"""

from __future__ import annotations

import threading
from typing import Final, get_args

import structlog

from intents.engine import Engine
from station.model import StationSection
from station.settings import Settings

from .taught import Taught, folder_of

log = structlog.get_logger(__name__)

REGIONS: Final[frozenset[str]] = frozenset(
    get_args(StationSection.model_fields["region"].annotation)
)


class Accents:
    """The engines of a station by region; may be asked by any thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._loading: dict[str, threading.Thread] = {}
        self._engines: dict[str, Taught] = {}

    def of(self, region: str) -> Engine | None:
        """The engine for a region; None for the station's own, no region, or one on its way."""
        if region not in REGIONS or region == self._settings.station.region:
            return None
        with self._lock:
            engine = self._engines.get(region)
            if region not in self._loading:
                loads = threading.Thread(
                    target=self._load, args=(region,), name=f"accent-{region}", daemon=True
                )
                self._loading[region] = loads
                loads.start()
        return engine() if engine else None

    def wait(self, region: str, seconds: float) -> None:
        """Until an engine that was asked for is there."""
        if region in self._loading:
            self._loading[region].join(seconds)

    def _load(self, region: str) -> None:
        engine = Engine.load(region=region, extra=self._settings.vocabulary())
        taught = Taught(engine, folder_of(self._settings))
        with self._lock:
            self._engines[region] = taught
        log.info("accent_loaded", region=region)
