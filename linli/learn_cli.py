"""`linli learn …`: what staff corrected, from a supervisor's word to what elders say next."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Corrections that teach: review, apply, undo, check, export.", no_args_is_help=True
)

SettingsOption = Annotated[
    Path | None, typer.Option("--settings", help="station.toml (default: the station's own)")
]
Rows = Annotated[list[int] | None, typer.Option(help="a lesson's number; repeatable")]


@app.command()
def review(
    approve: Rows = None,
    reject: Rows = None,
    every: Annotated[bool, typer.Option("--all", help="also those that were decided")] = False,
    settings: SettingsOption = None,
) -> None:
    """What corrections would teach; approve or reject some of it."""
    from .keeping import whoever
    from .learn_review import decide, listed
    from .wiring import load_settings, open_ledger

    station = load_settings(settings)
    with open_ledger(station) as ledger:
        for line in decide(ledger, approve or (), reject or (), by=whoever()):
            typer.echo(line)
        if not approve and not reject:
            for line in listed(station, ledger, every=every):
                typer.echo(line)


@app.command()
def apply(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="measure, apply nothing")] = False,
    confirm: Annotated[
        list[str] | None, typer.Option(help="a sentence that may break, by its id; repeatable")
    ] = None,
    settings: SettingsOption = None,
) -> None:
    """Measure what the approved lessons change, and apply them unless that does harm."""
    from . import learn
    from .keeping import whoever
    from .learn_effect import cases
    from .wiring import load_engine, load_settings, open_ledger

    station = load_settings(settings)
    with open_ledger(station) as ledger:
        learn.apply(
            station,
            ledger,
            load_engine(station),
            cases(),
            by=whoever(),
            tell=typer.echo,
            confirm=confirm or (),
            dry=dry_run,
        )


@app.command()
def undo(settings: SettingsOption = None) -> None:
    """Take the last applying back: everything is as it was before it."""
    from . import learn
    from .keeping import whoever
    from .wiring import load_settings, open_ledger

    station = load_settings(settings)
    with open_ledger(station) as ledger:
        if not learn.undo(station, ledger, by=whoever(), tell=typer.echo):
            raise SystemExit(1)


@app.command()
def check(settings: SettingsOption = None) -> None:
    """Is everything that was ever applied still understood as it was taught?"""
    from .learn_review import checked
    from .wiring import load_engine, load_settings

    station = load_settings(settings)
    lines, good = checked(station, load_engine(station))
    for line in lines:
        typer.echo(line)
    if not good:
        raise SystemExit(1)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="a JSON object a line, written anew")],
    settings: SettingsOption = None,
) -> None:
    """Write the approved lessons without names, for another station or the makers of Linli."""
    from . import learn
    from .wiring import load_settings, open_ledger

    with open_ledger(load_settings(settings)) as ledger:
        count = learn.export(ledger, file)
    typer.echo(learn.words()["export"]["done"].format(n=count, file=file))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="what `linli learn export` wrote")],
    settings: SettingsOption = None,
) -> None:
    """Take another station's lessons in; a supervisor here decides on each."""
    from .keeping import whoever
    from .learn import words
    from .learn_review import brought
    from .wiring import load_settings, open_ledger

    with open_ledger(load_settings(settings)) as ledger:
        count = brought(ledger, file, by=whoever())
    typer.echo(words()["bring"]["done"].format(n=count))
