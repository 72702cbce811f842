"""Who works at the station: a row of `staff` each, and what may stand in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from sqlite_utils import Database

from . import clock
from .errors import StationError
from .history import clean
from .store import Row

Role: TypeAlias = Literal["staff", "supervisor", "auditor"]
"""Handles requests; also accounts, approvals and reports; only looks, also into the audit."""

ROLES: Final[tuple[Role, ...]] = ("staff", "supervisor", "auditor")

_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
SUPERVISORS: Final = (
    "SELECT id FROM staff WHERE role = 'supervisor' AND disabled IS NULL AND password <> ''"
)
"""Those who can log in."""


class AccountError(StationError):
    """Something about an account cannot be done; `code` says why, e.g. for the console's words.

    unknown_account, login_taken, bad_login, bad_name, bad_role, last_supervisor,
    not_first, code_wrong, code_expired or code_used.
    """

    code = "account"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works with the console."""

    id: int
    """Row in the ledger; the audit names them `staff ID`."""
    login: str
    """What they type, lower case; `by` in histories and in the audit."""
    name: str
    """As colleagues call them."""
    role: Role
    """What they may do."""
    active: bool
    """False: may not log in any more."""
    ready: bool
    """False: has not chosen a password yet."""
    created: datetime
    """Since when, UTC+8."""


def member_of(row: Row) -> Member:
    """A row of `staff` as a member."""
    return Member(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        role=row["role"],
        active=row["disabled"] is None,
        ready=bool(row["password"]),
        created=clock.from_text(row["created"]),
    )


def insert(db: Database, login: str, name: str, role: str, at: datetime) -> int:
    """A new member, without a password yet; their row. Raises AccountError."""
    plain, called = login_of(login), clean(name.strip())
    if not _LOGIN.fullmatch(plain):
        raise AccountError(
            f"{login!r} is no login: 2 to 32 of a–z, 0–9, . _ - beginning with a letter or digit",
            code="bad_login",
        )
    if not called or len(called) > 40:
        raise AccountError(f"{name!r} is no name: 1 to 40 characters", code="bad_name")
    if role not in ROLES:
        raise AccountError(f"{role!r} is no role: use one of {ROLES}", code="bad_role")
    if db.execute("SELECT 1 FROM staff WHERE login = ?", (plain,)).fetchone():
        raise AccountError(f"login {plain!r} is taken: use another", code="login_taken")
    now = clock.to_text(at)
    done = db.execute(
        "INSERT INTO staff (login, name, role, created, changed) VALUES (?, ?, ?, ?, ?)",
        (plain, called, role, now, now),
    )
    return int(done.lastrowid or 0)


def supervised(db: Database) -> bool:
    """Whether there is a supervisor who can log in."""
    return db.execute(SUPERVISORS).fetchone() is not None


def login_of(login: str) -> str:
    """A login as it is kept, however it was typed."""
    return clean(login.strip().casefold())
