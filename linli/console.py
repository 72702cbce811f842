"""`linli console`: the staff's pages, served from the station's own machine."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

import typer

from intents.conversation.dialogue import load_dialogues
from ivr.folders import Folders
from station.accounts import Accounts, Policy
from station.console.desks import Desks
from station.console.serve import Door, serve
from station.console.site import Site
from station.console.throttle import Throttle
from station.console.work_desk import Want, WorkDesk
from station.forgetting import Forgotten
from station.ledger import Ledger
from station.metrics import Watched
from station.sessions import Sessions
from station.settings import Settings
from station.work_links import Links
from station.work_orders import Terms
from station.work_time import Rule

from . import own_copy
from .forget import forget
from .heart import Heart
from .kiosk import log_to_file
from .limits import limits
from .nightly import Nightly
from .part import lives
from .paths import MODELS
from .places import heads_of
from .slip import proofs
from .taught import folder_of, lessons_of
from .teacher import ProcessTeacher
from .wiring import open_ledger

_LOOK_S: Final = 1.0
_LOCAL: Final = ("127.0.0.1", "localhost", "[::1]")


def run(
    settings: Settings,
    *,
    port: int | None = None,
    beside: int | None = None,
    file: Path | None = None,
) -> None:
    """Serve the console until it is stopped, or until the process `beside` is gone.

    Prints the address and, while there is no account, the first-run code.
    """
    log_to_file(settings, "console.log")
    heart = Heart.given()
    if beside is not None:
        threading.Thread(target=_end_with, args=(beside,), daemon=True).start()
    with open_ledger(settings) as ledger, Nightly(settings, file=file):
        site = site_of(settings, ledger)
        serve(site, door_of(settings, port), ready=_greeter(site), alive=lambda: heart.beat("page"))


def site_of(settings: Settings, ledger: Ledger) -> Site:
    """The console of a station with these settings."""
    accounts = Accounts(ledger.store, policy=policy(), clock=ledger.now)
    providers = [service.provider for service in settings.services]
    missed = Folders(settings.phone.folder.absolute()).missed
    return Site(
        name=settings.station.name,
        ledger=ledger,
        accounts=accounts,
        sessions=Sessions(accounts),
        recordings=settings.kept_recordings(),
        proofs=proofs(settings),
        limits=limits()["console"],
        providers=tuple(dict.fromkeys(providers)),
        messages=missed if missed.is_dir() else None,
        heads=heads_of(settings),
        watched=watched_of(settings),
        metrics_key=settings.console.metrics_key,
        desks=desks_of(settings),
        hosts=(*_LOCAL, settings.console.host, *settings.console.names),
        work=work_desk_of(settings),
        applied=lambda: frozenset(each.uid for each in lessons_of(folder_of(settings))),
        forget=forgetter(settings),
        copy=copier(settings),
        teacher=ProcessTeacher(settings),
    )


def forgetter(settings: Settings) -> Callable[[int, str], object]:
    """Forgets a resident everywhere; with a ledger of its own, so that nobody's page waits."""

    def forgotten(resident: int, by: str) -> Forgotten:
        with open_ledger(settings) as own:
            return forget(settings, own, resident, by=by, at=own.now())

    return forgotten


def copier(settings: Settings) -> Callable[[int, str, Path], Path]:
    """Packs all that is kept of a resident; with a ledger of its own, so that nobody waits."""

    def copied(resident: int, by: str, folder: Path) -> Path:
        with open_ledger(settings) as own:
            return own_copy.packed(settings, own, own.resident(resident), folder, by=by)

    return copied


def watched_of(settings: Settings) -> Watched:
    """The folders whose disks are watched, and where backups lie."""
    data = settings.data
    disks = {"ledger": data.ledger.parent, "spool": data.spool, "recordings": data.recordings}
    return Watched({**disks, "backups": data.backups, "log": settings.log.path}, data.backups)


def work_desk_of(settings: Settings) -> WorkDesk:
    """How the station gives out work: its links, its rule for hours, what each service asks."""
    told, numbers = settings.dispatch, limits()["dispatch"]
    rule = Rule(told.round_to_min, told.rounding)
    return WorkDesk(
        links=Links(proofs(settings).key, told.public),
        terms=Terms(rule, timedelta(hours=told.link_hours)),
        wants=wants(),
        phone=settings.phone.trunk.number or next((o.phone for o in settings.operators), ""),
        fonts=MODELS / "font",
        limits=numbers,
        throttle=Throttle(tries=numbers["link_tries"]),
    )


def desks_of(settings: Settings) -> Desks:
    """The telephones staff can ring from, and when elders are rung."""
    telephones = [(each.name, each.extension) for each in settings.operators if each.extension]
    per_hour = int(limits()["office"]["desk_calls_per_hour"])
    return Desks(tuple(telephones), settings.phone.may_ring, per_hour)


def wants() -> dict[str, Want]:
    """What each service asks of whoever fulfils it, as its file says."""
    return {
        intent: Want(each.helpers, each.bring, each.fulfilled_by)
        for intent, each in load_dialogues().items()
    }


def policy() -> Policy:
    """The numbers of accounts and sessions."""
    return Policy.of(limits()["accounts"])


def door_of(settings: Settings, port: int | None = None) -> Door:
    """Where the console is served."""
    told = settings.console
    return Door(
        told.host,
        told.port if port is None else port,
        Path(told.certificate) if told.certificate else None,
        Path(told.key) if told.key else None,
    )


def _end_with(pid: int) -> None:
    """Stop this process, in good order, when another is gone."""
    while lives(pid):
        time.sleep(_LOOK_S)
    os.kill(os.getpid(), signal.SIGTERM)


def _greeter(site: Site) -> Callable[[str], None]:
    def greet(address: str) -> None:
        typer.echo(f"console: {address}")
        if site.accounts.nobody_yet():
            typer.echo(f"first-run code: {site.accounts.first_code()}")

    return greet
