"""`linli selftest`: once a day the station tries itself, before somebody needs it in vain.

A sentence is spoken, the screen is touched, a call is made through Asterisk, the last backup is
restored, disks and past hearing are looked at. What fails stands on the staff's board until it
passes again, in `linli doctor` and in the metrics.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final

import structlog

from station import checks, clock
from station.checks import Check, Checked
from station.errors import LedgerError
from station.ledger import Ledger
from station.settings import Settings

from . import clock_watch
from .nightly import alone
from .selftest_keep import room, saved
from .selftest_line import line
from .selftest_sense import callers, microphone
from .selftest_speech import kiosk, speech
from .selftest_watch import well
from .selftest_words import broken, words
from .wiring import load_engine, open_ledger

log = structlog.get_logger(__name__)

NAMES: Final = ("clock", "disk", "backup", "speech", "kiosk", "line", "microphone", "callers")
"""All checks, in the order they are made: what costs little first."""

_Tried = Callable[[], Check]


def tries(settings: Settings, ledger: Ledger) -> dict[str, _Tried]:
    """Every check by its name."""
    return {
        "clock": lambda: clock_watch.check(ledger, ledger.now()),
        "disk": lambda: room(settings),
        "backup": lambda: saved(settings, ledger.now()),
        "speech": lambda: speech(settings),
        "kiosk": lambda: kiosk(settings),
        "line": lambda: line(settings, ledger, load_engine(settings)),
        "microphone": lambda: microphone(ledger, ledger.now()),
        "callers": lambda: callers(ledger, ledger.now()),
    }


def made(name: str, attempt: _Tried) -> Check:
    """A check with its time; one that breaks has failed."""
    began = time.monotonic()
    try:
        check = attempt()
    except Exception as error:  # noqa: BLE001 - what cannot even be tried has failed
        log.critical("check_broke", check=name, reason=f"{type(error).__name__}: {error}")
        check = broken(name, error)
    return replace(check, seconds=round(time.monotonic() - began, 1))


def run(settings: Settings, tell: Callable[[str], None]) -> bool:
    """Try everything, write it down, tell staff; True when nothing has failed.

    Where the ledger itself cannot be opened or written the outcome still is in its file.
    """
    path = checks.file_of(settings.data.ledger)
    with ExitStack() as over:
        if not over.enter_context(alone(path)):
            return True
        try:
            ledger = over.enter_context(open_ledger(settings))
        except LedgerError as error:
            return _ended(_without_ledger(settings, error), path, tell, str(error))
        began = ledger.now()
        found = []
        for name, attempt in tries(settings, ledger).items():
            found.append(made(name, attempt))
            tell(_shown(found[-1]))
        checked = Checked(began, tuple(found))
        try:
            told = replace(checked, checks=(*checked.checks, well()))
            checks.tell(ledger, told, words()["task"], words()["well"])
        except LedgerError as error:
            return _ended(checked, path, tell, str(error))
        return _ended(checked, path, tell)


def _without_ledger(settings: Settings, error: LedgerError) -> Checked:
    found = (made("disk", lambda: room(settings)), broken("backup", error))
    return Checked(clock.now(), found)


def _ended(checked: Checked, path: Path, tell: Callable[[str], None], untold: str = "") -> bool:
    checks.keep(path, checked)
    bad = [each.name for each in checked.bad]
    level = log.critical if bad else log.info
    level("selftest", bad=bad, told=not untold)
    case = "untold" if bad and untold else "bad" if bad else "ok"
    at = f"{checked.at:%Y-%m-%d %H:%M}"
    tell("")
    tell(words()["summary"][case].format(at=at, count=len(bad), reason=untold))
    return not bad


def _shown(check: Check) -> str:
    """One line for whoever looks on."""
    said = words()
    line = f"{said['states'][check.state]}  {said['names'][check.name]}　{check.what}"
    return f"{line}\n      → {check.fix}" if check.fix else line
