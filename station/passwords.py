"""Passwords of staff: argon2id, no easy ones, and never two hashings too many at a time."""

from __future__ import annotations

import threading
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from .errors import StationError

EASY: Final = Path(__file__).resolve().parent.parent / "assets" / "easy_passwords.txt"
"""What is tried first by whoever guesses, one a line."""

SHORTEST: Final = 10
LONGEST: Final = 128
"""Characters."""

_AT_ONCE: Final = threading.BoundedSemaphore(2)
"""Each hashing takes 64 MB: many at once would starve the recogniser beside it."""


class WeakPassword(StationError):
    """A password that would be guessed; `code` says why."""

    code = "password_easy"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs (argon2id)."""

    passes: int = 3
    """Passes over the memory."""
    kilobytes: int = 65_536
    """Memory."""
    lanes: int = 4
    """Threads."""


class Passwords:
    """Hashes and checks passwords at one cost."""

    def __init__(self, cost: Cost = Cost()) -> None:
        self._hasher = PasswordHasher(
            time_cost=cost.passes, memory_cost=cost.kilobytes, parallelism=cost.lanes
        )
        self._nobody: str | None = None

    def hash(self, password: str) -> str:
        """A password as it is kept."""
        with _AT_ONCE:
            return self._hasher.hash(_plain(password))

    def right(self, kept: str, password: str) -> bool:
        """Whether this is the password; takes as long when there is none to compare with."""
        if len(password) > LONGEST:
            return False
        if not kept:
            self._nobody = self._nobody or self.hash("-")
        with _AT_ONCE:
            try:
                return self._hasher.verify(kept or self._nobody or "", _plain(password)) and bool(
                    kept
                )
            except (VerificationError, InvalidHashError):
                return False

    def outdated(self, kept: str) -> bool:
        """Whether a kept password should be hashed anew at today's cost."""
        return self._hasher.check_needs_rehash(kept)


def check(password: str, *about: str) -> None:
    """Refuse a password that is short, easy, or made of `about` (login, name). WeakPassword."""
    plain = _plain(password)
    if len(plain) < SHORTEST:
        raise WeakPassword(
            f"the password has {len(plain)} characters: use at least {SHORTEST}",
            code="password_short",
        )
    if len(plain) > LONGEST:
        raise WeakPassword(
            f"the password has {len(plain)} characters: use at most {LONGEST}",
            code="password_long",
        )
    low = plain.casefold()
    if len(set(low)) < 4 or _is_row(low) or low in _easy():
        raise WeakPassword("the password is one of those tried first: use several words")
    if any(len(word) > 1 and word.casefold() in low for word in about):
        raise WeakPassword(
            "the password has the login or the name in it: use something else",
            code="password_own_name",
        )


def _plain(password: str) -> str:
    """One form for one password: an input method may give full-width letters."""
    return unicodedata.normalize("NFKC", password)


def _is_row(text: str) -> bool:
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return steps <= {1, -9} or steps <= {-1, 9}  # 1234567890 and back


@cache
def _easy() -> frozenset[str]:
    return frozenset(EASY.read_text("utf-8").split())
