"""Bench rows for people (tables) and for machines (JSON)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .machine import Machine
from .row import Row

_REACHED = {True: "[green]yes", False: "[bold red]NO", None: ""}


def figure(value: float, unit: str) -> str:
    """A number as a reader wants it: three digits that count, no more."""
    digits = 0 if value == int(value) or abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".rstrip()


def table(title: str, rows: Sequence[Row]) -> Table:
    """One room's figures beside what they must reach."""
    drawn = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, title_style="bold")
    drawn.add_column("what", overflow="fold")
    drawn.add_column("figure", justify="right", no_wrap=True)
    drawn.add_column("target", justify="right")
    drawn.add_column("reached", justify="center")
    drawn.add_column("n", justify="right")
    drawn.add_column("note", overflow="fold")
    for row in rows:
        drawn.add_row(
            Text(row.what),
            Text(figure(row.value, row.unit)),
            Text(row.target),
            _REACHED[row.reached],
            f"{row.n:,}" if row.n else "",
            Text(row.note),
        )
    return drawn


def show(console: Console, machine: Machine, title: str, rows: Sequence[Row]) -> None:
    """Print one room's table and the machine it was measured on."""
    console.print(table(title, rows))
    console.print(f"  {machine}\n", highlight=False, markup=False)


def save(path: Path, machine: Machine, rooms: Mapping[str, Sequence[Row]]) -> None:
    """Write everything as JSON: {"machine": {…}, "rooms": {name: [row, …]}}."""
    data = {
        "machine": asdict(machine),
        "rooms": {name: [asdict(row) for row in rows] for name, rows in rooms.items()},
    }
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")


def missed(rooms: Mapping[str, Sequence[Row]]) -> list[str]:
    """What did not reach its target, as `room: what`."""
    return [
        f"{name}: {row.what}"
        for name, rows in rooms.items()
        for row in rows
        if row.reached is False
    ]
