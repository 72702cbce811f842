"""`linli status`: is every part alive, since when, what happened last, and what is to be done.

Only looks: nothing is opened for writing, no ledger is migrated. Words are in
`assets/text/status.yaml`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import psutil
import yaml
from rich.console import Console

from ivr.tree import Tree
from station import backup, clock
from station.settings import Settings
from station.spool import Spool

from .doctor import Finding, Level, disk, shown
from .doctor_selftest import lately
from .errors import LinliError
from .hearing_trend import CHANNELS, weeks, worse
from .limits import limit
from .models import installed
from .paths import ASSETS, ROOT
from .release import NOTE, Release
from .services import named
from .upgrade_home import Home

PARTS: Final[Mapping[str, str]] = {
    "kiosk": "linli kiosk",
    "asterisk": "linli phone asterisk",
    "line": "linli phone serve",
    "console": "linli console",
}
"""Part → the program that is it."""
OLD: Final = timedelta(hours=36)
"""A backup older than a night that was missed."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is looked at, and when."""

    settings: Settings
    """The station's."""
    root: Path = ROOT
    """Its folder."""
    now: datetime = field(default_factory=clock.now)
    """The time."""


@cache
def words() -> Mapping[str, Any]:
    """Everything the status says."""
    loaded: Mapping[str, Any] = yaml.safe_load((ASSETS / "text" / "status.yaml").read_text("utf-8"))
    return loaded


def _finding(level: Level, area: str, case: str, **values: object) -> Finding:
    said = words()
    text = said["findings"][case]
    return Finding(
        said["areas"][area], level, text["what"].format(**values), text["fix"].format(**values)
    )


def status(seen: Seen) -> list[Finding]:
    """Everything, in the order in which people ask."""
    looks = (release, parts, ledger, waiting, saved, recogniser, hearing)
    found = [each for look in looks for each in look(seen)]
    return [*found, *lately(seen.settings, seen.now), *disk(seen.root)]


def show(settings: Settings, console: Console | None = None) -> bool:
    """Print the page; True when nothing is bad."""
    return shown(status(Seen(settings)), console or Console(highlight=False))


