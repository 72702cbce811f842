"""Calls the station makes to itself, to try its telephone: found by their number, then removed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from . import clock
from .ledger import Ledger
from .recordings import Recordings
from .requests import CLOSED

NUMBER: Final = "0000000"
"""The caller's number of such a talk; nobody has it, and nobody can be rung by it."""


def heard(ledger: Ledger, since: datetime) -> tuple[str, ...] | None:
    """What Linli heard in its own call since then; None where no such call came to it."""
    rows = ledger.store.read(
        "SELECT conversations.id, utterances.text FROM conversations"
        " LEFT JOIN utterances ON utterances.conversation_id = conversations.id"
        " AND utterances.kind = 'heard' AND utterances.text <> ''"
        " WHERE conversations.phone = ? AND conversations.started >= ? ORDER BY utterances.n",
        (NUMBER, clock.to_text(since)),
        what="look for our own call",
    )
    return tuple(row["text"] for row in rows if row["text"]) if rows else None


def remove(ledger: Ledger, recordings: Recordings, by: str, note: str) -> None:
    """Every own talk goes, sound and words; what it filed by mistake is cancelled and says so."""
    store = ledger.store
    waiting = store.read(
        "SELECT number, status FROM requests WHERE phone = ? OR conversation_id IN"
        " (SELECT id FROM conversations WHERE phone = ?)",
        (NUMBER, NUMBER),
        what="look for what our own call filed",
    )
    for row in waiting:
        if row["status"] not in CLOSED:
            ledger.cancel(row["number"], by=by, note=note)
    sounds = store.read(
        "SELECT audio FROM utterances WHERE audio IS NOT NULL AND conversation_id IN"
        " (SELECT id FROM conversations WHERE phone = ?)",
        (NUMBER,),
        what="look for the sound of our own call",
    )
    for row in sounds:
        recordings.delete(Path(row["audio"]))
    with store.writing("remove our own call") as db:
        db.execute(
            "DELETE FROM conversations WHERE phone = ? AND NOT EXISTS"
            " (SELECT 1 FROM requests WHERE conversation_id = conversations.id)",
            (NUMBER,),
        )
        db.execute(
            "UPDATE callbacks SET closed = ?, by = ?, note = ? WHERE phone = ? AND closed IS NULL",
            (clock.to_text(ledger.now()), by, note, NUMBER),
        )
