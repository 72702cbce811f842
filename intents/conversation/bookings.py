"""The elder's requests as they stand: those that were there, and those made in this talk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from intents.types import AMENDS, WHEN

CLOSED = frozenset({"cancelled", "done", "failed", "emergency"})
"""Statuses in which nothing can be changed any more."""
_NO_BOOKING = AMENDS | {"emergency"}
"""What is written down for staff and is nothing that could be moved."""
_MATCHED = (*WHEN, "meal")


@dataclass(slots=True)
class Booking:
    """One request."""

    index: int
    """Its place in the list, which is how `File.target` names it."""
    intent: str
    """What was wanted."""
    slots: dict[str, Any]
    """As filed."""
    status: str = "new"
    """new, changed, cancelled, handed_over, emergency, or the ledger's accepted, done, …"""
    here: bool = False
    """Made in this talk."""


@dataclass(slots=True)
class Bookings:
    """All of them, in order."""

    rows: list[Booking] = field(default_factory=list)
    """Oldest first."""

    @classmethod
    def of(cls, requests: Sequence[Mapping[str, Any]]) -> Bookings:
        """From rows with `intent`, `slots` and, if known, `status`."""
        return cls(
            [
                Booking(i, str(row["intent"]), dict(row.get("slots") or {}),
                        str(row.get("status") or "new"))
                for i, row in enumerate(requests)
            ]
        )  # fmt: skip

    def add(self, intent: str, slots: Mapping[str, Any], status: str) -> Booking:
        """Append one made in this talk."""
        row = Booking(len(self.rows), intent, dict(slots), status, here=True)
        self.rows.append(row)
        return row

    def open(self) -> list[Booking]:
        """Those that can still be changed, the latest first."""
        rows = [row for row in reversed(self.rows) if row.status not in CLOSED]
        return [row for row in rows if row.intent not in _NO_BOOKING]

    def known(self) -> list[Booking]:
        """Those that can be asked after, the latest first: the done ones too."""
        rows = [row for row in self.rows[::-1] if row.status not in ("cancelled", "emergency")]
        return [row for row in rows if row.intent not in _NO_BOOKING]

    def matching(
        self, about: str | None, slots: Mapping[str, Any], rows: Sequence[Booking] | None = None
    ) -> list[Booking]:
        """Those that fit what was said of them; what fits none is not held against them."""
        rows = self.open() if rows is None else rows
        found = [row for row in rows if about is None or row.intent == about]
        for name in (*_MATCHED, *(key for key in slots if key not in _MATCHED)):
            wanted = slots.get(name)
            fitting = [row for row in found if wanted and row.slots.get(name) == wanted]
            found = fitting or found
        return found
