"""`linli residents …`: the register in and out as a table, and deletion on request."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="The register of residents: import, export, forget.", no_args_is_help=True)

SettingsOption = Annotated[
    Path | None, typer.Option("--settings", help="station.toml (default: the station's own)")
]


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help=".xlsx or .csv (UTF-8 or GB18030)")],
    apply: Annotated[bool, typer.Option("--apply", help="keep the good rows")] = False,
    settings: SettingsOption = None,
) -> None:
    """Read a table: every row that cannot be taken is listed; nothing is kept without --apply."""
    from .register import bring
    from .wiring import load_settings, open_ledger

    with open_ledger(load_settings(settings)) as ledger:
        if not bring(ledger, file, keep=apply, tell=typer.echo):
            raise SystemExit(1)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help=".xlsx or .csv, written anew")],
    settings: SettingsOption = None,
) -> None:
    """Write the register as a table that `import` reads again."""
    from .register import take_out
    from .wiring import load_settings, open_ledger

    with open_ledger(load_settings(settings)) as ledger:
        take_out(ledger, file, tell=typer.echo)


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
