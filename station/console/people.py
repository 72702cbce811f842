"""People: who works here; a supervisor lets them in, and out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias, cast

from starlette.responses import RedirectResponse, Response

from station.accounts import Accounts
from station.members import AccountError, Role

from .render import page
from .site import Visit
from .words import told, trouble

Act: TypeAlias = Callable[[Accounts, str, str], object]
"""Does something with an account (login), by somebody."""


def people(visit: Visit) -> Response:
    """The list."""
    return _list(visit)


def add(visit: Visit) -> Response:
    """A new member; the code they choose their password with is shown once."""
    accounts = visit.site.accounts
    try:
        member, code = accounts.add(
            visit.filled("login"),
            visit.filled("name"),
            cast("Role", visit.filled("role")),
            by=visit.member.login,
        )
    except AccountError as error:
        return _list(visit, 400, trouble(error), wrong=True)
    return _list(visit, said=_given(visit, member.name, code))


def act(visit: Visit) -> Response:
    """Change one account."""
    accounts, login = visit.site.accounts, visit.web.path_params["login"]
    by, name = visit.member.login, visit.web.path_params["act"]
    try:
        if name == "code":
            code = accounts.give_code(login, by=by)
            return _list(visit, said=_given(visit, accounts.member(login).name, code))
        _act(name)(accounts, login, by)
    except AccountError as error:
        return _list(visit, 400, trouble(error), wrong=True)
    return RedirectResponse("/people?did=person", 303)


def _act(name: str) -> Act:
    if name not in ACTS:
        raise AccountError(f"nothing called {name!r} is done here", code="unknown_account")
    return ACTS[name]


ACTS: Final[Mapping[str, Act]] = {
    "disable": lambda accounts, login, by: accounts.disable(login, by=by),
    "enable": lambda accounts, login, by: accounts.enable(login, by=by),
    "unlock": lambda accounts, login, by: accounts.unlock(login, by=by),
    "staff": lambda accounts, login, by: accounts.set_role(login, "staff", by=by),
    "supervisor": lambda accounts, login, by: accounts.set_role(login, "supervisor", by=by),
    "auditor": lambda accounts, login, by: accounts.set_role(login, "auditor", by=by),
}
"""By the last part of the address."""


def _given(visit: Visit, name: str, code: str) -> str:
    minutes = visit.site.accounts.policy.code_min
    return str(told()["people"]["given"]).format(name=name, code=code, n=minutes)


def _list(visit: Visit, status: int = 200, said: str = "", *, wrong: bool = False) -> Response:
    members = visit.site.accounts.members()
    return page(visit, "people.html", status, said=said, wrong=wrong, members=members)
