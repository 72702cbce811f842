"""The desk where work is given out: what its pages share beside the site."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from station.work_links import Links
from station.work_orders import Terms
from station.work_time import Rule

from .throttle import Throttle


@dataclass(frozen=True, slots=True)
class Want:
    """What a service asks of whoever fulfils it."""

    kinds: tuple[str, ...] = ()
    """Sorts of helpers, the likeliest first."""
    bring: tuple[str, ...] = ()
    """What the elder has to have at hand."""
    by: str = ""
    """Who does it, in words."""


@dataclass(frozen=True)
class WorkDesk:
    """How this station gives out work."""

    links: Links = field(default_factory=lambda: Links(secrets.token_bytes(32)))
    """Writes and checks the links of work orders."""
    terms: Terms = field(default_factory=lambda: Terms(Rule(), timedelta(hours=72)))
    """How orders are given."""
    wants: Mapping[str, Want] = field(default_factory=dict)
    """Service → what it asks."""
    fonts: Path = Path()
    """Folder of the bundled font, for paper."""
    phone: str = ""
    """Where helpers reach the desk."""
    limits: Mapping[str, Any] = field(
        default_factory=lambda: {"answer_min": 15, "link_tries": 40, "photo_days": 90}
    )
    """The group `dispatch` of the numbers that bind."""
    throttle: Throttle = field(default_factory=lambda: Throttle(tries=40))
    """Slows openings of links down, by address."""

    def want(self, intent: str) -> Want:
        """What a service asks."""
        return self.wants.get(intent, Want())
