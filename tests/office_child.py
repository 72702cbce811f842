"""A program of its own beside a backup or a restore: files requests, or runs out of disk."""

from __future__ import annotations

import resource
import signal
import sys
from pathlib import Path

import structlog

from station import clock
from station.backup import Places, make
from station.errors import BackupError, LedgerError
from station.ledger import Ledger
from station.requests import FiledRequest


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def file_on(path: Path, spool: Path) -> None:
    """File until told to stop; prints each number after it is on the disk, and each refusal."""
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))
    with Ledger.open(path, spool=spool) as ledger:
        while not stop:
            filed = FiledRequest("taxi", {"destination": "火车站"})
            try:
                ledger.file(filed)
                _say("filed", filed.uid)
            except LedgerError as error:
                _say("spooled" if error.spooled else "lost", filed.uid)


def starve(ledger: Path, to: Path, allowed: int) -> None:
    """Back up while the system refuses to let any file grow beyond `allowed` bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (allowed, allowed))
    places = Places(ledger, {"recordings": ledger.parent / "recordings"})
    try:
        make(places, to, keep=3, now=clock.now())
    except BackupError as error:
        _say(error.code, error)


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    deed, first, second, *rest = sys.argv[1:]
    if deed == "file":
        file_on(Path(first), Path(second))
    else:
        starve(Path(first), Path(second), int(rest[0]))
