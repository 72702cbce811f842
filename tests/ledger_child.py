"""A program of its own that uses the ledger, for tests that kill it, starve it or race it."""

from __future__ import annotations

import os
import random
import resource
import signal
import sys
import time
from pathlib import Path

import structlog

from station.errors import LedgerError
from station.ledger import Ledger
from station.requests import FiledRequest


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def promise(path: Path, who: str, count: int) -> None:
    """File requests and print each number after it was filed: the promise."""
    with Ledger.open(path) as ledger:
        for index in range(count):
            filed = FiledRequest("taxi", {"destination": "火车站", "n": index}, phone=who)
            number = ledger.file(filed).number
            _say(number)
            if index % 3 == 2:
                ledger.change(number, by="elder", slots={"n": -index})
                _say(number, -index)


def kill(path: Path, rounds: int) -> None:
    """Kill a filing program at a random moment, again and again; print what it promised.

    The victims are forks, because they start faster than programs: more moments to die in.
    """
    chance = random.Random(11)
    for _ in range(rounds):
        ears, mouth = os.pipe()
        victim = os.fork()
        if victim == 0:
            os.dup2(mouth, 1)
            promise(path, "elder", 100_000)
            os._exit(1)
        os.close(mouth)
        with os.fdopen(ears) as heard:
            first = heard.readline()  # it is filing now
            time.sleep(chance.uniform(0, 0.12))
            os.kill(victim, signal.SIGKILL)
            os.waitpid(victim, 0)
            lines = [first, *heard]
        for line in lines:
            if line.endswith("\n"):  # a promise cut short was not spoken
                _say(line.strip())
        _say("killed")


def kill_early(path: Path, spool: Path, rounds: int) -> None:
    """Kill programs while they open a ledger and empty its spool; print how each ended.

    The first ones die while the ledger is being laid out.
    """
    chance = random.Random(12)
    for _ in range(rounds):
        victim = os.fork()
        if victim == 0:
            Ledger.open(path, spool=spool).close()
            os._exit(0)
        time.sleep(chance.uniform(0.001, 0.04))
        os.kill(victim, signal.SIGKILL)
        _say("killed" if os.waitpid(victim, 0)[1] else "ended")


def together(folder: Path, rounds: int, rivals: int) -> None:
    """Let programs open a new ledger at the same moment, again and again; print their ends."""
    for index in range(rounds):
        path = folder / str(index) / "ledger.db"
        begin = time.monotonic() + 0.03
        pids = []
        for _ in range(rivals):
            pid = os.fork()
            if pid == 0:
                time.sleep(max(0.0, begin - time.monotonic()))
                with Ledger.open(path) as ledger:
                    ledger.file(FiledRequest("taxi"))
                os._exit(0)
            pids.append(pid)
        ends = [os.waitpid(pid, 0)[1] for pid in pids]
        with Ledger.open(path) as ledger:
            _say(*ends, *[request.number[-3:] for request in ledger.requests()])


def starve(path: Path, spool: Path, allowed: int) -> None:
    """File until the system refuses to let any file grow beyond `allowed` bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with Ledger.open(path, spool=spool) as ledger:
        resource.setrlimit(resource.RLIMIT_FSIZE, (allowed, allowed))
        for _ in range(10_000):
            try:
                _say(ledger.file(FiledRequest("meal", {"dish": "红烧肉" * 300})).number)
            except LedgerError as error:
                _say("refused", error.code, error.spooled is not None)
                return


def unprivileged(path: Path, spool: Path) -> None:
    """Try to open a ledger where this program may not write; root steps down first."""
    Ledger.open(spool / "warm-up.db").close()
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    try:
        with Ledger.open(path) as ledger:
            ledger.file(FiledRequest("taxi"))
    except LedgerError as error:
        _say(error.code, error)


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    deed, *words = sys.argv[1:]
    if deed == "promise":
        promise(Path(words[0]), words[1], int(words[2]))
    elif deed == "kill":
        kill(Path(words[0]), int(words[1]))
    elif deed == "kill-early":
        kill_early(Path(words[0]), Path(words[1]), int(words[2]))
    elif deed == "together":
        together(Path(words[0]), int(words[1]), int(words[2]))
    elif deed == "starve":
        starve(Path(words[0]), Path(words[1]), int(words[2]))
    elif deed == "unprivileged":
        unprivileged(Path(words[0]), Path(words[1]))
