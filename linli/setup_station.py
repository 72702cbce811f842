"""`linli setup`: what the station is, its settings, its accounts, and what starts it.

Nothing is changed before all answers are good. A station.toml that is there is kept as a
copy, and what would change is shown first.
"""

from __future__ import annotations

import difflib
import os
import pwd
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ivr.errors import PhoneError
from station import clock
from station.accounts import Accounts, Policy
from station.members import AccountError
from station.settings import SHIPPED, Settings

from . import setup_answers, units
from .ask_station import Interview
from .asterisk_packages import TREE
from .errors import UsageError
from .limits import limits
from .paths import ROOT, SETTINGS
from .setup_answers import Values, merged, words
from .station_page import fill
from .units import Machine
from .wiring import open_ledger


@dataclass(frozen=True, slots=True)
class Means:
    """How set-up talks, and what it may touch."""

    tell: Callable[[str], None]
    """Shows a line."""
    ask: Callable[[str, bool], str]
    """Shows a prompt and gives the answer; the second argument: typed unseen."""
    system: bool = True
    """It may install services, where root runs it on a machine with systemd."""
    home: Path = ROOT
    """The station's folder."""
    settings: Path = SETTINGS
    """Its station.toml."""
    now: Callable[[], datetime] = clock.now
    """The time."""


def set_up(means: Means, answers: Path | None) -> bool:
    """Ask or read, check, write, and prepare what starts it; False when nothing was done.

    Raises UsageError or a StationError with what is to be mended.
    """
    says, known = words()["says"], setup_answers.present(means.settings)
    if answers is not None:
        given, wrong = setup_answers.read(answers)
        for line in wrong:
            means.tell(line)
        if wrong:
            means.tell(says["refused"].format(count=len(wrong)))
            return False
    else:
        given = Interview(means.ask, means.tell, known).hold()
    staff = given.pop("staff", [])
    values = merged(known, given)
    _leave_out(values, given, asked=answers is None)
    if not _written(means, values, sure=answers is None):
        return False
    settings = Settings.load(means.settings)
    _telephone(means, settings)
    _accounts(means, settings, staff)
    _services(means, settings)
    door = settings.console
    means.tell(says["next"].format(address=f"http://{door.host}:{door.port}/"))
    return True


def _leave_out(values: Values, given: Values, *, asked: bool) -> None:
    """A table that was asked about and is not there any more goes; others stay."""
    if asked and "canteen" not in given:
        values.pop("canteen", None)
    for meal in ("breakfast", "lunch", "dinner"):
        if asked and meal not in given.get("canteen", {}):
            values.get("canteen", {}).pop(meal, None)


def page(values: Values) -> str:
    """The commented station.toml with these values. Raises UsageError when it would not hold."""
    text = fill(SHIPPED.read_text("utf-8"), values, words()["page_head"])
    lost = [
        key for key, value in _flat(values) if dict(_flat(tomllib.loads(text))).get(key) != value
    ]
    if lost:
        raise UsageError(f"station.toml: {lost[0]} could not be written; tell the project")
    return text


def _flat(values: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(values, dict):
        for name, value in values.items():
            yield from _flat(value, f"{key}.{name}" if key else str(name))
    elif isinstance(values, list) and values and isinstance(values[0], dict):
        for number, value in enumerate(values):
            yield from _flat(value, f"{key}.{number}")
    else:
        yield key, values


def _written(means: Means, values: Values, *, sure: bool) -> bool:
    """Write the settings; False when the change was declined."""
    says, file, text = words()["says"], means.settings, page(values)
    fresh = file.with_name(f"{file.name}.new")
    fresh.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    Settings.load(fresh)
    old = file.read_text("utf-8-sig") if file.exists() else ""
    if old == text:
        fresh.unlink()
        means.tell(says["same"].format(file=file))
        return True
    if old:
        means.tell(says["differs"].format(file=file))
        for line in difflib.unified_diff(
            old.splitlines(), text.splitlines(), "", "", "", "", 0, ""
        ):
            if not line.startswith(("---", "+++", "@@")):
                means.tell(f"  {_unseen(line)}")
        if sure and not Interview(means.ask, means.tell, {}).sure(says["sure"]):
            fresh.unlink()
            means.tell(says["left"])
            return False
        copy = file.with_name(f"{file.name}.before-{means.now():%Y%m%d-%H%M%S}")
        file.rename(copy)
        means.tell(says["copy"].format(file=copy))
    fresh.replace(file)
    means.tell(says["written"].format(file=file))
    return True


def _unseen(line: str) -> str:
    """A line of the difference without a password."""
    name, mark, _ = line.partition("=")
    return f"{name}{mark} …" if name.strip(" +-") == "password" else line


def _telephone(means: Means, settings: Settings) -> None:
    """The line's own settings, where there is a line; what is wrong is told and stops nothing."""
    from .phone_setup import set_up as set_phone_up

    if not settings.phone.enabled:
        return
    if not TREE.here():
        means.tell(words()["says"]["phone_off"])
        return
    try:
        set_phone_up(settings, out=None, check=True, tell=means.tell)
    except PhoneError as error:
        means.tell(words()["says"]["phone_wrong"].format(reason=error))


def _accounts(means: Means, settings: Settings, staff: list[Values]) -> None:
    """An account and a one-time code for each who was named; where nobody was, the first code."""
    from .keeping import whoever
    from .keeping import words as said

    policy = Policy.of(limits()["accounts"])
    told = said()["staff"]
    with open_ledger(settings) as ledger:
        accounts = Accounts(ledger.store, policy=policy)
        for each in staff:
            try:
                member, code = accounts.add(
                    each["login"], each["name"], each.get("role", "staff"), by=whoever()
                )
            except AccountError as error:
                if error.code != "login_taken":
                    raise
                means.tell(words()["says"]["staff_there"].format(login=each["login"]))
                continue
            means.tell(told["code"].format(login=member.login, code=code, minutes=policy.code_min))
        if accounts.nobody_yet() and not staff:
            code = accounts.first_code()
            means.tell(told["first"].format(code=code, minutes=policy.code_min))


def _services(means: Means, settings: Settings) -> None:
    """Units, firewall and command: installed where that may be, else shown with their commands."""
    says = words()["says"]
    machine = Machine(means.home, units.USER if means.system else _me())
    folder = means.home / "var" / "system"
    texts = units.rendered(settings, machine)
    units.write(texts, folder)
    if means.system and units.systemd_here():
        units.install(folder, texts, machine, means.tell)
        means.tell(says["units_here"])
    else:
        means.tell(says["units_written"].format(folder=folder))
        for line in units.commands(folder, texts, machine):
            means.tell(f"  {line}")
    means.tell(says["firewall"].format(file=folder / units.FIREWALL))


def _me() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return units.USER
