"""Retention: what has been kept long enough is deleted, every night, and provably.

Order matters: a file is deleted before its entry says so, and a request is
entered in `erasures` in the same transaction that erases it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from . import clock, facts, lessons
from .recordings import Recordings
from .store import Row, Store

BATCH: Final = 200
"""Requests erased in one transaction, so that nobody waits long for the ledger."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How long things are kept, in days."""

    recording_days: int = 14
    """A recording, from the day it was made."""
    recording_days_after_closing: int = 7
    """Or until so long after the last request of its conversation was closed, if later."""
    recording_days_at_most: int = 90
    """But never longer, even when a request stays open."""
    request_days: int = 365
    """Closed requests from their closing, transcripts from their conversation."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep deleted."""

    recordings: int = 0
    """Recordings whose time was over."""
    recordings_over_quota: int = 0
    """Recordings that had to go for space."""
    requests: int = 0
    """Closed requests with their history."""
    conversations: int = 0
    """Conversations with their transcripts."""


def sweep(store: Store, recordings: Recordings, rules: Rules, now: datetime) -> Swept:
    """Delete everything whose time is over at `now` (aware); doing it again does nothing.

    Raises LedgerError or OSError; what was deleted until then stays deleted.
    """
    recordings.sweep_parts(now)
    aged = _delete(store, recordings, _aged(store, recordings, rules, now), now)
    crowded = _delete(store, recordings, _crowded(store, recordings), now)
    until = clock.to_text(now - timedelta(days=rules.request_days))
    facts.refresh(store)  # what is erased stays in the figures
    requests = _erase_requests(store, until, now)
    conversations = _erase_conversations(store, recordings, until)
    lessons.sweep(store, now - timedelta(days=rules.request_days))
    return Swept(aged, crowded, requests, conversations)


def due(store: Store, recordings: Recordings, rules: Rules, now: datetime) -> Swept:
    """What `sweep` would delete at `now`; deletes nothing. Raises LedgerError or OSError."""
    aged = list(_aged(store, recordings, rules, now))
    crowded = list(_crowded(store, recordings, aged))
    until = clock.to_text(now - timedelta(days=rules.request_days))
    (requests,) = store.read("SELECT COUNT(*) AS n FROM requests WHERE closed < ?", (until,))
    (conversations,) = store.read(
        "SELECT COUNT(*) AS n FROM conversations WHERE started < :until AND NOT EXISTS"
        " (SELECT 1 FROM requests WHERE conversation_id = conversations.id"
        " AND (closed IS NULL OR closed >= :until))",
        {"until": until},
    )
    return Swept(len(aged), len(crowded), int(requests["n"]), int(conversations["n"]))


def _kept_for(store: Store) -> dict[str, Row]:
    """Recording → is a request of its conversation open, and when was the last one closed."""
    rows = store.read(
        """
        SELECT utterances.audio, utterances.at,
            MAX(requests.id IS NOT NULL AND requests.closed IS NULL) AS open,
            MAX(requests.closed) AS closed
        FROM utterances
        LEFT JOIN requests ON requests.conversation_id = utterances.conversation_id
        WHERE utterances.audio IS NOT NULL
        GROUP BY utterances.id
        """,
        what="look for old recordings",
    )
    return {row["audio"]: row for row in rows}


def _aged(store: Store, recordings: Recordings, rules: Rules, now: datetime) -> Iterator[Path]:
    known = _kept_for(store)
    for path in recordings.files():
        row = known.get(path.as_posix())
        made = clock.from_text(row["at"]) if row else recordings.made(path)
        if now - made < timedelta(days=rules.recording_days):
            continue
        if now - made < timedelta(days=rules.recording_days_at_most) and row:
            wait = timedelta(days=rules.recording_days_after_closing)
            if row["open"] or (row["closed"] and now - clock.from_text(row["closed"]) < wait):
                continue
        yield path


def _crowded(store: Store, recordings: Recordings, gone: Collection[Path] = ()) -> Iterator[Path]:
    """The oldest recordings beyond the quota; those of closed matters first."""
    over = set(gone)
    sizes = {path: recordings.size(path) for path in recordings.files() if path not in over}
    excess = sum(sizes.values()) - recordings.quota
    if excess <= 0:
        return
    known = _kept_for(store)
    wanted = {path for path in sizes if path.as_posix() in known and known[path.as_posix()]["open"]}
    for path in sorted(sizes, key=lambda path: path in wanted):
        if excess <= 0:
            return
        excess -= sizes[path]
        yield path


def _delete(store: Store, recordings: Recordings, paths: Iterable[Path], now: datetime) -> int:
    count = 0
    for path in paths:
        recordings.delete(path)
        with store.writing("forget a recording", durable=False) as db:
            db.execute(
                "UPDATE utterances SET audio = NULL, audio_deleted = ? WHERE audio = ?",
                (clock.to_text(now), path.as_posix()),
            )
        count += 1
    return count


def _erase_requests(store: Store, until: str, now: datetime) -> int:
    count = 0
    while True:
        with store.writing("erase old requests") as db:
            rows = list(
                db.query(
                    "SELECT id, uid, day, seq, intent, channel, status FROM requests"
                    " WHERE closed < ? ORDER BY closed LIMIT ?",
                    (until, BATCH),
                )
            )
            for row in rows:
                db.execute(
                    "INSERT INTO erasures (request_id, uid, day, seq, intent, channel, status, at,"
                    " by, why) VALUES (:id, :uid, :day, :seq, :intent, :channel, :status, :at,"
                    " 'linli', 'retention')",
                    row | {"at": clock.to_text(now)},
                )
                db.execute("DELETE FROM events WHERE request_id = ?", (row["id"],))
                db.execute("DELETE FROM requests WHERE id = ?", (row["id"],))
        count += len(rows)
        if len(rows) < BATCH:
            return count


def _erase_conversations(store: Store, recordings: Recordings, until: str) -> int:
    """Conversations that no request needs any more, with transcripts and forgotten recordings."""
    chosen = (
        "FROM conversations WHERE started < ? AND NOT EXISTS"
        " (SELECT 1 FROM requests WHERE conversation_id = conversations.id)"
    )
    audio = store.read(
        f"SELECT audio FROM utterances WHERE audio IS NOT NULL AND conversation_id IN"  # noqa: S608
        f" (SELECT id {chosen})",
        (until,),
    )
    for row in audio:
        recordings.delete(Path(row["audio"]))
    with store.writing("erase old conversations") as db:
        return db.execute(f"DELETE {chosen}", (until,)).rowcount
