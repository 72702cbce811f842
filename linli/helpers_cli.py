"""`linli helpers …`: the list of helpers in and out as a table; `linli settle`: a month's work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .tables_cli import SettingsOption, tabled

app = typer.Typer(help="Who fulfils requests: list, import, export.", no_args_is_help=True)
tabled(app, "helpers")


@app.command("list")
def list_(settings: SettingsOption = None) -> None:
    """Everybody who helps: what they do, where, when, how much they have at hand."""
    from .helpers import lines
    from .wiring import load_settings, open_ledger

    with open_ledger(load_settings(settings)) as ledger:
        for line in lines(ledger):
            typer.echo(line)


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
