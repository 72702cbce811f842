"""Staff accounts: who works here, what they may do, and how they get their password.

Nobody gives anybody a password: a new member, or one who forgot theirs, gets a
code that is good once and for a short time, and chooses a password with it. So
does the first of all, whose code `linli` prints: there is no default password.

Logging in and staying logged in is `station.sessions`.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, Self, TypeAlias

from sqlite_utils import Database

from . import audit, clock, passwords
from .errors import StationError
from .history import clean
from .lockout import Lockout, forgive
from .passwords import Cost, Passwords
from .store import Row, Store

Role: TypeAlias = Literal["staff", "supervisor", "auditor"]
"""Handles requests; also accounts, approvals and reports; only looks, also into the audit."""

ROLES: Final[tuple[Role, ...]] = ("staff", "supervisor", "auditor")

_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""None that is taken for another: 60 bits in twelve of them."""
_SUPERVISORS: Final = (
    "SELECT id FROM staff WHERE role = 'supervisor' AND disabled IS NULL AND password <> ''"
)
_CODES: Final = "#codes"
"""Where wrong codes are counted."""


class AccountError(StationError):
    """Something about an account cannot be done; `code` says why, e.g. for the console's words.

    unknown_account, login_taken, bad_login, bad_name, bad_role, last_supervisor,
    not_first, code_wrong, code_expired or code_used.
    """

    code = "account"


@dataclass(frozen=True, slots=True)
class Policy:
    """The numbers of accounts and sessions; `assets/limits.yaml` has them too."""

    tries: int = 5
    """Wrong passwords in a row."""
    lock_min: int = 15
    """Then a log-in is not looked at for so long."""
    code_min: int = 60
    """A printed or given code is good for so long."""
    session_hours: int = 12
    """A session ends then at the latest."""
    idle_min: int = 60
    """And after so long without a sign of anybody."""

    @classmethod
    def of(cls, limits: Mapping[str, Any]) -> Self:
        """From the group `accounts` of the numbers that bind."""
        return cls(**{name: int(limits[name]) for name in cls.__slots__})

    @property
    def lockout(self) -> Lockout:
        """For passwords."""
        return Lockout(self.tries, timedelta(minutes=self.lock_min))


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


