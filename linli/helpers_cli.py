"""`linli helpers …`: the list of helpers in and out as a table; `linli settle`: a month's work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Who fulfils requests: list, import, export.", no_args_is_help=True)

SettingsOption = Annotated[
    Path | None, typer.Option("--settings", help="station.toml (default: the station's own)")
]


@app.command("list")
def list_(settings: SettingsOption = None) -> None:
    """Everybody who helps: what they do, where, when, how much they have at hand."""
    from .helpers import lines
    from .wiring import load_settings, open_ledger

    with open_ledger(load_settings(settings)) as ledger:
        for line in lines(ledger):
            typer.echo(line)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help=".xlsx or .csv (UTF-8 or GB18030)")],
    apply: Annotated[bool, typer.Option("--apply", help="keep the good rows")] = False,
    settings: SettingsOption = None,
) -> None:
    """Read a table: every row that cannot be taken is listed; nothing is kept without --apply."""
    from .helpers import bring
    from .wiring import load_settings, open_ledger

    with open_ledger(load_settings(settings)) as ledger:
        if not bring(ledger, file, keep=apply, tell=typer.echo):
            raise SystemExit(1)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help=".xlsx or .csv, written anew")],
    settings: SettingsOption = None,
) -> None:
    """Write the list as a table that `import` reads again."""
    from .helpers import take_out
    from .wiring import load_settings, open_ledger

    with open_ledger(load_settings(settings)) as ledger:
        take_out(ledger, file, tell=typer.echo)


def settle(
    month: Annotated[str, typer.Argument(help="e.g. 2026-11")],
    xlsx: Annotated[Path | None, typer.Option(help="write it as an Excel workbook")] = None,
    pdf: Annotated[Path | None, typer.Option(help="write it as a PDF to sign")] = None,
    settings: SettingsOption = None,
) -> None:
    """What a month's work comes to, helper by helper; a settled month as it was settled."""
    from .helpers import settled
    from .wiring import load_settings, open_ledger

    station = load_settings(settings)
    with open_ledger(station) as ledger:
        for line in settled(ledger, station.station.name, month, xlsx=xlsx, pdf=pdf):
            typer.echo(line)
