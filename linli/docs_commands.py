"""Every `linli` command with its arguments, as a table printed from the program itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer


def commands_table() -> str:
    """Command, what it takes, what it does."""
    from .cli import app

    lines = ["| command | takes | does |", "|---|---|---|"]
    for name, command in commands(typer.main.get_command(app)):
        takes = "<br>".join(_takes(param) for param in command.params if not _hidden(param))
        lines.append(f"| `{name}` | {takes or '–'} | {_cell(_first(command.help))} |")
    return "\n".join(lines)


def commands(command: Any, name: str = "linli") -> Iterator[tuple[str, Any]]:
    """Every command that does something, with its full name, in the order of the program."""
    inside = getattr(command, "commands", None)
    if inside is None:
        yield name, command
        return
    for each, sub in inside.items():
        if not sub.hidden:
            yield from commands(sub, f"{name} {each}")


def _takes(param: Any) -> str:
    if param.param_type_name == "argument":
        shown = f"`{param.name.upper()}`"
        meaning = getattr(param, "help", "") or ""
    else:
        shown = f"`{max(param.opts, key=len)}`"
        meaning = param.help or ""
    return f"{shown} {_cell(meaning)}".strip()


def _hidden(param: Any) -> bool:
    return bool(getattr(param, "hidden", False)) or param.name == "help"


def _first(text: str | None) -> str:
    return " ".join((text or "").split("\n\n")[0].split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
