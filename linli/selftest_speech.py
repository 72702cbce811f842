"""The self-test's elders: one speaks, one touches; both want something and must get it.

Both talk to the real recogniser, engine and conversation, and to a ledger of their own in a
temporary folder: nothing of them reaches the station's.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rich.console import Console

from kiosk.view import Question, ReadBack, Stepper, View, Week
from station.checks import Check
from station.ledger import Ledger
from station.settings import Settings

from .demo import Scene
from .demo import words as demo_words
from .models import installed
from .rehearsal import Rehearsal
from .samples import load
from .selftest_words import found
from .stage import Station, register
from .wiring import load_engine

SAMPLE: Final = "04-taxi"
"""A caller every station can serve: tomorrow's car to the hospital."""
SERVICE: Final = "taxi"
_TOUCHES: Final = 15
"""A talk by touch that has not ended by then never will."""


@contextmanager
def scratch() -> Iterator[Ledger]:
    """A ledger that is gone afterwards, with the invented register in it."""
    with tempfile.TemporaryDirectory(prefix="linli-selftest-") as folder:
        place = Path(folder)
        with Ledger.open(place / "ledger.db", spool=place / "spool") as ledger:
            for resident in register():
                ledger.upsert_resident(resident)
            yield ledger


def speech(settings: Settings) -> Check:
    """A spoken sentence goes through the station's recogniser and its engine into a request."""
    name = settings.speech.recognizer
    standing = {each.name: each for each in installed(deep=True)}
    here = standing.get(name)
    if here is None or here.state != "ready":
        fault = here.faults[0] if here and here.faults else name
        return found("speech", "damaged", fault=fault)
    sample = next(each for each in load() if each.name == SAMPLE)
    said = sample.says["service"][0]
    with scratch() as ledger:
        station = Station(settings, ledger, wait=True)
        try:
            scene = Scene(station, sample, Console(quiet=True), demo_words(), fast=True)
            well = scene.play() and any(each.intent == SERVICE for each in ledger.requests())
        finally:
            station.mouth.close()
    return found("speech", "ok" if well else "misheard", said=said)


def kiosk(settings: Settings) -> Check:
    """Somebody touches their way through a request, from the waiting screen to the number."""
    with scratch() as ledger:
        rehearsal = Rehearsal(settings, load_engine(settings), ledger, ledger.now)
        view = rehearsal.touch("service", value=SERVICE)
        for _ in range(_TOUCHES):
            if not _touched(rehearsal, view):
                break
            view = rehearsal.view
        well = any(each.intent == SERVICE for each in ledger.requests())
    return found("kiosk", "ok" if well else "lost", shown=type(view).__name__)


def _touched(rehearsal: Rehearsal, view: View) -> bool:
    """Touch the first thing that answers; False where nothing is asked."""
    match view:
        case Question(tiles=(first, *_)):
            action = first.action
        case Week(days=days):
            action = days[2].action
        case Stepper(done=tile):
            action = tile.action
        case ReadBack(yes=tile):
            action = tile.action
        case _:
            return False
    rehearsal.touch(action.name, action.slot, action.value)
    return True
