"""The telephone's tables: calls to return, and calls that Linli owes.

Like all of the schema: never edited once a station may have run it (`station.schema`).
"""

from __future__ import annotations

from typing import Final

PHONE: Final = (
    """
    CREATE TABLE callbacks (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uid TEXT NOT NULL UNIQUE CHECK (uid <> ''),
        at TEXT NOT NULL,
        phone TEXT NOT NULL DEFAULT '',
        resident_id INTEGER REFERENCES residents(id),
        why TEXT NOT NULL CHECK (why IN ('busy', 'closed', 'cut_off')),
        due TEXT NOT NULL,
        message TEXT NOT NULL DEFAULT '',
        tries INTEGER NOT NULL DEFAULT 0,
        closed TEXT,
        by TEXT NOT NULL DEFAULT '',
        note TEXT NOT NULL DEFAULT ''
    ) STRICT
    """,
    "CREATE INDEX callbacks_open ON callbacks(due, id) WHERE closed IS NULL",
    "CREATE INDEX callbacks_closed ON callbacks(closed) WHERE closed IS NOT NULL",
    """
    CREATE TRIGGER open_callbacks_never_vanish BEFORE DELETE ON callbacks
    WHEN OLD.closed IS NULL
    BEGIN SELECT RAISE(ABORT, 'somebody still waits for this call'); END
    """,
    """
    CREATE TABLE owed_calls (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uid TEXT NOT NULL UNIQUE CHECK (uid <> ''),
        kind TEXT NOT NULL CHECK (kind IN ('notice', 'safety')),
        phone TEXT NOT NULL CHECK (phone <> ''),
        resident_id INTEGER REFERENCES residents(id),
        says TEXT NOT NULL CHECK (json_type(says) = 'array'),
        created TEXT NOT NULL,
        not_before TEXT NOT NULL,
        until TEXT NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0,
        tried TEXT,
        outcome TEXT NOT NULL DEFAULT '',
        closed TEXT,
        CHECK (not_before < until)
    ) STRICT
    """,
    "CREATE INDEX owed_calls_open ON owed_calls(not_before, id) WHERE closed IS NULL",
    "CREATE INDEX owed_calls_phone ON owed_calls(phone, tried)",
    """
    CREATE TRIGGER open_owed_calls_never_vanish BEFORE DELETE ON owed_calls
    WHEN OLD.closed IS NULL
    BEGIN SELECT RAISE(ABORT, 'this call is still owed'); END
    """,
)
"""Statements of this migration."""
