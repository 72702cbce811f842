"""`linli setup`, `bundle`, `upgrade`, `rollback`, `status`: doors to what keeps a station going."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

SettingsOption = Annotated[
    Path | None, typer.Option("--settings", help="station.toml (default: the station's own)")
]


def setup(
    answers: Annotated[
        Path | None, typer.Option("--from", help="a file of answers instead of questions")
    ] = None,
    without_system: Annotated[
        bool, typer.Option("--without-system", help="install no services, only show how")
    ] = False,
) -> None:
    """Ask what this station is, write station.toml, make accounts and services."""
    from .setup_station import Means, set_up

    def ask(prompt: str, secret: bool) -> str:
        try:
            return getpass.getpass(prompt) if secret else input(prompt)
        except EOFError:
            raise SystemExit(1) from None

    means = Means(typer.echo, ask, system=not without_system)
    raise SystemExit(0 if set_up(means, answers) else 2)


def bundle(
    out: Annotated[Path, typer.Argument(help="an empty folder, e.g. on a USB stick")],
    without_system: Annotated[
        bool, typer.Option("--without-system", help="leave Debian's packages out")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="make none: read every byte")] = False,
) -> None:
    """Put all that a station needs into a folder that installs without a network."""
    from . import bundle as made
    from . import sealed
    from .setup_answers import words

    says = words()["says"]
    if check:
        release = sealed.check(out, typer.echo)
        typer.echo(says["bundle_sound"].format(folder=out, name=release.name))
        typer.echo(says["bundle_code"].format(code=sealed.code(out)))
        return
    done = made.make(out, typer.echo, system=not without_system)
    for part, size in sorted(done.sizes.items(), key=lambda each: -each[1]):
        typer.echo(says["bundle_part"].format(part=part, megabytes=f"{size / 1e6:7.1f}"))
    typer.echo(says["bundle_done"].format(folder=out, megabytes=round(done.size / 1e6)))
    typer.echo(says["bundle_code"].format(code=done.code))
    typer.echo(says["bundle_maker"].format(code=done.maker, key=made.KEY_FILE))


def upgrade(
    source: Annotated[
        Path | None,
        typer.Argument(help="a bundle or a checkout (default: the bundle on a stick)"),
    ] = None,
    *,
    finish: Annotated[
        str | None, typer.Option(hidden=True, help="switch to a release that lies ready")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="end an upgrade that was cut short")
    ] = False,
    maker: Annotated[
        str, typer.Option("--maker", help="take a bundle of another maker: the code they tell you")
    ] = "",
    at_boot: Annotated[bool, typer.Option("--at-boot", hidden=True)] = False,
    prove: Annotated[bool, typer.Option("--prove", help="only look whether all is well")] = False,
) -> None:
    """Bring the station to a newer release; it goes back by itself where that is not well."""
    from .placing import found
    from .placing import upgrade as begin
    from .services import Services
    from .upgrade import Upgrader
    from .upgrade_home import alone
    from .upgrade_proof import prove as unwell

    if prove:
        wrong = list(unwell())
        typer.echo("\n".join(wrong), nl=bool(wrong))
        raise SystemExit(1 if wrong else 0)
    one = Upgrader(tell=typer.echo, services=Services(starting=at_boot))
    if not (finish or resume):
        raise SystemExit(begin((source or found()).absolute(), one.home, typer.echo, maker))
    with alone(one.home):
        if resume or one.home.journal():
            one.resume()
        if finish:
            one.finish(finish)


def rollback(
    yes: Annotated[bool, typer.Option("--yes", help="without asking")] = False,
) -> None:
    """Go back to the release before the last upgrade, with the ledger it knows."""
    from .setup_answers import words
    from .upgrade import Upgrader
    from .upgrade_home import alone

    def sure(what: str) -> bool:
        return yes or input(what).strip().lower() in words()["words"]["yes"]

    one = Upgrader(tell=typer.echo)
    with alone(one.home):
        one.rollback(sure)


def selftest(settings: SettingsOption = None) -> None:
    """Try the station: speak, touch, ring, restore the backup; what fails goes to the staff."""
    from .kiosk import log_to_file
    from .selftest import run
    from .wiring import load_settings

    station = load_settings(settings)
    log_to_file(station, "selftest.log")
    raise SystemExit(0 if run(station, typer.echo) else 1)


def status(settings: SettingsOption = None) -> None:
    """One page: is every part alive, what happened last, what is to be done."""
    from .status import show
    from .wiring import load_settings

    raise SystemExit(0 if show(load_settings(settings)) else 1)


def law(
    folder: Annotated[Path, typer.Argument(help="where the pages to print go")],
    settings: SettingsOption = None,
) -> None:
    """Write the legal papers, filled in for this station, as pages to print and sign."""
    from .law import words, write
    from .wiring import load_settings

    written = write(load_settings(settings), folder)
    typer.echo(words()["saved"].format(count=len(written), folder=folder))


def poster(
    out: Annotated[Path, typer.Argument(help="the PDF to write")],
    settings: SettingsOption = None,
) -> None:
    """Write the elder's poster (A3): number, hours, what one can ask for."""
    from .law import words
    from .poster import pdf
    from .wiring import load_settings

    out.write_bytes(pdf(load_settings(settings)))
    typer.echo(words()["poster"].format(path=out))
