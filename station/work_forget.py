"""What dispatch lets go of somebody who asks to be forgotten: notes and pictures, never hours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlite_utils import Database

_TOLD: Final = ("work_steps", "time_entries", "helpers")
"""Tables whose notes may speak of anybody."""


def forget(db: Database, requests: Iterable[int], resident: int, words: tuple[str, ...]) -> None:
    """Empty all notes about a resident and their requests; delete the pictures of these."""
    for request in requests:
        orders = "SELECT id FROM work_orders WHERE request_id = ?"
        of_them = f"SELECT id FROM work_steps WHERE order_id IN ({orders})"  # noqa: S608 - ours
        db.execute(f"DELETE FROM work_photos WHERE step_id IN ({of_them})", (request,))  # noqa: S608
        db.execute(f"UPDATE work_steps SET note = '' WHERE order_id IN ({orders})", (request,))  # noqa: S608
    db.execute("UPDATE time_entries SET note = '' WHERE resident_id = ?", (resident,))
    for table in _TOLD:
        for word in words:
            db.execute(f"UPDATE {table} SET note = '' WHERE instr(note, ?)", (word,))  # noqa: S608
