"""A station's line with everything that is real, but ears by script and a mouth of tones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from far_end import FarEnd, calling
from own_ears import Scripted, clip
from patience import until_async as until
from scripted_station import scripted

from ivr.media import Doors
from linli.limits import limit
from linli.line import Line
from linli.phone import Phone
from linli.stage import Station, register
from station.ledger import Ledger
from station.settings import Settings
from voices.types import RATE

NINE = datetime(2026, 11, 23, 9, 5, tzinfo=timezone(timedelta(hours=8)))
KNOWN = "0376-5550101"
SPOKEN = clip("h01-zm_yunxia")[: round(1.3 * RATE)]
"""Somebody says something; the script says what."""


@dataclass
class Switchboard:
    """Remembers what it was told."""

    told: list[tuple[str, str, bool]] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    someone: bool = True
    """There is somebody whom an emergency can fetch."""

    def set_next(self, call_id: str, what: str, *, urgent: bool = False) -> bool:
        self.told.append((call_id, what, urgent))
        return True

    def alarm(self, call_id: str) -> bool:
        self.alarms.append(call_id)
        return True

    def fetch(self, call_id: str) -> bool:
        self.fetched.append(call_id)
        return self.someone

    def reaches(self, number: str) -> bool:
        return bool(number)

    def to_family(self, call_id: str, number: str) -> bool:
        self.told.append((call_id, number, False))
        return True


@dataclass
class Desk:
    """A station whose ears hear what the test says."""

    phone: Phone
    station: Station
    script: Scripted
    switch: Switchboard
    now: datetime = NINE

    @property
    def line(self) -> Line:
        """The call that is going on."""
        return next(iter(self.phone.lines))

    def requests(self) -> list[tuple[str, str, bool]]:
        return [(r.intent, r.kind, r.unfinished) for r in self.station.ledger.requests()]


@contextmanager
def line_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk with an empty ledger; one caller is known."""
    script = Scripted([])
    scripted(monkeypatch, script)
    ledger = Ledger.open(tmp_path / "ledger.db", clock=lambda: NINE)
    ledger.upsert_resident(next(register()))
    desk: Desk
    station = Station(Settings.load(None), ledger, clock=lambda: desk.now)
    switch = Switchboard()
    desk = Desk(Phone(station, switch), station, script, switch)
    with station:
        yield desk


def other_limits(monkeypatch: pytest.MonkeyPatch, **numbers: float) -> None:
    """Other numbers of the group `phone` than those that bind, for as long as a test lasts."""
    changed = {f"phone.{name}": value for name, value in numbers.items()}
    for module in ("line", "patience", "phone", "rescue"):
        monkeypatch.setattr(f"linli.{module}.limit", lambda name: changed.get(name, limit(name)))


@asynccontextmanager
async def rung(desk: Desk, number: str = KNOWN) -> AsyncIterator[FarEnd]:
    """A call that has been answered."""
    taken = desk.phone.server(Doors("asterisk", "secret", 0))
    async with taken.running():
        async with calling(taken.port, number=number) as far:
            await far.spoken_to()
            yield far
        await until(lambda: not desk.phone.lines)


async def listening(desk: Desk, slot: str | None = None) -> None:
    """Until a question stands in silence."""
    await until(lambda: desk.line.asks and slot in {None, desk.line.asks})


async def says(desk: Desk, far: FarEnd, text: str) -> None:
    """The caller says this; waits until the conversation has it."""
    desk.script.texts.append(text)
    line, before = desk.line, desk.line.taken
    far.say(SPOKEN)
    await until(lambda: line.taken > before)


def runs(story: Callable[[], Any]) -> None:
    asyncio.run(story())
