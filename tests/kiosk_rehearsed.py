"""A rehearsed kiosk for tests: the real conversation and ledger, touched and spoken to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

from scripted_station import engine

from kiosk.geometry import Glass
from kiosk.layout import lay_out
from kiosk.sheet import Look
from kiosk.view import Question, ReadBack, Stepper, View, Week
from linli.rehearsal import Rehearsal
from linli.stage import register
from station.ledger import Ledger
from station.requests import Request
from station.settings import Settings

NOW = datetime(2026, 11, 23, 9, 5, tzinfo=timezone(timedelta(hours=8)))
GLASS = Glass.of_inches(1920, 1080, 15.6)


@contextmanager
def rehearsed(folder: Path) -> Iterator[Rehearsal]:
    """A kiosk with an empty ledger, at five past nine."""
    with Ledger.open(folder / "ledger.db", clock=lambda: NOW) as ledger:
        yield Rehearsal(Settings.load(None), engine(), ledger, lambda: NOW)


def type_card(kiosk: Rehearsal, typed: str) -> View:
    """The first resident of the invented register has card 1001."""
    kiosk.ledger.upsert_resident(next(register()))
    kiosk.touch("card")
    for digit in typed:
        kiosk.touch("digit", value=digit)
    return kiosk.view


def filed(kiosk: Rehearsal) -> list[Request]:
    return list(kiosk.ledger.requests())


def shown(view: View) -> str:
    """Every word on the smallest screen but Linli's state, as one reads: by rows."""
    layout = lay_out(view, GLASS, Look())
    read = (each for each in layout.elements if each.role not in {"status", "fixed"})
    lines = sorted(
        (line for each in read for line in each.lines), key=lambda line: (line.y, line.x)
    )
    return "".join(line.text for line in lines)


def dictated(sentence: str) -> str:
    """A request's number as it is spoken, written down: 1123-001."""
    digits = {spoken: str(n) for n, spoken in enumerate("零幺二三四五六七八九")}
    found = "".join(digits.get(each, "-" if each == "，" else "") for each in sentence)
    return found or "no number"


def labels(view: View) -> list[str]:
    return [tile.label for tile in getattr(view, "tiles", ())]


def touch_through(kiosk: Rehearsal) -> Iterator[View]:
    """Touch the first thing that answers, until it is done."""
    for _ in range(12):
        view = kiosk.view
        yield view
        if isinstance(view, Question):
            action = view.tiles[0].action
        elif isinstance(view, Week):
            action = view.days[2].action
        elif isinstance(view, Stepper):
            action = view.done.action
        elif isinstance(view, ReadBack):
            action = view.yes.action
        else:
            return
        kiosk.touch(action.name, action.slot, action.value)
