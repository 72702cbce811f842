"""`linli phone serve`: everything that talks on the telephone line, from start to stop.

It runs beside Asterisk (`linli phone asterisk`) and may be stopped, killed and
started again at any time: whoever is talking then reaches a person.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import structlog

from ivr.folders import Folders
from ivr.media import Doors, MediaServer
from ivr.passwords import Passwords
from station.settings import Settings

from .chosen import Chosen
from .closing import hears
from .exchange import Exchange
from .heart import Heart
from .limits import limits
from .nightly import Nightly
from .paths import SETTINGS
from .phone import Phone, serve
from .pool import Pool, Voice
from .stage import Station
from .wiring import open_ledger

log = structlog.get_logger(__name__)

USER: Final = "linli"
"""As whom Asterisk shows itself at the media port."""
MOST_WORKERS: Final = 4
SWITCH_S: Final = 0.0005
"""Seconds a thread may keep the others waiting. Asterisk knocks while one loop among many threads
answers, and keeps all its calls waiting until it does."""


def doors_of(settings: Settings, passwords: Passwords) -> Doors:
    """Where Asterisk brings calls, by the station's settings."""
    phone = settings.phone
    plain = phone.media == "audiosocket"
    return Doors(
        USER,
        passwords.media,
        phone.media_port,
        phone.media_port + 1 if plain else None,
        most=int(limits()["line"]["talks_at_most"]),
    )


def workers() -> int:
    """Recogniser processes this machine has room for."""
    return max(1, min(MOST_WORKERS, os.cpu_count() or 1))


def run(
    settings: Settings,
    *,
    engine: str | None = None,
    file: Path = SETTINGS,
    ready: Callable[[MediaServer], None] = lambda _: None,
) -> None:
    """Serve the line until SIGTERM or SIGINT.

    Another recogniser that is chosen in `file` meanwhile is taken over between calls.
    Raises PhoneError where `linli phone setup` was never run, PoolBroken where no
    recogniser starts.
    """
    heart = Heart.given()
    sys.setswitchinterval(SWITCH_S)
    passwords = Passwords.read(Folders(settings.phone.folder.absolute()).root)
    with ExitStack() as over:
        pool = Pool(engine or settings.speech.recognizer, workers())
        over.callback(pool.close)
        voice = Voice(settings.speech.voice)
        over.callback(voice.close)
        station = over.enter_context(_station(settings, pool, voice))
        phone = Phone(station)
        exchange = over.enter_context(
            Exchange(settings, station.ledger, station.mouth, phone.told, hear=hears(pool))
        )
        over.enter_context(Nightly(settings, file=file if file.exists() else None))
        phone.direct(exchange.switch)
        phone.warm_up()
        pool.ready()
        if engine is None:
            over.enter_context(Chosen(file, station, lambda: not phone.lines).following())
        asyncio.run(_serve(phone, doors_of(settings, passwords), ready, heart))


def _station(settings: Settings, pool: Pool, voice: Voice) -> Station:
    return Station(
        settings,
        open_ledger(settings),
        recordings=settings.kept_recordings(),
        pool=pool,
        voice=voice,
    )


async def _serve(
    phone: Phone, doors: Doors, ready: Callable[[MediaServer], None], heart: Heart
) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    log.info("line_open", port=doors.port)
    await serve(phone, doors, stop=stop, ready=ready, heart=heart)
    log.info("line_closed", calls=len(phone.lines))
