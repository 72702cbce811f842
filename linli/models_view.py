"""The recognisers as a table for whoever looks after a station, in Chinese."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from .model_trial import kept, told_of
from .models import Installed, installed, used
from .paths import MODELS, SETTINGS
from .recognizers import words

_STYLES = {"used": "bold green", "ready": "green", "damaged": "bold red", "absent": "dim"}


def show(
    console: Console, root: Path = MODELS, settings: Path = SETTINGS, *, deep: bool = False
) -> bool:
    """Print every recogniser and how it stands; whether none of the installed is damaged."""
    present, standing = used(settings), installed(root, deep=deep)
    told = words()
    table = Table(box=None, pad_edge=False)
    for column in told["columns"]:
        table.add_column(column, overflow="fold")
    for one in standing:
        if one.entry.language == "zh":
            table.add_row(*_row(one, present), style=_STYLES[_state(one, present)])
    console.print(table)
    for measured in kept(root).values():
        console.print(told_of(measured), highlight=False)
    for one in standing:
        for fault in one.faults:
            console.print(told["mend"].format(fault=fault, name=one.name), style="red")
    return not any(one.faults for one in standing)


def _state(one: Installed, present: str) -> str:
    return "used" if one.state == "ready" and one.name == present else one.state


def _row(one: Installed, present: str) -> tuple[str, ...]:
    told = words()
    about = told["recognizers"][one.name]
    state = told["states"][_state(one, present)]
    trust = told["trust"].get(one.trust, "")
    size = told["size"].format(megabytes=one.entry.megabytes) if one.entry.megabytes else ""
    return (
        one.name,
        state,
        size,
        f"{about['title']}：{about['about']}{trust}".replace(" ", "\u00a0"),
    )
