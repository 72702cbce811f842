"""`linli kiosk`: the screen of a station, with its worker behind it."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import yaml

from kiosk.geometry import Glass
from kiosk.presenter import Presenter
from kiosk.sheet import Look
from kiosk.turned import Command
from station import clock
from station.settings import Settings
from voices.sinks import loudspeaker_or_silence

from .attendant import Attendant
from .errors import UsageError
from .hearing_from import Ear, FileEar, LiveEar
from .logs import configure
from .paths import ASSETS, MODELS, VAR
from .stage import Station

PICTURES: Final = VAR / "screens"
"""Where pictures are kept when there is no display."""


def run(
    settings: Settings,
    *,
    fullscreen: bool = False,
    screens: Path | None = None,
    hear: Sequence[Path] = (),
    engine: str | None = None,
    demo: bool = False,
) -> None:
    """Open the kiosk until it is closed.

    `hear`: audio files instead of a microphone, each spoken when an answer is listened
    for. `screens`: keep a picture of every screen there. `demo`: an empty ledger and an
    invented register. Without a display sample callers talk to unseen screens.
    """
    missing = [path for path in hear if not path.is_file()]
    if missing:
        raise UsageError(f"--hear {missing[0]}: there is no such file; give a wav or ogg file")
    configure(settings.log.path / "kiosk.log", level=settings.log.level)
    if not display_there():
        from .visitors import visit

        folder = screens or PICTURES
        words = yaml.safe_load((ASSETS / "text" / "kiosk.yaml").read_text("utf-8"))["command"]
        sys.stdout.write(words["no_display"].format(folder=folder) + "\n")
        visit(settings, folder, engine=engine)
        return

    def open_station() -> Station:
        if demo:
            return Station.for_demo(settings, engine=engine, fast=False)
        return Station.live(settings, engine=engine)

    files = list(hear)

    def open_ear() -> Ear:
        return FileEar(files) if hear else LiveEar()

    listens = settings.kiosk.listens
    attendant = Attendant(open_station, open_ear, loudspeaker_or_silence(), listens=listens)
    show(settings, attendant, fullscreen=fullscreen, screens=screens)


def show(
    settings: Settings,
    attendant: Attendant,
    *,
    fullscreen: bool = False,
    screens: Path | None = None,
) -> None:
    """Draw the first screen, then let the worker load its models behind it."""
    quiet_pygame()
    from kiosk.window import Window

    from .pictures import Pictures

    presenter = Presenter(clock.now, listens=settings.kiosk.listens)
    window = Window(
        glass_of(settings, display_size() if fullscreen else None),
        look_of(settings),
        presenter,
        attendant,
        MODELS / "font",
        fullscreen=fullscreen,
        seen=Pictures(screens) if screens else None,
    )
    try:
        window.frame()
        attendant.start()
        window.run()
    finally:
        attendant.close()


def first_screen() -> int:
    """Draw the waiting screen once: all that stands between the command and something seen."""
    quiet_pygame()
    from kiosk.window import Window

    settings = Settings.load(None)
    presenter = Presenter(clock.now)
    window = Window(glass_of(settings), look_of(settings), presenter, _Nobody(), MODELS / "font")
    window.frame()
    return 0


class _Nobody:
    """No worker."""

    level = 0.0

    def do(self, command: Command) -> None:
        """Nothing."""

    def told(self) -> tuple[()]:
        """No news."""
        return ()


def display_there() -> bool:
    """Whether a window can be opened."""
    if os.environ.get("SDL_VIDEODRIVER") == "dummy":
        return False
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


def display_size() -> tuple[int, int]:
    """The display's pixels."""
    import pygame

    pygame.display.init()
    return pygame.display.get_desktop_sizes()[0]


def quiet_pygame() -> None:
    """No greeting on the terminal, no complaint about a way of importing it still uses."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pygame  # noqa: F401


def glass_of(settings: Settings, pixels: tuple[int, int] | None = None) -> Glass:
    """The screen as set, or with the pixels it turned out to have."""
    told = settings.kiosk
    width, height = pixels or (told.width, told.height)
    if told.mm_per_px:
        return Glass(width, height, told.mm_per_px)
    return Glass.of_inches(width, height, told.inches)


def look_of(settings: Settings) -> Look:
    """Text size and hand."""
    return Look(settings.kiosk.text_size, left_handed=settings.kiosk.hand == "left")