class Accounts:
    """The accounts in one ledger; safe to share between threads."""

    def __init__(
        self,
        store: Store,
        *,
        policy: Policy = Policy(),
        clock: Callable[[], datetime] = clock.now,
        cost: Cost = Cost(),  # noqa: B008 - frozen
    ) -> None:
        self.store, self.policy, self.clock = store, policy, clock
        self.passwords = Passwords(cost)

    # --- members ----------------------------------------------------------------------------

    def members(self) -> list[Member]:
        """Everybody, those who may not log in any more included."""
        return [member_of(row) for row in self.store.read("SELECT * FROM staff ORDER BY id")]

    def member(self, login: str) -> Member:
        """Whoever has this login. Raises AccountError."""
        row = self.store.first("SELECT * FROM staff WHERE login = ?", (_login(login),))
        if row is None:
            raise AccountError(f"no account {login!r}: look at the list", code="unknown_account")
        return member_of(row)

    def add(self, login: str, name: str, role: Role, *, by: str) -> tuple[Member, str]:
        """A new member and the code with which they choose a password."""
        at = self.clock()
        with self.store.writing("add the account") as db:
            id_ = _insert(db, login, name, role, at)
            detail = {"login": _login(login), "role": role}
            audit.append(db, at=at, by=by, what="staff.added", target=f"staff {id_}", detail=detail)
            code = self._code(db, id_, at)
        return self.member(login), code

    def give_code(self, login: str, *, by: str) -> str:
        """A code for somebody who forgot their password, or whose first one ran out."""
        member, at = self.member(login), self.clock()
        with self.store.writing("give a code") as db:
            code = self._code(db, member.id, at)
            forgive(db, member.login)
            audit.append(db, at=at, by=by, what="staff.code", target=f"staff {member.id}")
        return code

    def set_role(self, login: str, role: Role, *, by: str) -> Member:
        """Let somebody do more or less; their sessions end. Raises AccountError."""
        if role not in ROLES:
            raise AccountError(f"{role!r} is no role: use one of {ROLES}", code="bad_role")
        return self._change(login, "role", role, by=by, what="staff.role", detail={"role": role})

    def disable(self, login: str, *, by: str) -> Member:
        """Let nobody log in as this member any more; their sessions end."""
        now = clock.to_text(self.clock())
        return self._change(login, "disabled", now, by=by, what="staff.disabled")

    def enable(self, login: str, *, by: str) -> Member:
        """Let a member log in again."""
        return self._change(login, "disabled", None, by=by, what="staff.enabled")

    def unlock(self, login: str, *, by: str) -> bool:
        """Forget somebody's wrong tries; False when there were none."""
        member, at = self.member(login), self.clock()
        with self.store.writing("unlock the account") as db:
            was = forgive(db, member.login)
            audit.append(db, at=at, by=by, what="staff.unlocked", target=f"staff {member.id}")
        return was

    def _change(
        self,
        login: str,
        column: str,
        value: str | None,
        *,
        by: str,
        what: str,
        detail: Mapping[str, Any] | None = None,
    ) -> Member:
        member, at = self.member(login), self.clock()
        with self.store.writing(f"change account {member.login}") as db:
            db.execute(
                f"UPDATE staff SET {column} = ?, changed = ? WHERE id = ?",  # noqa: S608 - ours
                (value, clock.to_text(at), member.id),
            )
            if member.role == "supervisor" and member.active and not supervised(db):
                raise AccountError(
                    f"{member.login} is the last supervisor: make another one first",
                    code="last_supervisor",
                )
            end_sessions(db, member.id, at)
            audit.append(db, at=at, by=by, what=what, target=f"staff {member.id}", detail=detail)
        return self.member(member.login)

    # --- codes ------------------------------------------------------------------------------

    def nobody_yet(self) -> bool:
        """Whether there is no supervisor who could log in: the first-run page belongs here."""
        return self.store.first(_SUPERVISORS, what="look for supervisors") is None

    def first_code(self) -> str:
        """A code for the first supervisor, to be printed; earlier ones are void.

        Raises AccountError (`not_first`) once there is one.
        """
        at = self.clock()
        with self.store.writing("make the first code") as db:
            _check_first(db)
            audit.append(db, at=at, by="linli", what="staff.first_code")
            return self._code(db, None, at)

    def become_first(self, code: str, login: str, name: str, password: str) -> Member:
        """The first supervisor, with the printed code.

        Raises AccountError, WeakPassword or LockedOut; the code is used up only on success.
        """
        self._look_at(code, first=True)
        passwords.check(password, login, name)
        kept, at = self.passwords.hash(password), self.clock()
        with self.store.writing("make the first account") as db:
            _check_first(db)
            self._use(db, code, at)
            id_ = _insert(db, login, name, "supervisor", at)
            db.execute("UPDATE staff SET password = ? WHERE id = ?", (kept, id_))
            audit.append(db, at=at, by=_login(login), what="staff.first", target=f"staff {id_}")
        return self.member(login)

    def redeem(self, code: str, password: str) -> Member:
        """Choose a password with a code; all sessions end.

        Raises AccountError, WeakPassword or LockedOut; the code is used up only on success.
        """
        member = self._look_at(code, first=False)
        if member is None:
            raise AccountError("this code is for the first account", code="code_wrong")
        passwords.check(password, member.login, member.name)
        kept, at = self.passwords.hash(password), self.clock()
        with self.store.writing("choose a password") as db:
            self._use(db, code, at)
            set_password(db, member, kept, at)
        return member

    def _code(self, db: Database, member: int | None, at: datetime) -> str:
        """A new code; earlier ones for the same are void."""
        letters = [secrets.choice(_LETTERS) for _ in range(12)]
        code = "-".join("".join(letters[n : n + 4]) for n in (0, 4, 8))
        now = clock.to_text(at)
        db.execute(
            "UPDATE staff_codes SET ended = ? WHERE staff_id IS ? AND ended IS NULL", (now, member)
        )
        until = clock.to_text(at + timedelta(minutes=self.policy.code_min))
        db.execute(
            "INSERT INTO staff_codes (code, staff_id, created, expires) VALUES (?, ?, ?, ?)",
            (_digest(code), member, now, until),
        )
        return code

    def _look_at(self, code: str, *, first: bool) -> Member | None:
        """Whose code it is; a wrong one is counted. Nothing is used up yet."""
        lockout = Lockout(self.policy.tries * 4, timedelta(minutes=self.policy.lock_min))
        with self.store.writing("look at a code", durable=False) as db:
            lockout.count(db, _CODES, self.clock())
        with self.store.writing("look at a code", durable=False) as db:
            row = self._valid(db, code, self.clock())
            if (row[1] is None) != first:
                raise AccountError("this code is for something else", code="code_wrong")
            forgive(db, _CODES)
            found = next(iter(db.query("SELECT * FROM staff WHERE id = ?", (row[1],))), None)
        return member_of(found) if found else None

    def _use(self, db: Database, code: str, at: datetime) -> None:
        id_, _ = self._valid(db, code, at)
        db.execute("UPDATE staff_codes SET ended = ? WHERE id = ?", (clock.to_text(at), id_))

    def _valid(self, db: Database, code: str, at: datetime) -> tuple[int, int | None]:
        row = db.execute(
            "SELECT id, staff_id, expires, ended, created FROM staff_codes WHERE code = ?",
            (_digest(code),),
        ).fetchone()
        if row is None:
            raise AccountError("this code is wrong: type it as it was given", code="code_wrong")
        if row[3] is not None:
            raise AccountError("this code was used or replaced: ask for one", code="code_used")
        if not row[4] <= clock.to_text(at) < row[2]:
            raise AccountError("this code has run out: ask for a new one", code="code_expired")
        return row[0], row[1]


