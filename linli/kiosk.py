"""`linli kiosk`: the screen of a station, with its worker behind it."""

from __future__ import annotations

import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog
import yaml

from kiosk.geometry import Glass
from kiosk.presenter import Presenter
from kiosk.sheet import Look
from kiosk.turned import Command
from station import clock
from station.settings import Settings

from .errors import UsageError
from .logs import configure
from .paths import ASSETS, MODELS, VAR

if TYPE_CHECKING:
    from .attendant import Attendant

log = structlog.get_logger(__name__)

_SWITCH_S: Final = 0.001
"""How long another thread may keep the screen's thread from running Python."""
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

    def make() -> Attendant:
        return _attendant(settings, files=list(hear), engine=engine, demo=demo)

    show(settings, Coming(make), fullscreen=fullscreen, screens=screens)


def _attendant(
    settings: Settings, *, files: list[Path], engine: str | None, demo: bool
) -> Attendant:
    """The worker; its imports alone take longer than drawing a screen."""
    from voices.sinks import NullSink, loudspeaker_or_silence

    from .attendant import Attendant
    from .hearing_from import Ear, FileEar, LiveEar
    from .stage import Station

    def open_station() -> Station:
        if demo:
            return Station.for_demo(settings, engine=engine, fast=False)
        return Station.live(settings, engine=engine)

    def open_ear() -> Ear:
        return FileEar(files) if files else LiveEar()

    sink = loudspeaker_or_silence()
    attendant = Attendant(open_station, open_ear, sink, listens=settings.kiosk.listens)
    if isinstance(sink, NullSink):
        log.warning("no_loudspeaker")
        attendant.news.put(lambda p, now: p.trouble("loudspeaker", now, there=True))
    return attendant


class Coming:
    """A worker that is on its way; what it is asked meanwhile it does when it is there.

    `make` is called on a thread of its own, so that the first screen waits for nothing.
    """

    def __init__(self, make: Callable[[], Attendant]) -> None:
        self._make = make
        self._there: Attendant | None = None
        self._waiting: list[Command] = []
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._come, name="coming")

    @property
    def level(self) -> float:
        """How loud it is, once somebody listens."""
        return self._there.level if self._there else 0.0

    def do(self, command: Command) -> None:
        """Have something done, now or soon; returns at once."""
        with self._lock:
            if self._there is None:
                self._waiting.append(command)
            else:
                self._there.do(command)

    def told(self) -> Iterable[Callable[[Presenter, float], list[Command] | None]]:
        """News that have come."""
        return self._there.told() if self._there else ()

    def start(self) -> None:
        """Begin to come."""
        self._thread.start()

    def close(self) -> None:
        """Go away again."""
        self._thread.join()
        if self._there is not None:
            self._there.close()

    def _come(self) -> None:
        attendant = self._make()
        attendant.start()
        with self._lock:
            for command in self._waiting:
                attendant.do(command)
            self._there = attendant


def show(
    settings: Settings,
    worker: Coming,
    *,
    fullscreen: bool = False,
    screens: Path | None = None,
    until: Callable[[], bool] = lambda: False,
) -> None:
    """Draw the first screen, then let the worker come and load its models behind it."""
    quiet_pygame()
    from kiosk.window import Window

    from .pictures import Pictures

    presenter = Presenter(
        clock.now, listens=settings.kiosk.listens, printer=bool(settings.kiosk.printer)
    )
    window = Window(
        glass_of(settings, display_size() if fullscreen else None),
        look_of(settings),
        presenter,
        worker,
        MODELS / "font",
        fullscreen=fullscreen,
        seen=Pictures(screens) if screens else None,
    )
    sys.setswitchinterval(_SWITCH_S)
    window.frame()
    if until():
        return
    worker.start()
    try:
        window.run(until)
    finally:
        worker.close()


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
