"""`linli backup`, `linli restore`, `linli sweep`: doors to `linli.keeping`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

SettingsOption = Annotated[
    Path | None, typer.Option("--settings", help="station.toml (default: the station's own)")
]


def backup(
    folder: Annotated[
        Path | None, typer.Argument(help="where backups lie (default: data.backups)")
    ] = None,
    keep: Annotated[
        int | None, typer.Option(min=1, help="so many stay (default: data.backups_kept)")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="make none: read every byte of the newest")
    ] = False,
    settings: SettingsOption = None,
) -> None:
    """Save ledger, recordings and settings while everything goes on."""
    from .keeping import look, save
    from .wiring import load_settings

    station = load_settings(settings)
    found = look(folder or station.data.backups) if check else save(station, settings, folder, keep)
    for line in found:
        typer.echo(line)


def restore(
    folder: Annotated[Path, typer.Argument(help="a backup, or a folder of backups: the newest")],
    aside: Annotated[
        bool, typer.Option("--aside", help="move what is there aside instead of refusing")
    ] = False,
    settings: SettingsOption = None,
) -> None:
    """Make a backup the station again; stop kiosk, telephone and console before."""
    from .keeping import bring_back

    for line in bring_back(folder, settings, aside=aside):
        typer.echo(line)


def sweep(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="delete nothing, tell what would go")
    ] = False,
    settings: SettingsOption = None,
) -> None:
    """Delete what has been kept long enough; kiosk, telephone and console do it every night."""
    from .keeping import clear
    from .wiring import load_settings

    for line in clear(load_settings(settings), dry_run=dry_run):
        typer.echo(line)
