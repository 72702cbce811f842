"""A clock on the wall that tests can turn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from station.clock import BEIJING

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING)


@dataclass
class Wall:
    """Shows what it was set to until it is set again."""

    time: datetime = MONDAY
    """What it shows."""

    def __call__(self) -> datetime:
        return self.time
