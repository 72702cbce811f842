"""The tables of what joins office and telephone.

Calls from a desk, who was told of an alarm, calls that are going on, and what elders said
about how it was done. Like all of the schema: never edited once a station may have run it
(`station.schema`).
"""

from __future__ import annotations

from typing import Final

# A third kind of owed call, and which request it is about. SQLite changes no CHECK: the table
# is made anew with all its rows.
_OWED: Final = (
    """
    CREATE TABLE owed_calls_new (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uid TEXT NOT NULL UNIQUE CHECK (uid <> ''),
        kind TEXT NOT NULL CHECK (kind IN ('notice', 'safety', 'closing')),
        phone TEXT NOT NULL CHECK (phone <> ''),
        resident_id INTEGER REFERENCES residents(id),
        request_id INTEGER REFERENCES requests(id) ON DELETE SET NULL,
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
    """
    INSERT INTO owed_calls_new (id, uid, kind, phone, resident_id, says, created, not_before,
        until, tries, tried, outcome, closed)
    SELECT id, uid, kind, phone, resident_id, says, created, not_before, until, tries, tried,
        outcome, closed FROM owed_calls
    """,
    "DROP TRIGGER open_owed_calls_never_vanish",
    "DROP TABLE owed_calls",
    "ALTER TABLE owed_calls_new RENAME TO owed_calls",
    "CREATE INDEX owed_calls_open ON owed_calls(not_before, id) WHERE closed IS NULL",
    "CREATE INDEX owed_calls_phone ON owed_calls(phone, tried)",
    "CREATE INDEX owed_calls_request ON owed_calls(request_id) WHERE request_id IS NOT NULL",
    """
    CREATE TRIGGER open_owed_calls_never_vanish BEFORE DELETE ON owed_calls
    WHEN OLD.closed IS NULL
    BEGIN SELECT RAISE(ABORT, 'this call is still owed'); END
    """,
)

_DESK: Final = (
    """
    CREATE TABLE desk_calls (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        desk TEXT NOT NULL CHECK (desk <> ''),
        phone TEXT NOT NULL CHECK (phone <> ''),
        by TEXT NOT NULL CHECK (by <> ''),
        resident_id INTEGER REFERENCES residents(id),
        request_id INTEGER REFERENCES requests(id) ON DELETE SET NULL,
        callback_id INTEGER REFERENCES callbacks(id) ON DELETE SET NULL,
        wanted TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'wanted' CHECK (state IN
            ('wanted', 'desk', 'ringing', 'talking', 'ended')),
        outcome TEXT NOT NULL DEFAULT '',
        changed TEXT NOT NULL,
        seconds INTEGER NOT NULL DEFAULT 0,
        closed TEXT,
        CHECK ((closed IS NOT NULL) = (state = 'ended'))
    ) STRICT
    """,
    "CREATE UNIQUE INDEX desk_calls_desk ON desk_calls(desk) WHERE closed IS NULL",
    "CREATE UNIQUE INDEX desk_calls_phone ON desk_calls(phone) WHERE closed IS NULL",
    "CREATE INDEX desk_calls_request ON desk_calls(request_id) WHERE request_id IS NOT NULL",
    "CREATE INDEX desk_calls_callback ON desk_calls(callback_id) WHERE callback_id IS NOT NULL",
    "CREATE INDEX desk_calls_wanted ON desk_calls(wanted)",
)

_ALARM: Final = (
    """
    CREATE TABLE alarm_calls (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        request_id INTEGER NOT NULL REFERENCES requests(id) ON DELETE CASCADE,
        step INTEGER NOT NULL CHECK (step >= 0),
        name TEXT NOT NULL,
        phone TEXT NOT NULL CHECK (phone <> ''),
        at TEXT NOT NULL,
        outcome TEXT NOT NULL DEFAULT '',
        ended TEXT,
        UNIQUE (request_id, step, phone)
    ) STRICT
    """,
    "CREATE INDEX alarm_calls_open ON alarm_calls(id) WHERE ended IS NULL",
)

_GOING: Final = (
    """
    CREATE TABLE going_calls (
        uid TEXT PRIMARY KEY CHECK (uid <> ''),
        phone TEXT NOT NULL DEFAULT '',
        at TEXT NOT NULL,
        exchange TEXT NOT NULL
    ) STRICT
    """,
)

_SATISFACTION: Final = (
    """
    CREATE TABLE satisfaction (
        request_id INTEGER PRIMARY KEY REFERENCES requests(id) ON DELETE CASCADE,
        score INTEGER NOT NULL CHECK (score BETWEEN 1 AND 3),
        how TEXT NOT NULL CHECK (how IN ('key', 'word', 'staff')),
        at TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX satisfaction_at ON satisfaction(at)",
)

REACH: Final = (*_OWED, *_DESK, *_ALARM, *_GOING, *_SATISFACTION)
"""Statements of what joins office and telephone."""
