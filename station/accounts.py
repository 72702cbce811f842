"""Staff accounts: who works here, what they may do, and how they get their password.

Nobody gives anybody a password: a new member, or one who forgot theirs, gets a
code that is good once and for a short time, and chooses a password with it. So
does the first of all, whose code `linli` prints: there is no default password.

Logging in and staying logged in is `station.sessions`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from sqlite_utils import Database

from . import audit, clock, passwords
from .account_codes import Codes
from .lockout import Lockout, forgive
from .members import (
    ROLES,
    SUPERVISORS,
    AccountError,
    Member,
    Role,
    insert,
    login_of,
    member_of,
    supervised,
)
from .passwords import Cost, Passwords
from .store import Store


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
        self._codes = Codes(
            store,
            good=timedelta(minutes=policy.code_min),
            lockout=Lockout(policy.tries * 4, timedelta(minutes=policy.lock_min)),
        )

    # --- members ----------------------------------------------------------------------------

    def members(self) -> list[Member]:
        """Everybody, those who may not log in any more included."""
        return [member_of(row) for row in self.store.read("SELECT * FROM staff ORDER BY id")]

    def member(self, login: str) -> Member:
        """Whoever has this login. Raises AccountError."""
        row = self.store.first("SELECT * FROM staff WHERE login = ?", (login_of(login),))
        if row is None:
            raise AccountError(f"no account {login!r}: look at the list", code="unknown_account")
        return member_of(row)

    def add(self, login: str, name: str, role: Role, *, by: str) -> tuple[Member, str]:
        """A new member and the code with which they choose a password."""
        at = self.clock()
        with self.store.writing("add the account") as db:
            id_ = insert(db, login, name, role, at)
            detail = {"login": login_of(login), "role": role}
            audit.append(db, at=at, by=by, what="staff.added", target=f"staff {id_}", detail=detail)
            code = self._codes.new(db, id_, at)
        return self.member(login), code

    def give_code(self, login: str, *, by: str) -> str:
        """A code for somebody who forgot their password, or whose first one ran out."""
        member, at = self.member(login), self.clock()
        with self.store.writing("give a code") as db:
            code = self._codes.new(db, member.id, at)
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
        return self.store.first(SUPERVISORS, what="look for supervisors") is None

    def first_code(self) -> str:
        """A code for the first supervisor, to be printed; earlier ones are void.

        Raises AccountError (`not_first`) once there is one.
        """
        at = self.clock()
        with self.store.writing("make the first code") as db:
            _check_first(db)
            audit.append(db, at=at, by="linli", what="staff.first_code")
            return self._codes.new(db, None, at)

    def become_first(self, code: str, login: str, name: str, password: str) -> Member:
        """The first supervisor, with the printed code.

        Raises AccountError, WeakPassword or LockedOut; the code is used up only on success.
        """
        self._codes.look_at(code, self.clock(), first=True)
        passwords.check(password, login, name)
        kept, at = self.passwords.hash(password), self.clock()
        with self.store.writing("make the first account") as db:
            _check_first(db)
            self._codes.use(db, code, at)
            id_ = insert(db, login, name, "supervisor", at)
            db.execute("UPDATE staff SET password = ? WHERE id = ?", (kept, id_))
            audit.append(db, at=at, by=login_of(login), what="staff.first", target=f"staff {id_}")
        return self.member(login)

    def redeem(self, code: str, password: str) -> Member:
        """Choose a password with a code; all sessions end.

        Raises AccountError, WeakPassword or LockedOut; the code is used up only on success.
        """
        member = self._codes.look_at(code, self.clock(), first=False)
        if member is None:
            raise AccountError("this code is for the first account", code="code_wrong")
        passwords.check(password, member.login, member.name)
        kept, at = self.passwords.hash(password), self.clock()
        with self.store.writing("choose a password") as db:
            self._codes.use(db, code, at)
            set_password(db, member, kept, at)
        return member


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


def _check_first(db: Database) -> None:
    if supervised(db):
        raise AccountError(
            "there is a supervisor already: they add accounts and give codes", code="not_first"
        )
