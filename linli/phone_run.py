"""`linli phone run`: Asterisk and the voice beside each other, each started again when it ends.

The voice is also ended and started again when it gives no more signs of life: whoever
talks with it hears nothing any more, and Asterisk gives them to a person only then.
`scripts/run` starts it beside the kiosk. On a station that runs them as systemd
units it is not needed: there systemd does the same.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from ivr.errors import PhoneError
from station.settings import Settings

from .asterisk_packages import TREE
from .limits import limit
from .part import Part, keep
from .phone_setup import outdated, set_up, telephones
from .phone_sounds import words

log = structlog.get_logger(__name__)

PARTS: Final = ("asterisk", "serve")
"""The commands of `linli phone` that make the line."""
ALIVE: Final = frozenset({"serve"})
"""Those of them that give signs of life."""


def run(
    settings: Settings, path: Path | None, *, beside: int | None, tell: Callable[[str], None]
) -> None:
    """Keep the line up until told to stop, or until the process `beside` is gone."""
    said = words()["run"]
    if not settings.phone.enabled:
        tell(said["switched_off"])
        return
    if not TREE.here():
        tell(said["absent"])
        return
    if outdated(settings):
        set_up(settings, out=None, check=False, tell=tell)
    _invite(settings, tell)
    given = ["--settings", str(path)] if path else []
    parts = [
        Part(
            [sys.executable, "-m", "linli", "phone", each, *given],
            silent_s=limit("line.silent_s") if each in ALIVE else None,
        )
        for each in PARTS
    ]
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    keep(parts, stop, beside=beside)


def _invite(settings: Settings, tell: Callable[[str], None]) -> None:
    """How to ring it with a softphone."""
    try:
        server, *lines = telephones(settings)
    except PhoneError as error:
        tell(str(error))
        return
    tell(words()["run"]["ring"].format(server=server))
    for line in lines[:1]:
        tell(line)
