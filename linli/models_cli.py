"""`linli models …`: which recognisers there are, which is used, and how to get a better one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .paths import ASSETS, MODELS, SETTINGS

if TYPE_CHECKING:
    from .download import Progress as Tell

app = typer.Typer(
    help="Recognisers: what is installed, what can be, which is used.", no_args_is_help=True
)

SettingsOption = Annotated[
    Path | None, typer.Option("--settings", help="station.toml (default: the station's own)")
]


def _words() -> Mapping[str, Any]:
    import yaml

    words: Mapping[str, Any] = yaml.safe_load((ASSETS / "text" / "models.yaml").read_text("utf-8"))
    return words


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
    from rich.table import Table

    from . import models

    words = _words()
    used = models.used(settings or SETTINGS)
    table = Table(*words["columns"])
    for each in models.installed():
        state = "used" if each.name == used and each.state == "ready" else each.state
        told = words["recognizers"][each.name]
        size = each.entry.archive.size if each.entry.archive else None
        shown = f"{size / 1e6:.0f} MB" if size else "–"
        table.add_row(each.name, words["states"][state], shown, told["about"])
    Console().print(table)


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
def use(name: str, settings: SettingsOption = None) -> None:
    """Make an installed recogniser the station's own."""
    from . import models

    models.use(name, settings or SETTINGS)


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
