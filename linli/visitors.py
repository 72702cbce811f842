"""Sample callers before the kiosk, on a machine without a display: heard, answered, pictured.

The screens are drawn as they would be on the glass, the callers' recorded voices are
the microphone; nobody watches, so a picture of every screen is kept.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from kiosk.element import Layout
from kiosk.presenter import Presenter
from kiosk.view import Action
from station import clock
from station.settings import Settings
from voices.sinks import NullSink

from .attendant import Attendant
from .hearing_from import CallerEar
from .kiosk import glass_of, look_of, quiet_pygame
from .paths import ASSETS, MODELS
from .requests import rows
from .samples import Sample, load
from .stage import Station, register

LONGEST_S: Final = 90.0
"""A visit that has not ended by then is left."""
_STAY_S: Final = 3.0
"""The last screen is looked at so long."""
_QUICKLY: Final = 8.0
"""How much faster than aloud Linli speaks where nobody listens."""
_ENDS: Final = frozenset({"done", "help", "staff_called", "farewell"})


def visit(
    settings: Settings,
    folder: Path,
    *,
    engine: str | None = None,
    samples: Sequence[Sample] | None = None,
) -> bool:
    """Let each sample caller talk to the kiosk; True when each got what they came for."""
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    quiet_pygame()
    words = yaml.safe_load((ASSETS / "text" / "kiosk.yaml").read_text("utf-8"))["command"]
    right, visitors = 0, samples or load()
    for sample in visitors:
        _print(words["visitor"].format(name=sample.name, title=sample.title))
        taken = _Visit(settings, sample, folder / sample.name, engine).play()
        requests = _filed()
        for request in requests:
            _print(words["filed"].format(**request))
        _print(words["pictures"].format(count=len(taken), folder=folder / sample.name))
        right += any(as_wanted(sample, request) for request in requests)
    _print(words["visited"].format(right=right, total=len(visitors)))
    return right == len(visitors)


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _filed() -> list[dict[str, Any]]:
    """What stands in the ledger after a visit, newest last."""
    with Station.ledger_of_demo(clock.now) as ledger:
        return list(rows(ledger.requests()))


_STATUS: Final = {"created": "new", "emergency": "new"}
"""How a request stands after what the sample ends with; else it is called the same."""


def as_wanted(sample: Sample, request: Mapping[str, Any]) -> bool:
    """Whether a request stands in the ledger as a visitor wanted it."""
    stands = request["status"] == _STATUS.get(sample.ends, sample.ends)
    slots = request["slots"]
    return stands and all(_alike(slots.get(name), value) for name, value in sample.filed.items())


def _alike(found: Any, wanted: Any) -> bool:
    """Whether two values are the same; dishes may stand in any order."""
    if isinstance(found, list) and isinstance(wanted, list):
        return sorted(map(str, map(_ordered, found))) == sorted(map(str, map(_ordered, wanted)))
    return bool(found == wanted)


def _ordered(item: Any) -> Any:
    return sorted(item.items()) if isinstance(item, Mapping) else item


class _Visit:
    """One caller, from the waiting screen to the end of their matter."""

    def __init__(
        self, settings: Settings, sample: Sample, folder: Path, engine: str | None
    ) -> None:
        from kiosk.window import Window

        from .pictures import Pictures

        self._ear = CallerEar(sample)

        def open_station() -> Station:
            station = Station.for_demo(settings, engine=engine, fast=False)
            station.file_before(sample.requests, sample.resident, sample.channel)
            return station

        self._attendant = Attendant(
            open_station,
            lambda: self._ear,
            NullSink(times=_QUICKLY),
            listens=sample.resident is None,
        )
        self._presenter = Presenter(clock.now, listens=sample.resident is None)
        self._pictures = Pictures(folder)
        self._window = Window(
            glass_of(settings),
            look_of(settings),
            self._presenter,
            self._attendant,
            MODELS / "font",
            seen=self._pictures,
        )
        self._keys = list(_keys(sample))
        self._began = time.monotonic()
        self._quiet_since = time.monotonic()

    def play(self) -> list[Path]:
        """Talk until nothing is left to say; gives the pictures."""
        self._window.frame()
        self._attendant.start()
        self._attendant.ready.wait(LONGEST_S)
        try:
            self._window.run(self._over)
        finally:
            self._attendant.close()
        return self._pictures.written

    def _over(self) -> bool:
        now = time.monotonic()
        if self._keys and now - self._quiet_since > _STAY_S / 4:
            touch(self._window.layout, self._keys.pop(0))
            self._quiet_since = now
        self._ear.settled = self._ear.settled or self._presenter.phase in _ENDS
        if not self._ear.finished or self._presenter.mode == "speaking":
            self._quiet_since = now if not self._keys else self._quiet_since
        return now - self._quiet_since > _STAY_S or now - self._began > LONGEST_S


def _keys(sample: Sample) -> Sequence[Action]:
    """What a known resident touches first: their card's number."""
    card = next((each.card for each in register() if each.name == sample.resident), None)
    typed = [*card, "done"] if card else []
    digits = [Action("digit", value=key) for key in typed]
    return [Action("card"), *digits] if digits else []


def touch(layout: Layout, wanted: Action) -> None:
    """Put a finger on what has this action, and lift it, as a real one would."""
    import pygame

    element = next(each for each in layout.targets if each.action == wanted)
    for kind in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
        pygame.event.post(pygame.event.Event(kind, pos=element.rect.centre, button=1))
