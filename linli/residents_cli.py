"""`linli residents …`: the register in and out as a table, and deletion on request."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .tables_cli import SettingsOption, tabled

app = typer.Typer(help="The register of residents: import, export, forget.", no_args_is_help=True)
tabled(app, "register")


@app.command()
def copy(
    who: Annotated[str, typer.Argument(help="a name, or the number shown beside it")],
    folder: Annotated[Path, typer.Argument(help="a new folder, e.g. on a USB stick")],
    settings: SettingsOption = None,
) -> None:
    """Write all that is kept of a resident: a page to read, a file for programs, every sound."""
    from .register import copy_one
    from .wiring import load_settings, open_ledger

    station = load_settings(settings)
    with open_ledger(station) as ledger:
        if not copy_one(station, ledger, who, folder, tell=typer.echo):
            raise SystemExit(1)


@app.command()
def forget(
    who: Annotated[str, typer.Argument(help="a name, or the number shown beside it")],
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    settings: SettingsOption = None,
) -> None:
    """Delete everything personal of a resident; their closed requests stay in the count."""
    from .register import forget_one
    from .wiring import load_settings, open_ledger

    station = load_settings(settings)
    with open_ledger(station) as ledger:
        sure = None if yes else typer.confirm
        if not forget_one(station, ledger, who, sure=sure, tell=typer.echo):
            raise SystemExit(1)
