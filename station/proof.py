"""Proof slips: a code that only this station can have written, checked against the ledger.

A code names a request, until when it holds, and a signature (HMAC-SHA256, 80 bits,
with a key that never leaves the station). It carries nothing personal.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal

from .errors import UnknownRequest
from .ledger import Ledger
from .merging import standing
from .requests import Request

MARK: Final = "L1"
"""Which kind of code this is."""
_CODE: Final = re.compile(r"L1\.(\d{4}-\d{3,})\.([0-9a-f]{8})\.(\d{8})\.([A-Z2-7]{16})")
_KEY_BYTES: Final = 32

Verdict = Literal["valid", "forged", "expired", "unknown", "cancelled"]
"""What a code is worth."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A code that was looked at."""

    verdict: Verdict
    """`forged`: not written here, or changed since. `unknown`: no such request any more."""
    request: Request | None = None
    """What stands in the ledger, where the code is genuine."""
    until: date | None = None
    """The last day it holds."""


class Proofs:
    """Writes and checks codes with one station's key."""

    def __init__(self, key: bytes) -> None:
        if len(key) < _KEY_BYTES:
            raise ValueError(f"a key of {len(key)} bytes is too short: use {_KEY_BYTES}")
        self._key = key

    @classmethod
    def of(cls, file: Path) -> Proofs:
        """With the key in a file that only this user can read; made when it is not there."""
        with suppress(FileExistsError):
            file.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as fresh:
                fresh.write(os.urandom(_KEY_BYTES))
        return cls(file.read_bytes())

    @property
    def key(self) -> bytes:
        """What signs; other signatures of this station are derived from it."""
        return self._key

    def code(self, request: Request, until: date) -> str:
        """The code for a request's slip, good up to and including a day."""
        head = f"{MARK}.{request.number}.{request.uid[:8]}.{until:%Y%m%d}"
        return f"{head}.{self._signature(head)}"

    def check(self, code: str, ledger: Ledger, today: date) -> Checked:
        """What a code is worth today; the signature is looked at before anything else."""
        found = _CODE.fullmatch(code.strip())
        if found is None:
            return Checked("forged")
        number, uid, day, signature = found.groups()
        head = code.strip().rpartition(".")[0]
        if not hmac.compare_digest(signature, self._signature(head)):
            return Checked("forged")
        until = date.fromisoformat(day)
        try:
            request = ledger.request(number)
        except UnknownRequest:
            return Checked("unknown", until=until)
        if not request.uid.startswith(uid):  # numbers come again after a year
            return Checked("unknown", until=until)
        request = standing(ledger.store, request)
        if today > until:
            return Checked("expired", request, until)
        return Checked("cancelled" if request.status == "cancelled" else "valid", request, until)

    @property
    def origin(self) -> str:
        """What names this station in files it sends; tells nothing of the key."""
        return hashlib.sha256(b"linli report origin " + self._key).hexdigest()[:16]

    def _signature(self, head: str) -> str:
        digest = hmac.new(self._key, head.encode(), hashlib.sha256).digest()
        return base64.b32encode(digest[:10]).decode()
