"""Sample callers before the kiosk, on a machine without a display: heard, answered, pictured.

The screens are drawn as they would be on the glass, the callers' recorded voices are
the microphone; nobody watches, so a picture of every screen is kept.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

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
from .samples import Sample, load
from .stage import Station, register

LONGEST_S: Final = 90.0
"""A visit that has not ended by then is left."""
_STAY_S: Final = 3.0
"""The last screen is looked at so long."""
_ENDS: Final = frozenset({"done", "help", "staff_called", "farewell"})


def visit(
    settings: Settings,
    folder: Path,
    *,
    engine: str | None = None,
    samples: Sequence[Sample] | None = None,
) -> dict[str, list[Path]]:
    """Let each sample caller talk to the kiosk; gives the pictures of each visit."""
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    quiet_pygame()
    words = yaml.safe_load((ASSETS / "text" / "kiosk.yaml").read_text("utf-8"))["command"]
    taken = {}
    for sample in samples or load():
        line = words["visitor"].format(name=sample.name, title=sample.title)
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        taken[sample.name] = _Visit(settings, sample, folder / sample.name, engine).play()
        for path in taken[sample.name]:
            sys.stdout.write(words["picture"].format(file=path) + "\n")
    return taken


class _Visit:
    """One caller, from the waiting screen to the end of their matter."""

    def __init__(
        self, settings: Settings, sample: Sample, folder: Path, engine: str | None
    ) -> None:
        from kiosk.window import Window

        from .pictures import Pictures

        self._sample = sample
        self._ear = CallerEar(sample)

        def open_station() -> Station:
            return Station.for_demo(settings, engine=engine, fast=False)

        self._attendant = Attendant(
            open_station, lambda: self._ear, NullSink(), listens=sample.resident is None
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
        settled = self._ear.finished and self._presenter.phase in _ENDS
        if not settled or self._presenter.mode == "speaking":
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
