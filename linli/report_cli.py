"""`linli report …`: figures of a period; files of counts that a township adds up."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Figures of a day, a month or a year; files of counts to be added up.",
                  no_args_is_help=True)  # fmt: skip

SettingsOption = Annotated[
    Path | None, typer.Option("--settings", help="station.toml (default: the station's own)")
]
PeriodArgument = Annotated[
    str, typer.Argument(help="2026, 2026-11, 2026-11-23 or 2026-11-01..2026-11-15")
]
KeyOption = Annotated[
    Path | None,
    typer.Option("--key", help="file with a key that stations and township share: sign, check"),
]


@app.command()
def show(
    period: PeriodArgument,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="write .xlsx instead")] = None,
    settings: SettingsOption = None,
) -> None:
    """What was asked for, how soon it was answered, what became of it."""
    from station.period import Period

    from .report import show as tell
    from .wiring import load_settings, open_ledger

    wanted = Period.parse(period)
    with open_ledger(load_settings(settings)) as ledger:
        tell(ledger, wanted, out, typer.echo)


@app.command()
def export(
    period: PeriodArgument,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="the file")] = None,
    key: KeyOption = None,
    settings: SettingsOption = None,
) -> None:
    """Write a small file of counts, without anybody's name, for the township."""
    from station.period import Period

    from .report import export as write
    from .wiring import load_settings, open_ledger

    wanted, station = Period.parse(period), load_settings(settings)
    file = out or Path(f"{station.station.name}-{wanted}.linli.json")
    with open_ledger(station) as ledger:
        write(station, ledger, wanted, out=file, key=key, tell=typer.echo)


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(help="files that stations exported")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="write .xlsx instead")] = None,
    key: KeyOption = None,
) -> None:
    """Add up files of one period, each station once: village, township, county, city."""
    from .report import add as add_up

    add_up(files, out, key, typer.echo)
