"""Lists that stations bring and take as tables: `import` on trial first, `export` what it reads."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

SettingsOption = Annotated[
    Path | None, typer.Option("--settings", help="station.toml (default: the station's own)")
]


def tabled(app: typer.Typer, module: str) -> None:
    """Give a group `import` and `export`; `linli.<module>` has `bring` and `take_out`."""

    @app.command("import")
    def import_(
        file: Annotated[Path, typer.Argument(help=".xlsx or .csv (UTF-8 or GB18030)")],
        apply: Annotated[bool, typer.Option("--apply", help="keep the good rows")] = False,
        settings: SettingsOption = None,
    ) -> None:
        """Read a table: every bad row is listed; nothing is kept without --apply."""
        from .wiring import load_settings, open_ledger

        does = import_module(f"linli.{module}")
        with open_ledger(load_settings(settings)) as ledger:
            if not does.bring(ledger, file, keep=apply, tell=typer.echo):
                raise SystemExit(1)

    @app.command()
    def export(
        file: Annotated[Path, typer.Argument(help=".xlsx or .csv, written anew")],
        settings: SettingsOption = None,
    ) -> None:
        """Write everything as a table that `import` reads again."""
        from .wiring import load_settings, open_ledger

        does = import_module(f"linli.{module}")
        with open_ledger(load_settings(settings)) as ledger:
            does.take_out(ledger, file, tell=typer.echo)
