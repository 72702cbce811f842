"""`linli kiosk`: the screen of a station, with its worker behind it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final

import yaml

from kiosk.geometry import Glass
from kiosk.presenter import Presenter
from kiosk.sheet import Look
from station import clock
from station.settings import Settings

from .coming import Coming
from .errors import UsageError
from .heart import Heart
from .nightly import Nightly
from .paths import ASSETS, MODELS, SETTINGS, VAR

if TYPE_CHECKING:
    from .attendant import Attendant
    from .lifeline import Lifeline

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
    file: Path = SETTINGS,
) -> None:
    """Open the kiosk until it is closed.

    `hear`: audio files instead of a microphone, each spoken when an answer is listened
    for. `screens`: keep a picture of every screen there. `demo`: an empty ledger and an
    invented register. `file`: where another recogniser is chosen while
    it runs. Without a display sample callers talk to unseen screens.
    """
    missing = [path for path in hear if not path.is_file()]
    if missing:
        raise UsageError(f"--hear {missing[0]}: there is no such file; give a wav or ogg file")
    if not display_there():
        from .visitors import visit

        log_to_file(settings, "kiosk.log")
        folder = screens or PICTURES
        words = yaml.safe_load((ASSETS / "text" / "kiosk.yaml").read_text("utf-8"))["command"]
        sys.stdout.write(words["no_display"].format(folder=folder) + "\n")
        if not visit(settings, folder, engine=engine):
            raise SystemExit(1)
        return

    heart = Heart.given()

    def make() -> Attendant:
        return _attendant(settings, heart, files=list(hear), engine=engine, demo=demo, file=file)

    def alive() -> bool:
        heart.beat("screen")
        return heart.alone

    with nullcontext() if demo else Nightly(settings, file=file if file.exists() else None):
        show(settings, Coming(make, _lifeline(settings)), fullscreen=fullscreen, screens=screens,
             until=alive)  # fmt: skip


def _lifeline(settings: Settings) -> Callable[[], Lifeline]:
    def make() -> Lifeline:
        from .lifeline import Lifeline

        return Lifeline(settings)

    return make


def log_to_file(settings: Settings, name: str) -> None:
    """Log into the station's folder; to stderr where that cannot be written: nothing stops."""
    from structlog import get_logger

    from .logs import configure

    try:
        configure(settings.log.path / name, level=settings.log.level)
    except OSError as error:
        configure(None, level=settings.log.level)
        get_logger(__name__).error("log_not_written", reason=str(error))


def _attendant(
    settings: Settings,
    heart: Heart,
    *,
    files: list[Path],
    engine: str | None,
    demo: bool,
    file: Path,
) -> Attendant:
    """The worker; its imports alone take longer than drawing a screen."""
    log_to_file(settings, "kiosk.log")
    from structlog import get_logger

    from voices.sinks import NullSink, loudspeaker_or_silence

    from .attendant import Attendant
    from .chosen import Chosen
    from .hearing_from import Ear, FileEar, LiveEar
    from .stage import Station

    chosen: list[Chosen] = []

    def open_station() -> Station:
        if demo:
            return Station.for_demo(settings, engine=engine, fast=False)
        station = Station.live(settings, engine=engine)
        chosen[:] = [] if engine else [Chosen(file, station, lambda: True)]
        return station

    def open_ear() -> Ear:
        return FileEar(files) if files else LiveEar()

    sink = loudspeaker_or_silence()
    attendant = Attendant(
        open_station,
        open_ear,
        sink,
        listens=settings.kiosk.listens,
        alive=lambda: heart.beat("worker"),
        renewed=lambda: any(each.look() for each in chosen),
    )
    if isinstance(sink, NullSink):
        get_logger(__name__).warning("no_loudspeaker")
        attendant.news.trouble("loudspeaker", there=True)
    return attendant


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
        window.close()
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
    """No greeting on the terminal, and no look through all packages for data of its own.

    pygame does that with `pkg_resources` where there is one: it is slow and complains.
    """
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    hidden = "pkg_resources" not in sys.modules
    if hidden:
        sys.modules["pkg_resources"] = None  # type: ignore[assignment]
    import pygame  # noqa: F401

    if hidden:
        del sys.modules["pkg_resources"]


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
