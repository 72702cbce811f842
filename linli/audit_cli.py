"""`linli audit …`: look into the audit, and check that nobody changed it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Who did what to whose data, and that nobody changed the record.",
                  no_args_is_help=True)  # fmt: skip

SettingsOption = Annotated[
    Path | None, typer.Option("--settings", help="station.toml (default: the station's own)")
]


@app.command()
def verify(settings: SettingsOption = None) -> None:
    """Read the whole audit; names the first entry that is not as it was written."""
    from station import audit

    from .keeping import words
    from .places import heads_of
    from .wiring import load_settings, open_ledger

    station, said = load_settings(settings), words()["audit"]
    with open_ledger(station) as ledger:
        found = audit.verify(ledger.store, audit.noted_heads(heads_of(station)))
    if found.broken is not None:
        typer.echo(said["broken"].format(id=found.broken, why=said["why"][found.why]))
        raise SystemExit(1)
    told = said["whole"].format(count=found.head.id, hash=found.head.hash)
    typer.echo(told if found.head.id else said["empty"])


@app.command("list")
def list_(  # noqa: PLR0917 - typer's options are keywords
    limit: Annotated[int, typer.Option(help="at most so many, the newest")] = 50,
    by: Annotated[str | None, typer.Option(help="only of this login")] = None,
    what: Annotated[str | None, typer.Option(help="only this, e.g. login")] = None,
    target: Annotated[str | None, typer.Option(help="only about, e.g. 'resident 12'")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="a JSON object a line")] = False,
    settings: SettingsOption = None,
) -> None:
    """The newest entries, the newest last."""
    from rich.console import Console
    from rich.table import Table

    from station import audit

    from .keeping import words
    from .wiring import load_settings, open_ledger

    with open_ledger(load_settings(settings)) as ledger:
        found = audit.entries(ledger.store, by=by, what=what, target=target, limit=limit)[::-1]
    if as_json:
        for each in found:
            told = {name: getattr(each, name) for name in each.__slots__}
            told |= {"at": each.at.isoformat(timespec="seconds")}
            typer.echo(json.dumps(told, ensure_ascii=False))
        return
    table = Table(*words()["audit"]["columns"], box=None, header_style="bold", pad_edge=False)
    for each in found:
        detail = json.dumps(each.detail, ensure_ascii=False) if each.detail else ""
        when = f"{each.at:%Y-%m-%d %H:%M:%S}"
        table.add_row(str(each.id), when, each.by, each.what, each.target, detail)
    Console(markup=False).print(table if found else words()["audit"]["empty"])