def ago(then: datetime, now: datetime) -> str:
    """How long ago, as people say it."""
    said, minutes = words()["ages"], int((now - then).total_seconds() // 60)
    if minutes < 1:
        return str(said["now"])
    if minutes < 120:
        return str(said["minutes"].format(count=minutes))
    if minutes < 48 * 60:
        return str(said["hours"].format(count=minutes // 60))
    return str(said["days"].format(count=minutes // 1440))


def release(seen: Seen) -> Iterator[Finding]:
    """Which release is in use, and whether an upgrade was cut short."""
    home = Home(seen.root)
    under_way = home.journal()
    if under_way:
        yield _finding("bad", "release", "release.half", name=Path(under_way.new).name)
    try:
        link = home.root / home.in_use()
        name = Release.of(link if (link / NOTE).exists() else home.root).name
    except LinliError:
        name = Release.of().name
    yield _finding("ok", "release", "release.ok", name=name)


def parts(seen: Seen) -> Iterator[Finding]:
    """Each program: alive, and since when."""
    alive = running(seen.root)
    for part, program in PARTS.items():
        if part in {"asterisk", "line"} and not seen.settings.phone.enabled:
            yield _finding("ok", part, "part.off")
        elif part in {"asterisk", "line"} and not Tree(seen.root / "models" / "asterisk").here():
            yield _finding("warn", part, "part.absent")
        elif program in alive:
            since = ago(alive[program], seen.now)
            yield _finding("ok", part, "part.ok", since=since)
        else:
            start = words()["findings"]["start"][part]
            yield _finding("bad", part, "part.dead", start=start)


def running(root: Path) -> dict[str, datetime]:
    """The programs of the station in `root`, and since when each runs."""
    found: dict[str, datetime] = {}
    for process in psutil.process_iter(["cmdline", "create_time"]):
        name = named(process.info["cmdline"] or [])
        program = next((each for each in PARTS.values() if f"{name} ".startswith(f"{each} ")), "")
        if program and _ours(process, root):
            began = datetime.fromtimestamp(process.info["create_time"], clock.BEIJING)
            found[program] = min(began, found.get(program, began))
    return found


def _ours(process: psutil.Process, root: Path) -> bool:
    """Whether it works for this station; where that cannot be seen, it does."""
    try:
        home = process.environ().get("LINLI_HOME")
    except (psutil.AccessDenied, psutil.NoSuchProcess):
        return True
    program = Path(process.info["cmdline"][0])
    return Path(home) == root if home else root in program.parents


def ledger(seen: Seen) -> Iterator[Finding]:
    """The last request, the last call, alarms nobody has taken, calls that are owed."""
    path = seen.settings.data.ledger
    if not path.exists():
        yield _finding("ok", "ledger", "ledger.none")
        return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as shell:
            yield from _requests(shell, seen)
            yield from _calls(shell, seen)
    except sqlite3.Error as error:
        yield _finding("bad", "ledger", "ledger.bad", reason=error)


def _requests(shell: sqlite3.Connection, seen: Seen) -> Iterator[Finding]:
    last = _rows(shell, "SELECT number, created FROM requests ORDER BY id DESC LIMIT 1")
    if not last:
        yield _finding("ok", "requests", "requests.none")
        return
    ((open_,),) = _rows(shell, "SELECT COUNT(*) FROM requests WHERE closed IS NULL")
    number, created = last[0]
    when = ago(clock.from_text(created), seen.now)
    yield _finding("ok", "requests", "requests.ok", number=number, when=when, open=open_)
    alarms = _rows(
        shell, "SELECT number FROM requests WHERE priority = 'emergency' AND status = 'new'"
    )
    if alarms:
        numbers = "、".join(number for (number,) in alarms[:5])
        yield _finding("bad", "requests", "requests.alarm", count=len(alarms), numbers=numbers)


def _calls(shell: sqlite3.Connection, seen: Seen) -> Iterator[Finding]:
    if not seen.settings.phone.enabled:
        return
    ((last,),) = _rows(shell, "SELECT MAX(started) FROM conversations WHERE channel = 'phone'")
    if last is None:
        yield _finding("warn", "calls", "calls.none")
    else:
        yield _finding("ok", "calls", "calls.ok", when=ago(clock.from_text(last), seen.now))
    if not _rows(shell, "SELECT 1 FROM sqlite_master WHERE name = 'callbacks'"):
        return
    due = [clock.from_text(at) for (at,) in _rows(shell, _OWED)]
    late = sum(at < seen.now for at in due)
    if late:
        yield _finding("bad", "callbacks", "callbacks.late", late=late, count=len(due))
    elif due:
        yield _finding("ok", "callbacks", "callbacks.ok", count=len(due))


_OWED: Final = "SELECT due FROM callbacks WHERE closed IS NULL"


def _rows(shell: sqlite3.Connection, sql: str) -> Sequence[tuple[Any, ...]]:
    return shell.execute(sql).fetchall()


def waiting(seen: Seen) -> Iterator[Finding]:
    """Requests the ledger could not take."""
    folder = seen.settings.data.spool
    count = len(Spool(folder).waiting())
    if count:
        yield _finding("bad", "spool", "spool.waiting", count=count, path=folder)


def saved(seen: Seen) -> Iterator[Finding]:
    """The newest backup."""
    folder = seen.settings.data.backups
    kept = backup.kept(folder)
    if not kept:
        yield _finding("warn", "backup", "backup.none")
        return
    made = backup.read(kept[-1]).made
    old = seen.now - made > OLD
    case = "backup.old" if old else "backup.ok"
    when = ago(made, seen.now)
    yield _finding("bad" if old else "ok", "backup", case, when=when, folder=folder)


def recogniser(seen: Seen) -> Iterator[Finding]:
    """The ears in use: whole, as far as a quick look tells."""
    name = seen.settings.speech.recognizer
    states = {each.name: each.state for each in installed(seen.root / "models")}
    well = states.get(name) == "ready"
    case = "recogniser.ok" if well else "recogniser.bad"
    yield _finding("ok" if well else "bad", "recogniser", case, name=name)


def hearing(seen: Seen) -> Iterator[Finding]:
    """How well each channel has heard, week by week, and how fast it answered."""
    path, said = seen.settings.data.ledger, words()["hearing"]
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as shell:
            told = {each: weeks(shell, each, seen.now) for each in CHANNELS}
    except sqlite3.Error:
        return  # said already
    for channel, found in told.items():
        if not any(week.turns for week in found):
            continue
        sure = [said["none"] if week.sure is None else f"{week.sure:.0%}" for week in found]
        last = found[-1]
        answer = said["none"] if last.answer_s is None else f"{last.answer_s:.1f}"
        case = "worse" if worse(found, limit("selftest.confidence_falls")) else "ok"
        yield _finding(
            "bad" if case == "worse" else "ok",
            "hearing",
            f"hearing.{case}",
            channel=said[channel],
            sure=said["to"].join(sure),
            silent=last.silent,
            turns=last.turns,
            answer=answer,
        )
