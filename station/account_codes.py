"""Codes that are good once and for a short time: with one a member chooses their password."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlite_utils import Database

from . import clock
from .lockout import Lockout, forgive
from .members import AccountError, Member, member_of
from .store import Store

_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""None that is taken for another: 60 bits in twelve of them."""
_CODES: Final = "#codes"
"""Where wrong codes are counted."""


class Codes:
    """The codes in one ledger. A wrong one is counted; so many lock all of them for a while."""

    def __init__(self, store: Store, *, good: timedelta, lockout: Lockout) -> None:
        self._store, self._good, self._lockout = store, good, lockout

    def new(self, db: Database, member: int | None, at: datetime) -> str:
        """A new code; earlier ones for the same are void."""
        letters = [secrets.choice(_LETTERS) for _ in range(12)]
        code = "-".join("".join(letters[n : n + 4]) for n in (0, 4, 8))
        now = clock.to_text(at)
        db.execute(
            "UPDATE staff_codes SET ended = ? WHERE staff_id IS ? AND ended IS NULL", (now, member)
        )
        until = clock.to_text(at + self._good)
        db.execute(
            "INSERT INTO staff_codes (code, staff_id, created, expires) VALUES (?, ?, ?, ?)",
            (_digest(code), member, now, until),
        )
        return code

    def look_at(self, code: str, at: datetime, *, first: bool) -> Member | None:
        """Whose code it is; None for that of the `first` account. Nothing is used up yet.

        Raises AccountError or LockedOut.
        """
        with self._store.writing("look at a code", durable=False) as db:
            self._lockout.count(db, _CODES, at)
        with self._store.writing("look at a code", durable=False) as db:
            row = self._valid(db, code, at)
            if (row[1] is None) != first:
                raise AccountError("this code is for something else", code="code_wrong")
            forgive(db, _CODES)
            found = next(iter(db.query("SELECT * FROM staff WHERE id = ?", (row[1],))), None)
        return member_of(found) if found else None

    def use(self, db: Database, code: str, at: datetime) -> None:
        """It is good no more. Raises AccountError."""
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


def _digest(code: str) -> str:
    return hashlib.sha256(re.sub(r"[^0-9A-Z]", "", code.upper()).encode()).hexdigest()
