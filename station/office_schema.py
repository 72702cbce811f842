"""The office's tables: staff, their sessions, the audit, and whom the station has forgotten.

Like all of the schema: never edited once a station may have run it (`station.schema`).
"""

from __future__ import annotations

from typing import Final

_STAFF: Final = (
    """
    CREATE TABLE staff (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        login TEXT NOT NULL UNIQUE CHECK (login <> ''),
        name TEXT NOT NULL CHECK (name <> ''),
        role TEXT NOT NULL CHECK (role IN ('staff', 'supervisor', 'auditor')),
        password TEXT NOT NULL DEFAULT '' CHECK (password = '' OR password LIKE '$argon2id$%'),
        created TEXT NOT NULL,
        changed TEXT NOT NULL,
        disabled TEXT
    ) STRICT
    """,
    """
    CREATE TABLE staff_failures (
        login TEXT PRIMARY KEY,
        count INTEGER NOT NULL,
        last TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE staff_sessions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        token TEXT NOT NULL UNIQUE CHECK (length(token) = 64),
        staff_id INTEGER NOT NULL REFERENCES staff(id),
        started TEXT NOT NULL,
        seen TEXT NOT NULL,
        expires TEXT NOT NULL,
        ended TEXT,
        device TEXT NOT NULL DEFAULT ''
    ) STRICT
    """,
    "CREATE INDEX staff_sessions_staff ON staff_sessions(staff_id) WHERE ended IS NULL",
    """
    CREATE TABLE staff_codes (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        code TEXT NOT NULL UNIQUE CHECK (length(code) = 64),
        staff_id INTEGER REFERENCES staff(id),
        created TEXT NOT NULL,
        expires TEXT NOT NULL,
        ended TEXT
    ) STRICT
    """,
)

# The chain is held by the file itself: an entry continues the last one, and
# neither a database shell nor INSERT OR REPLACE can change what is written.
_AUDIT: Final = (
    """
    CREATE TABLE audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        by TEXT NOT NULL CHECK (by <> ''),
        what TEXT NOT NULL CHECK (what <> ''),
        target TEXT NOT NULL,
        detail TEXT NOT NULL CHECK (json_type(detail) = 'object'),
        previous TEXT NOT NULL,
        hash TEXT NOT NULL CHECK (length(hash) = 64)
    ) STRICT
    """,
    "CREATE INDEX audit_target ON audit(target, id)",
    """
    CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
    """,
    """
    CREATE TRIGGER audit_never_vanishes BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END
    """,
    """
    CREATE TRIGGER audit_is_a_chain BEFORE INSERT ON audit
    WHEN NEW.id <> 1 + COALESCE((SELECT MAX(id) FROM audit), 0)
        OR NEW.previous <> COALESCE((SELECT hash FROM audit ORDER BY id DESC LIMIT 1), '')
    BEGIN SELECT RAISE(ABORT, 'an audit entry continues the last one'); END
    """,
)

# Deletion on request: a request stays in the count, without its person. While
# `open` is 1, in one transaction, its events may be rewritten; the receipt stays.
_FORGOTTEN: Final = (
    """
    CREATE TABLE forgotten (
        resident_id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        by TEXT NOT NULL CHECK (by <> ''),
        created TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE anonymised (
        request_id INTEGER PRIMARY KEY REFERENCES requests(id) ON DELETE CASCADE,
        at TEXT NOT NULL,
        by TEXT NOT NULL CHECK (by <> ''),
        open INTEGER NOT NULL DEFAULT 1 CHECK (open IN (0, 1))
    ) STRICT
    """,
    "DROP TRIGGER events_never_change",
    """
    CREATE TRIGGER events_never_change BEFORE UPDATE ON events
    WHEN NOT EXISTS (SELECT 1 FROM anonymised WHERE request_id = OLD.request_id AND open = 1)
        OR NEW.id <> OLD.id OR NEW.request_id <> OLD.request_id OR NEW.version <> OLD.version
        OR NEW.at <> OLD.at OR NEW.what <> OLD.what
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END
    """,
)

OFFICE: Final = (*_STAFF, *_AUDIT, *_FORGOTTEN)
"""Statements of this migration."""
