"""`python -m linli.bring`: what scripts/setup runs for weights and Asterisk, progress in sight."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TransferSpeedColumn,
)

from ivr.tree import Tree

from . import asterisk_packages, catalogue, weights
from .catalogue import Catalogue
from .errors import LinliError, exit_code
from .paths import MODELS

EXIT = {"network": 3, "space": 4, "packages": 5, "wrong_file": 7}
"""Exit codes by error code, the same as those of scripts/setup."""


@contextmanager
def shown(console: Console) -> Iterator[weights.Progress]:
    """Bars on a terminal; in a log, a line for each thing that has arrived."""
    columns = (TextColumn("  {task.description}"), BarColumn(24), DownloadColumn())
    bars = Progress(*columns, TransferSpeedColumn(), console=console, transient=True)
    tasks: dict[str, TaskID] = {}
    arrived: set[str] = set()

    def tell(what: str, done: int, total: int) -> None:
        if what in arrived:
            return
        if what not in tasks:
            tasks[what] = bars.add_task(what, total=total)
        bars.update(tasks[what], completed=done)
        if done >= total:
            arrived.add(what)
            bars.remove_task(tasks[what])
            console.print(f"  {what} · {total / 1e6:.1f} MB", highlight=False)

    with bars:
        yield tell


def main(
    arguments: Sequence[str] | None = None,
    *,
    models: Path = MODELS,
    known: Catalogue | None = None,
) -> int:
    """Bring the named weights (default: what a station needs) into `models`; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m linli.bring", description=__doc__)
    parser.add_argument("names", nargs="*", help="weights; default: all that a station needs")
    parser.add_argument("--tests", action="store_true", help="and those that only tests need")
    parser.add_argument("--deep", action="store_true", help="read every byte of what is there")
    wanted = parser.parse_args(arguments)
    console = Console(stderr=True)
    try:
        known = known or catalogue.load()
        names = wanted.names or [
            weight.name
            for weight in known.weights.values()
            if weight.audience == "station" or wanted.tests
        ]
        bad = weights.problems(names, deep=wanted.deep, models=models, known=known)
        if not bad:
            return 0
        console.print(f"Weights, voices and font: {len(bad)} files into {models}", highlight=False)
        start = time.monotonic()
        with shown(console) as progress:
            weights.ensure(names, progress, models=models, known=known)
        console.print(f"Weights: ready after {time.monotonic() - start:.0f} s", highlight=False)
    except LinliError as error:
        sys.stderr.write(f"setup: {error}\n")
        return EXIT.get(error.code, exit_code(error))
    except OSError as error:
        sys.stderr.write(
            f"setup: {error.filename or models} cannot be written ({error.strerror});"
            " free some space or give this user the right to it, and run this again.\n"
        )
        return EXIT["space"]
    return 0


def bring_asterisk(*, needed: bool, tree: Tree = asterisk_packages.TREE) -> int:
    """Bring Asterisk for the telephone line; the exit code.

    Where Asterisk cannot be had, a station does without the line until the next
    start: that is said, and fails only when the line is `needed` (by the tests).
    """
    if os.environ.get("LINLI_WITHOUT_PHONE"):
        return 0
    start = time.monotonic()
    told = [0.0]

    def tell(what: str) -> None:
        if not told[0]:
            sys.stderr.write("Asterisk, for the telephone line: about 90 MB\n")
        told[0] = time.monotonic()
        sys.stderr.write(f"  {what}\n")

    try:
        if asterisk_packages.ensure(tell, tree):
            sys.stderr.write(f"Asterisk: ready after {time.monotonic() - start:.0f} s\n")
    except LinliError as error:
        sys.stderr.write(f"setup: {error}\n")
        if not needed:
            return 0
        return EXIT.get(error.code, exit_code(error))
    except OSError as error:
        sys.stderr.write(
            f"setup: {error.filename or tree.root} cannot be written ({error.strerror});"
            " free some space or give this user the right to it, and run this again.\n"
        )
        return EXIT["space"]
    return 0


if __name__ == "__main__":
    sys.exit(main() or bring_asterisk(needed="--tests" in sys.argv))