def supervised(db: Database) -> bool:
    """Whether there is a supervisor who can log in."""
    return db.execute(_SUPERVISORS).fetchone() is not None


def set_password(db: Database, member: Member, kept: str, at: datetime) -> None:
    """Keep a new password; codes are void, sessions end, wrong tries are forgotten."""
    now = clock.to_text(at)
    db.execute("UPDATE staff SET password = ?, changed = ? WHERE id = ?", (kept, now, member.id))
    db.execute(
        "UPDATE staff_codes SET ended = ? WHERE staff_id = ? AND ended IS NULL", (now, member.id)
    )
    forgive(db, member.login)
    end_sessions(db, member.id, at)
    target = f"staff {member.id}"
    audit.append(db, at=at, by=member.login, what="staff.password", target=target)


def end_sessions(db: Database, member: int, at: datetime) -> int:
    """End all sessions of a member; how many."""
    sql = "UPDATE staff_sessions SET ended = ? WHERE staff_id = ? AND ended IS NULL"
    return db.execute(sql, (clock.to_text(at), member)).rowcount


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


def _insert(db: Database, login: str, name: str, role: str, at: datetime) -> int:
    plain, called = _login(login), clean(name.strip())
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


def _check_first(db: Database) -> None:
    if supervised(db):
        raise AccountError(
            "there is a supervisor already: they add accounts and give codes", code="not_first"
        )


def _login(login: str) -> str:
    return clean(login.strip().casefold())


def _digest(code: str) -> str:
    return hashlib.sha256(re.sub(r"[^0-9A-Z]", "", code.upper()).encode()).hexdigest()
