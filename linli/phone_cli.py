"""`linli phone …`: set the telephone line up, look at it, run its Asterisk."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .paths import SETTINGS

app = typer.Typer(help="The telephone line: set it up, check it, run it.", no_args_is_help=True)

SettingsOption = Annotated[
    Path | None, typer.Option("--settings", help="station.toml (default: the station's own)")
]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="another folder than phone.folder of station.toml")
]


@app.command()
def setup(
    out: OutOption = None,
    check: Annotated[bool, typer.Option(help="start Asterisk on it for a moment")] = True,
    settings: SettingsOption = None,
) -> None:
    """Write Asterisk's settings and prompts from station.toml, and try them."""
    from .phone_setup import set_up
    from .wiring import load_settings

    if not set_up(load_settings(settings), out=out, check=check, tell=typer.echo):
        raise SystemExit(1)


@app.command()
def telephones(out: OutOption = None, settings: SettingsOption = None) -> None:
    """Show what to type into each telephone: its number, password and this machine's address."""
    from .phone_setup import telephones as told
    from .wiring import load_settings

    for line in told(load_settings(settings), out=out):
        typer.echo(line)


@app.command()
def asterisk(out: OutOption = None, settings: SettingsOption = None) -> None:
    """Run Asterisk on what `linli phone setup` wrote, until it is told to stop."""
    from .phone_setup import run_asterisk
    from .wiring import load_settings

    raise SystemExit(run_asterisk(load_settings(settings), out=out))


@app.command()
def serve(
    engine: Annotated[
        str | None, typer.Option("--engine", help="recogniser, as for the kiosk")
    ] = None,
    settings: SettingsOption = None,
) -> None:
    """Talk with whoever rings, until told to stop; Asterisk runs beside it."""
    from .logs import configure
    from .phone_serve import run
    from .phone_sounds import words
    from .wiring import load_settings

    station = load_settings(settings)
    configure(station.log.path / "phone.log", level=station.log.level)
    said = words()["serve"]["open"]
    run(
        station,
        engine=engine,
        file=settings or SETTINGS,
        ready=lambda server: typer.echo(said.format(port=server.port)),
    )


@app.command()
def run(
    beside: Annotated[
        int | None, typer.Option(help="end when this process is gone (a process number)")
    ] = None,
    settings: SettingsOption = None,
) -> None:
    """Run Asterisk and the voice together, each started again when it ends."""
    from .phone_run import run as keep_up
    from .wiring import load_settings

    keep_up(load_settings(settings), settings, beside=beside, tell=typer.echo)


@app.command()
def missed(
    settle: Annotated[
        int | None, typer.Option(help="this one has been called back (its number in the list)")
    ] = None,
    by: Annotated[str, typer.Option(help="who called back")] = "",
    settings: SettingsOption = None,
) -> None:
    """List who called and reached nobody, and until when they were promised a call."""
    from .phone_setup import call_backs
    from .wiring import load_settings, open_ledger

    with open_ledger(load_settings(settings)) as ledger:
        for line in call_backs(ledger, settle=settle, by=by):
            typer.echo(line)
