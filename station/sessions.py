"""Log-ins and sessions of staff: the browser holds a token, the ledger only its hash."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlite_utils import Database

from . import audit, clock, passwords
from .accounts import Accounts, set_password
from .errors import StationError
from .history import clean
from .lockout import forgive
from .members import Member, member_of
from .store import Row

log = structlog.get_logger(__name__)

_TOUCH: Final = timedelta(seconds=60)
"""A sign of somebody is written so often, not with every page."""
_SET_BACK: Final = timedelta(hours=1)
"""A session that began so far in the future began by another clock."""

_SELECT: Final = (
    "SELECT staff.*, s.id AS session, s.started, s.seen, s.expires, s.ended, s.device"
    " FROM staff_sessions AS s JOIN staff ON staff.id = s.staff_id"
)


class LoginError(StationError):
    """A log-in was refused: `code` is wrong_login or disabled."""

    code = "wrong_login"


class NoSession(StationError):
    """Log in again: `code` is session_unknown, session_expired or session_ended."""

    code = "session_unknown"


@dataclass(frozen=True, slots=True)
class Session:
    """One browser in which somebody is logged in."""

    id: int
    """Row in the ledger."""
    member: Member
    """Who."""
    started: datetime
    """Since when, UTC+8."""
    seen: datetime
    """Last sign, to the minute, UTC+8."""
    expires: datetime
    """Ends then at the latest, UTC+8."""
    device: str
    """Which browser, as it calls itself."""


class Sessions:
    """Logs members in and out; safe to share between threads."""

    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts
        self._store, self._clock, self._policy = accounts.store, accounts.clock, accounts.policy

    def log_in(self, login: str, password: str, *, device: str = "") -> tuple[str, Session]:
        """A new token for the browser, with its session.

        Raises LoginError (the same for a wrong login and a wrong password) or LockedOut.
        """
        with self._store.writing("log in", durable=False) as db:
            self._policy.lockout.count(db, login, self._clock())
        row = self._store.first("SELECT * FROM staff WHERE login = ?", (login.strip().casefold(),))
        kept = row["password"] if row else ""
        if not self.accounts.passwords.right(kept, password) or row is None:
            self._refused(row, login)
            raise LoginError("login or password is wrong: try again")
        member = member_of(row)
        if not member.active:
            raise LoginError(f"account {member.login} is closed: ask a supervisor", code="disabled")
        return self._begin(member, self._hardened(member, kept, password), device)

    def _refused(self, row: Row | None, login: str) -> None:
        """A wrong try stands in the audit where the account exists; what was typed never does."""
        if row is None:
            log.warning("login_refused", known=False)
            return
        at = self._clock()
        with self._store.writing("note a wrong log-in") as db:
            left = self._policy.lockout.left(db, login)
            what = "login.refused" if left else "login.locked"
            audit.append(db, at=at, by="linli", what=what, target=f"staff {row['id']}")

    def _hardened(self, member: Member, kept: str, password: str) -> str:
        """Passwords kept at an earlier, lower cost move to today's; gives what is kept now."""
        if not self.accounts.passwords.outdated(kept):
            return kept
        fresh = self.accounts.passwords.hash(password)
        with self._store.writing("keep a password at today's cost") as db:
            sql = "UPDATE staff SET password = ? WHERE id = ? AND password = ?"
            done = db.execute(sql, (fresh, member.id, kept)).rowcount == 1
        return fresh if done else kept

    def _begin(self, member: Member, kept: str, device: str) -> tuple[str, Session]:
        token, at = secrets.token_urlsafe(32), self._clock()
        until = clock.to_text(at + timedelta(hours=self._policy.session_hours))
        with self._store.writing("begin a session") as db:
            now = clock.to_text(at)
            # Whoever lost the account, or whose password was changed, meanwhile, gets no session.
            done = db.execute(
                "INSERT INTO staff_sessions (token, staff_id, started, seen, expires, device)"
                " SELECT ?, id, ?, ?, ?, ? FROM staff"
                " WHERE id = ? AND password = ? AND disabled IS NULL",
                (_digest(token), now, now, until, clean(device)[:120], member.id, kept),
            )
            if done.rowcount != 1:
                raise LoginError(f"account {member.login} was just changed: try again")
            forgive(db, member.login)
            audit.append(db, at=at, by=member.login, what="login", target=f"staff {member.id}")
        return token, self.session(token)

    def session(self, token: str) -> Session:
        """Whose token this is; called for every page. Raises NoSession."""
        row = self._store.first(f"{_SELECT} WHERE s.token = ?", (_digest(token),))
        if row is None:
            raise NoSession("nobody is logged in here: log in")
        if row["ended"] is not None or row["disabled"] is not None:
            raise NoSession("this session was ended: log in again", code="session_ended")
        session, now = _session(row), self._clock()
        idle = timedelta(minutes=self._policy.idle_min)
        # A clock that was set back must not give a session a second life.
        turned = session.started - now > _SET_BACK
        if turned or now >= session.expires or now - session.seen >= idle:
            raise NoSession("this session has run out: log in again", code="session_expired")
        if abs(now - session.seen) >= _TOUCH:
            with self._store.writing("keep the session", durable=False) as db:
                db.execute(
                    "UPDATE staff_sessions SET seen = ? WHERE id = ?",
                    (clock.to_text(now), session.id),
                )
        return session

    def of(self, login: str) -> list[Session]:
        """A member's sessions that were not ended, newest first."""
        member = self.accounts.member(login)
        sql = f"{_SELECT} WHERE s.staff_id = ? AND s.ended IS NULL ORDER BY s.id DESC"
        found = [_session(row) for row in self._store.read(sql, (member.id,))]
        return [each for each in found if each.expires > self._clock()]

    def log_out(self, token: str) -> None:
        """End this browser's session; ended already is fine."""
        at = self._clock()
        with self._store.writing("log out") as db:
            row = next(iter(db.query(f"{_SELECT} WHERE s.token = ?", (_digest(token),))), None)
            if row is None or row["ended"] is not None:
                return
            _end(db, row["session"], at)
            target = f"staff {row['id']}"
            audit.append(db, at=at, by=row["login"], what="logout", target=target)

    def end(self, session: int, *, by: str) -> None:
        """End one session, e.g. of a browser that was left behind."""
        at = self._clock()
        with self._store.writing("end a session") as db:
            _end(db, session, at)
            audit.append(db, at=at, by=by, what="session.ended", target=f"session {session}")

    def change_password(self, login: str, old: str, new: str) -> None:
        """Choose another password, knowing the old one; all sessions end.

        Raises LoginError, LockedOut or WeakPassword.
        """
        with self._store.writing("change the password", durable=False) as db:
            self._policy.lockout.count(db, login, self._clock())
        member = self.accounts.member(login)
        row = self._store.first("SELECT password FROM staff WHERE id = ?", (member.id,))
        if row is None or not self.accounts.passwords.right(row["password"], old):
            raise LoginError("the old password is wrong: try again")
        passwords.check(new, member.login, member.name)
        if self.accounts.passwords.right(row["password"], new):
            raise passwords.WeakPassword("this is the old password", code="password_same")
        kept, at = self.accounts.passwords.hash(new), self._clock()
        with self._store.writing("change the password") as db:
            set_password(db, member, kept, at)

    def erase(self, before: datetime) -> int:
        """Delete sessions and codes that ended or ran out before; the audit keeps the log-ins."""
        until = clock.to_text(before)
        with self._store.writing("erase old sessions") as db:
            count = db.execute(
                "DELETE FROM staff_sessions WHERE expires < ? OR ended < ?", (until, until)
            ).rowcount
            db.execute("DELETE FROM staff_codes WHERE expires < ? OR ended < ?", (until, until))
        return count


def _end(db: Database, session: int, at: datetime) -> None:
    db.execute(
        "UPDATE staff_sessions SET ended = ? WHERE id = ? AND ended IS NULL",
        (clock.to_text(at), session),
    )


def _session(row: Row) -> Session:
    return Session(
        id=row["session"],
        member=member_of(row),
        started=clock.from_text(row["started"]),
        seen=clock.from_text(row["seen"]),
        expires=clock.from_text(row["expires"]),
        device=row["device"],
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
