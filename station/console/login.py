"""Coming in and going out: log-in, the first account, a password chosen with a code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.responses import RedirectResponse, Response

from station.errors import StationError
from station.sessions import NoSession

from .forms import COOKIE
from .guard import keep
from .render import page
from .site import Visit
from .words import told, trouble

_LOCKED: Final = frozenset({"locked"})


def login(visit: Visit) -> Response:
    """The form; before there is any account, the one that makes the first."""
    if visit.site.accounts.nobody_yet():
        return RedirectResponse("/first", 303)
    said = {"again": told()["login"]["again"], "out": told()["login"]["out"]}
    return _form(visit, said=said.get(visit.asked("did"), ""))


def enter(visit: Visit) -> Response:
    """Log in. A wrong password and an unknown login look alike."""
    return _tried(visit, _enter, _form)


def _enter(visit: Visit) -> Response:
    device = visit.web.headers.get("user-agent", "")
    token, _ = visit.site.sessions.log_in(
        visit.filled("login"), visit.form.get("password", ""), device=device
    )
    return _inside(visit, token, _own_page(visit.filled("next")))


def _own_page(wanted: str) -> str:
    """Only a page of ours: nobody is sent elsewhere by a link that looks like ours."""
    plain = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if plain and wanted.isprintable() else "/"


def _inside(visit: Visit, token: str, target: str) -> Response:
    answer = RedirectResponse(target, 303)
    keep(answer, COOKIE, token, visit.web)
    return answer


def _form(visit: Visit, status: int = 200, said: str = "", *, wrong: bool = False) -> Response:
    wanted = visit.filled("next") or visit.asked("next")
    return page(
        visit, "login.html", status, said=said, wrong=wrong,
        next=_own_page(wanted), login=visit.filled("login"),
    )  # fmt: skip


def leave(visit: Visit) -> Response:
    """Log out."""
    visit.site.sessions.log_out(visit.web.cookies.get(COOKIE, ""))
    answer = RedirectResponse("/login?did=out", 303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


def first(visit: Visit) -> Response:
    """The page of the first run."""
    if not visit.site.accounts.nobody_yet():
        return RedirectResponse("/login", 303)
    return _first(visit)


def _first(visit: Visit, status: int = 200, said: str = "", *, wrong: bool = False) -> Response:
    given = {name: visit.filled(name) for name in ("code", "login", "name")}
    return page(visit, "first.html", status, said=said, wrong=wrong, given=given)


def become(visit: Visit) -> Response:
    """Make the first account and go on as it."""
    return _tried(visit, _become, _first)


def _become(visit: Visit) -> Response:
    password, login = visit.form.get("password", ""), visit.filled("login")
    visit.site.accounts.become_first(visit.filled("code"), login, visit.filled("name"), password)
    token, _ = visit.site.sessions.log_in(login, password)
    return _inside(visit, token, "/")


def redeem(visit: Visit) -> Response:
    """The page to choose a password with a code."""
    return _redeem(visit)


def _redeem(visit: Visit, status: int = 200, said: str = "", *, wrong: bool = False) -> Response:
    code = visit.filled("code")
    return page(visit, "redeem.html", status, said=said, wrong=wrong, code=code)


def choose(visit: Visit) -> Response:
    """Choose a password with a code."""
    return _tried(visit, _choose, _redeem)


def _choose(visit: Visit) -> Response:
    visit.site.accounts.redeem(visit.filled("code"), visit.form.get("password", ""))
    return page(visit, "login.html", said=told()["redeem"]["done"], wrong=False, next="/", login="")


def me(visit: Visit) -> Response:
    """The page to change one's own password."""
    return _me(visit)


def _me(visit: Visit, status: int = 200, said: str = "", *, wrong: bool = False) -> Response:
    return page(visit, "me.html", status, said=said, wrong=wrong)


def change(visit: Visit) -> Response:
    """Change one's own password; all one's browsers log in again."""
    return _tried(visit, _change, _me)


def _change(visit: Visit) -> Response:
    visit.site.sessions.change_password(
        visit.member.login, visit.form.get("old", ""), visit.form.get("new", "")
    )
    return RedirectResponse("/login?did=again", 303)


def _tried(
    visit: Visit, attempt: Callable[[Visit], Response], form: Callable[..., Response]
) -> Response:
    """Do it; what is wrong is told above the form it came from."""
    address = visit.web.client.host if visit.web.client else ""
    if not visit.site.throttle.allows(address):
        return form(visit, 429, told()["troubles"]["often"], wrong=True)
    try:
        return attempt(visit)
    except NoSession:
        raise
    except StationError as error:
        if error.code not in told()["troubles"] and not error.code.startswith("password"):
            raise
        status = 429 if error.code in _LOCKED else 400
        return form(visit, status, trouble(error), wrong=True)
