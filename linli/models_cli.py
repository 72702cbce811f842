"""`linli models …`: which recognisers there are, which is used, and how to get a better one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .paths import MODELS, SETTINGS

if TYPE_CHECKING:
    from .download import Progress as Tell

app = typer.Typer(
    help="Recognisers: what is installed, what can be, which is used.", no_args_is_help=True
)

SettingsOption = Annotated[
    Path | None, typer.Option("--settings", help="station.toml (default: the station's own)")
]


@contextmanager
def _bar() -> Iterator[Tell]:
    """A progress bar a file, on stderr."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TransferSpeedColumn(), console=Console(stderr=True)) as bar:
        tasks: dict[str, Any] = {}

        def tell(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total or None)
            bar.update(tasks[what], completed=done, total=total or None)

        yield tell


@app.command("list")
def list_(settings: SettingsOption = None) -> None:
    """Every recogniser: in use, installed, or to be had, with its size."""
    from rich.console import Console

    from .models_view import show

    raise SystemExit(0 if show(Console(), settings=settings or SETTINGS) else 1)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="sensevoice, paraformer, vosk-cn, …")],
    source: Annotated[
        str | None, typer.Option("--from", help="an archive or folder brought on a stick")
    ] = None,
) -> None:
    """Download a recogniser, check it, and install it."""
    from . import models

    with _bar() as tell:
        folder = models.add(name, MODELS, tell, source=source)
    typer.echo(f"{folder}\nlinli models use {name}")


@app.command()
def use(
    name: Annotated[str | None, typer.Argument(help="the recogniser; left out with --back")] = None,
    back: Annotated[bool, typer.Option("--back", help="the one that was used before")] = False,
    settings: SettingsOption = None,
) -> None:
    """Make an installed recogniser the station's own; programs that run take it over."""
    from . import models
    from .model_trial import before, choose
    from .recognizers import words

    file = settings or SETTINGS
    chosen = before(MODELS) if back else name
    if chosen is None:
        raise typer.BadParameter("NAME or --back")
    was = models.used(file)
    choose(chosen, file, MODELS)
    typer.echo(words()["taken"].format(name=chosen, was=was))


@app.command("test")
def try_out(
    names: Annotated[
        list[str] | None, typer.Argument(help="recognisers (default: all that are installed)")
    ] = None,
    on: Annotated[
        Path | None, typer.Option("--on", help="the station's own recordings, as for evaluate")
    ] = None,
) -> None:
    """Measure recognisers on this very machine: memory, time, and errors on recordings."""
    from rich.console import Console

    from .model_trial import trial

    if not trial(names or [], on, MODELS, Console()):
        raise SystemExit(1)


@app.command()
def remove(name: str, settings: SettingsOption = None) -> None:
    """Delete a recogniser that is not in use."""
    from . import models

    models.remove(name, settings or SETTINGS)


@app.command()
def repair(
    name: Annotated[str, typer.Argument(help="the recogniser whose files are checked")] = "whisper",
) -> None:
    """Read every byte of a recogniser and fetch again what is not as it must be."""
    from . import models

    with _bar() as tell:
        wrong = models.repair(name, MODELS, tell)
    for fault in wrong:
        typer.echo(str(fault))
