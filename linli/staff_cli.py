"""`linli staff …`: accounts from the machine itself, where nobody can log in to the console."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from station.accounts import Accounts
    from station.members import Member

app = typer.Typer(help="Accounts of those who work with the console.", no_args_is_help=True)

SettingsOption = Annotated[
    Path | None, typer.Option("--settings", help="station.toml (default: the station's own)")
]


@contextmanager
def _accounts(settings: Path | None) -> Iterator[Accounts]:
    from station.accounts import Accounts, Policy

    from .limits import limits
    from .wiring import load_settings, open_ledger

    with open_ledger(load_settings(settings)) as ledger:
        yield Accounts(ledger.store, policy=Policy.of(limits()["accounts"]))


def _told(member: Member) -> str:
    from .keeping import words

    said = words()["staff"]
    return str(
        said["done"].format(
            login=member.login,
            name=member.name,
            role=said["roles"][member.role],
            state=said["states"][_state(member)],
        )
    )


def _state(member: Member) -> str:
    if not member.active:
        return "closed"
    return "active" if member.ready else "waiting"


def _give(accounts: Accounts, login: str, code: str) -> None:
    from .keeping import words

    minutes = accounts.policy.code_min
    typer.echo(words()["staff"]["code"].format(login=login, code=code, minutes=minutes))


@app.command("list")
def list_(settings: SettingsOption = None) -> None:
    """Everybody with an account."""
    from .keeping import words

    with _accounts(settings) as accounts:
        for member in accounts.members():
            typer.echo(_told(member))
        if not accounts.members():
            typer.echo(words()["staff"]["none"])


@app.command()
def first(settings: SettingsOption = None) -> None:
    """A one-time code for the first supervisor; earlier ones are void."""
    from .keeping import words

    with _accounts(settings) as accounts:
        code, minutes = accounts.first_code(), accounts.policy.code_min
        typer.echo(words()["staff"]["first"].format(code=code, minutes=minutes))


@app.command()
def add(
    login: Annotated[str, typer.Argument(help="what they type: a–z, 0–9, . _ -")],
    name: Annotated[str, typer.Argument(help="as colleagues call them")],
    role: Annotated[str, typer.Option(help="staff, supervisor or auditor")] = "staff",
    settings: SettingsOption = None,
) -> None:
    """A new account, and the one-time code with which they choose a password."""
    from .keeping import whoever

    with _accounts(settings) as accounts:
        member, code = accounts.add(login, name, role, by=whoever())  # type: ignore[arg-type]
        typer.echo(_told(member))
        _give(accounts, member.login, code)


@app.command()
def code(login: str, settings: SettingsOption = None) -> None:
    """A one-time code for somebody who forgot their password."""
    from .keeping import whoever

    with _accounts(settings) as accounts:
        _give(accounts, login, accounts.give_code(login, by=whoever()))


@app.command()
def unlock(login: str, settings: SettingsOption = None) -> None:
    """Let somebody try again who was locked out."""
    from .keeping import whoever, words

    with _accounts(settings) as accounts:
        accounts.unlock(login, by=whoever())
        typer.echo(words()["staff"]["unlocked"].format(login=login))


@app.command()
def close(login: str, settings: SettingsOption = None) -> None:
    """Close an account: nobody logs in with it any more."""
    from .keeping import whoever

    with _accounts(settings) as accounts:
        typer.echo(_told(accounts.disable(login, by=whoever())))


@app.command("open")
def open_(login: str, settings: SettingsOption = None) -> None:
    """Open an account that was closed."""
    from .keeping import whoever

    with _accounts(settings) as accounts:
        typer.echo(_told(accounts.enable(login, by=whoever())))
