"""`scripts/bench`: every room's figures beside their targets, in one run on this machine.

A room is a module of this package with `run(quick: bool) -> list[Row]`; the
first line of its docstring is its title.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from linli import bench

from . import machine, report
from .row import Row


@dataclass(frozen=True, slots=True)
class Room:
    """One module of measurements."""

    name: str
    """As `--only` takes it."""
    title: str
    """Over its table."""
    run: Callable[[bool], list[Row]]
    """Measures; told whether to be quick."""


def rooms(only: Sequence[str] = ()) -> list[Room]:
    """The rooms there are, or those named; raises ModuleNotFoundError for one there is not."""
    names = [module.name for module in pkgutil.iter_modules(bench.__path__)]
    found = []
    for name in only or names:
        if name.startswith("_"):
            continue
        module = importlib.import_module(f"{bench.__name__}.{name}")
        if hasattr(module, "run"):
            title = (module.__doc__ or name).strip().splitlines()[0]
            found.append(Room(name, title, module.run))
        elif only:
            raise ModuleNotFoundError(f"linli.bench.{name} measures nothing", name=module.__name__)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report; 0, or 1 when a room broke or, with --strict, missed a target."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer samples: minutes, not an hour")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this room")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--strict", action="store_true", help="fail when a target is missed")
    wanted = parser.parse_args(arguments)
    try:
        chosen = rooms(wanted.only)
    except ModuleNotFoundError as error:
        if not str(error.name).startswith(bench.__name__):
            raise
        known = ", ".join(room.name for room in rooms())
        parser.error(f"there is no such room; there are: {known}")
    return _measure(chosen, wanted.json, quick=wanted.quick, strict=wanted.strict)


def _measure(chosen: Sequence[Room], file: Path | None, *, quick: bool, strict: bool) -> int:
    console = Console(width=None if sys.stdout.isatty() else 140)
    here = machine.here()
    results: dict[str, list[Row]] = {}
    broken = []
    for room in chosen:
        try:
            results[room.name] = room.run(quick)
        except Exception:  # noqa: BLE001 - the other rooms' figures are worth having
            traceback.print_exc()
            broken.append(room.name)
        else:
            report.show(console, here, room.title, results[room.name])
    if file:
        report.save(file, here, results)
    missed = report.missed(results)
    for name in broken:
        console.print(f"broke: {name}", style="bold red", highlight=False)
    for what in missed:
        console.print(f"missed: {what}", style="red", highlight=False, markup=False)
    return int(bool(broken) or (strict and bool(missed)))


if __name__ == "__main__":
    sys.exit(main())
