"""Every screen as a picture: `python -m linli.gallery [FOLDER]` writes docs/screens/.

Nothing is posed: each screen is what the kiosk shows when it is touched and spoken
to in that way, with the shipped example's settings and the invented register.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from kiosk.view import Action, Question, View
from kiosk.words import words
from station.ledger import Ledger
from station.settings import Settings

from .kiosk import glass_of, look_of, quiet_pygame
from .paths import MODELS, SOURCE
from .rehearsal import Rehearsal
from .stage import register
from .wiring import load_engine

SCREENS: Final = SOURCE / "docs" / "screens"
NOW: Final = datetime(2026, 11, 23, 9, 5, tzinfo=timezone(timedelta(hours=8)))
"""The day on which all pictures are taken."""
WIDTH: Final = 960
"""Pixels a picture is wide."""


def main(folder: Path = SCREENS) -> list[Path]:
    """Take all pictures; gives the files."""
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    quiet_pygame()
    import pygame

    from kiosk.layout import lay_out
    from kiosk.painter import Painter

    from .pictures import smaller

    settings = Settings.load(None)
    glass = glass_of(settings)
    painter = Painter(glass, MODELS / "font")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, view in views(settings):
        surface = pygame.Surface((glass.width, glass.height))
        layout = lay_out(view, glass, look_of(settings))
        painter.draw(surface, layout, mode=view.now.mode, level=0.6)
        written.append(folder / f"{name}.png")
        pygame.image.save(smaller(surface, WIDTH), str(written[-1]))
    return written


def views(settings: Settings) -> Iterator[tuple[str, View]]:
    """Name and screen, in the order of a visit."""
    engine = load_engine(settings)
    with tempfile.TemporaryDirectory() as folder:
        for visit in (_by_voice, _by_touch, _meal, _known, _alarm, _silence, _staff):
            path = Path(folder) / f"{visit.__name__}.db"
            with Ledger.open(path, clock=lambda: NOW) as ledger:
                for resident in register():
                    ledger.upsert_resident(resident)
                yield from visit(Rehearsal(settings, engine, ledger, lambda: NOW))


def _by_voice(kiosk: Rehearsal) -> Iterator[tuple[str, View]]:
    said = words()["gallery"]
    yield "idle", kiosk.view
    yield "listening", kiosk.touch("speak")
    kiosk.presenter.hearing(said["partial"], kiosk.now)
    yield "hearing", kiosk.view
    yield "question", kiosk.say(said["appointment"])
    yield "read-back", kiosk.touch("choose", "department", said["department"])
    yield "done", kiosk.say(said["yes"])
    yield "farewell", kiosk.touch("finish")


def _by_touch(kiosk: Rehearsal) -> Iterator[tuple[str, View]]:
    said = words()["gallery"]
    kiosk.touch("service", value="appointment")
    yield "week", kiosk.touch("choose", "department", said["other"])
    kiosk.touch("choose", "date", "2026-11-25")
    yield "correcting", kiosk.touch("correct", "part")
    yield (
        "which",
        kiosk.touch("choose", "part", "afternoon") and kiosk.touch("choose", "confirm", "no"),
    )


def _meal(kiosk: Rehearsal) -> Iterator[tuple[str, View]]:
    said = words()["gallery"]
    yield "dishes", kiosk.touch("service", value="meal")
    kiosk.say(said["meal"])
    yield "read-back-meal", kiosk.view
    yield "stepper", kiosk.touch("correct", "items") and kiosk.touch("step", value=1)


def _known(kiosk: Rehearsal) -> Iterator[tuple[str, View]]:
    said = words()["gallery"]
    kiosk.touch("card")
    for digit in "1001":
        kiosk.touch("digit", value=digit)
    yield "keypad", kiosk.view
    yield "services", kiosk.touch("digit", value="done")
    yield "contacts", kiosk.say(said["call"])
    daughter = kiosk.view.tiles[0].action if isinstance(kiosk.view, Question) else Action("back")
    yield "read-back-call", kiosk.touch(daughter.name, daughter.slot, daughter.value)


def _alarm(kiosk: Rehearsal) -> Iterator[tuple[str, View]]:
    yield "help", kiosk.touch("emergency")


def _silence(kiosk: Rehearsal) -> Iterator[tuple[str, View]]:
    kiosk.touch("speak")
    yield "still-there", kiosk.wait(62)


def _staff(kiosk: Rehearsal) -> Iterator[tuple[str, View]]:
    yield "staff-called", kiosk.touch("staff")
    kiosk.presenter.trouble("broken", kiosk.now, there=True)
    yield "out-of-order", kiosk.view


if __name__ == "__main__":
    for file in main(Path(sys.argv[1]) if len(sys.argv) > 1 else SCREENS):
        sys.stdout.write(f"{file}\n")
