"""Upgrades that are killed at every moment in turn, and ended by the next start.

`python tests/upgrade_child.py LEDGER ROOM (well|unwell)`: LEDGER is an old ledger, ROOM an empty
folder. For each moment a copy of the station is upgraded by a process that kills itself there
(SIGKILL); another process resumes. A JSON object a line tells what stands then.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from linli import upgrade, upgrade_ledger
from linli.services import Services
from linli.upgrade import Upgrader
from linli.upgrade_home import Home, UpgradeError
from station import backup
from station.ledger import Ledger
from station.requests import FiledRequest

OLD, NEW = "releases/old", "releases/new"


def station(ledger: Path, root: Path) -> Home:
    """A station that uses the release `old`; `new` lies beside it."""
    for release in (OLD, NEW):
        (root / release / ".venv" / "bin").mkdir(parents=True)
        (root / release / ".venv" / "bin" / "python").touch()
        (root / release / ".ready").touch()
    (root / "var").mkdir()
    shutil.copy(Path(__file__).parent.parent / "assets" / "station.toml", root / "station.toml")
    shutil.copy(ledger, root / "var" / "ledger.db")
    home = Home(root)
    home.lead("current", OLD)
    return home


def prover(verdict: str) -> Callable[[Path, Path], list[str]]:
    """The release opens the ledger, files a request in it, and is well or is not."""

    def prove(_: Path, home: Path) -> list[str]:
        with Ledger.open(home / "var" / "ledger.db", spool=home / "var" / "spool") as ledger:
            if home.name != "trial":
                ledger.file(FiledRequest("meal", uid="while proved"))
        return [verdict] if verdict != "well" and home.name != "trial" else []

    return prove


def upgrader(home: Home, verdict: str) -> Upgrader:
    """Of a station nobody else uses; silent."""
    return Upgrader(home, lambda _: None, Services(), prover(verdict))


class Killer:
    """Ends this process at the n-th moment at which something has reached the disk."""

    def __init__(self, moment: int) -> None:
        self.left = moment

    def around(self, deed: Callable[..., Any]) -> Callable[..., Any]:
        """The same deed, with a moment before it and one after it."""

        def done(*given: Any, **named: Any) -> Any:
            self.tick()
            result = deed(*given, **named)
            self.tick()
            return result

        return done

    def tick(self) -> None:
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1


def arm(moment: int) -> None:
    """Have this process die at that moment."""
    killer = Killer(moment)
    for place, name in (
        (Home, "keep_units"),
        (Home, "note"),
        (Home, "lead"),
        (Home, "over"),
        (Home, "remember"),
        (backup, "make"),
        (upgrade_ledger, "keep"),
        (upgrade_ledger, "put_back"),
        (upgrade, "stage"),
    ):
        setattr(place, name, killer.around(getattr(place, name)))


def apart(deed: Callable[[], None]) -> int:
    """Do it in a process of its own; its exit status."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with suppress(UpgradeError):
                code = 3
                deed()
                code = 0
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1]


def main(ledger: Path, room: Path, verdict: str) -> None:
    """Moment after moment, until one is never reached."""
    moment = 0
    while True:
        home = station(ledger, room / str(moment))

        def killed(home: Home = home, moment: int = moment) -> None:
            arm(moment)
            upgrader(home, verdict).finish("new")

        def resumed(home: Home = home) -> None:
            upgrader(home, verdict).resume()

        status = apart(killed)
        died = os.WIFSIGNALED(status)
        before = home.journal()
        ended = os.waitstatus_to_exitcode(apart(resumed)) if died else None
        print(json.dumps(told(home, moment, died, ended, before.step if before else "")))
        if not died:
            return
        moment += 1


def told(home: Home, moment: int, died: bool, ended: int | None, step: str) -> dict[str, Any]:
    """What stands afterwards."""
    ledger = home.root / "var" / "ledger.db"
    shell = sqlite3.connect(ledger)
    uids = [uid for (uid,) in shell.execute("SELECT uid FROM requests ORDER BY id")]
    shell.close()
    spool = [json.loads(path.read_text()) for path in (home.root / "var").glob("spool/*.json")]
    return {
        "moment": moment,
        "died": died,
        "step": step,
        "ended": ended,
        "current": home.in_use(),
        "schema": upgrade_ledger.version(ledger),
        "uids": uids,
        "spool": [each["uid"] for each in spool],
        "under way": home.journal() is not None or (home.root / "next").exists(),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
