"""The first tables: people, what was said, requests with their events, and erasures.

Like all of the schema: never edited once a station may have run it (`station.schema`).
"""

from __future__ import annotations

from typing import Final

_PEOPLE: Final = (
    """
    CREATE TABLE residents (
        id INTEGER PRIMARY KEY,
        card TEXT UNIQUE,
        name TEXT NOT NULL,
        called TEXT NOT NULL DEFAULT '',
        address TEXT NOT NULL DEFAULT '',
        dialect TEXT NOT NULL DEFAULT '',
        diet TEXT NOT NULL DEFAULT '',
        hospital TEXT NOT NULL DEFAULT '',
        wheelchair INTEGER NOT NULL DEFAULT 0 CHECK (wheelchair IN (0, 1)),
        lives_alone INTEGER NOT NULL DEFAULT 0 CHECK (lives_alone IN (0, 1)),
        profile TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(profile)),
        note TEXT NOT NULL DEFAULT '',
        created TEXT NOT NULL,
        changed TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE resident_phones (
        resident_id INTEGER NOT NULL REFERENCES residents(id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        phone TEXT NOT NULL,
        PRIMARY KEY (resident_id, phone)
    ) STRICT
    """,
    "CREATE INDEX residents_name ON residents(name)",
    "CREATE INDEX resident_phones_phone ON resident_phones(phone)",
    """
    CREATE TABLE contacts (
        resident_id INTEGER NOT NULL REFERENCES residents(id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        name TEXT NOT NULL,
        relation TEXT NOT NULL DEFAULT '',
        words TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(words)),
        nick TEXT NOT NULL DEFAULT '',
        phone TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (resident_id, position)
    ) STRICT
    """,
)

_TALK: Final = (
    """
    CREATE TABLE conversations (
        id TEXT PRIMARY KEY,
        started TEXT NOT NULL,
        ended TEXT,
        channel TEXT NOT NULL,
        resident_id INTEGER REFERENCES residents(id),
        phone TEXT NOT NULL DEFAULT '',
        consent INTEGER CHECK (consent IN (0, 1)),
        outcome TEXT NOT NULL DEFAULT ''
    ) STRICT
    """,
    "CREATE INDEX conversations_started ON conversations(started)",
    """
    CREATE TABLE utterances (
        id INTEGER PRIMARY KEY,
        conversation_id TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
        n INTEGER NOT NULL,
        at TEXT NOT NULL,
        kind TEXT NOT NULL,
        text TEXT NOT NULL DEFAULT '',
        alternatives TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(alternatives)),
        confidence REAL NOT NULL DEFAULT 0,
        guard TEXT NOT NULL DEFAULT '',
        asked TEXT NOT NULL DEFAULT '',
        said TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(said)),
        audio TEXT,
        audio_deleted TEXT,
        timing TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(timing)),
        UNIQUE (conversation_id, n)
    ) STRICT
    """,
    "CREATE INDEX utterances_audio ON utterances(at) WHERE audio IS NOT NULL",
)

_REQUESTS: Final = (
    """
    CREATE TABLE requests (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uid TEXT NOT NULL UNIQUE,
        day TEXT NOT NULL,
        seq INTEGER NOT NULL CHECK (seq > 0),
        number TEXT NOT NULL,
        created TEXT NOT NULL,
        changed TEXT NOT NULL,
        closed TEXT,
        channel TEXT NOT NULL CHECK (channel IN ('kiosk', 'phone', 'console', 'paper')),
        resident_id INTEGER REFERENCES residents(id),
        phone TEXT NOT NULL DEFAULT '',
        intent TEXT NOT NULL CHECK (intent <> ''),
        slots TEXT NOT NULL CHECK (json_type(slots) = 'object'),
        status TEXT NOT NULL CHECK (status IN
            ('new', 'accepted', 'dispatched', 'done', 'cancelled', 'failed')),
        kind TEXT NOT NULL CHECK (kind IN ('request', 'handed_over', 'emergency')),
        priority TEXT NOT NULL CHECK (priority IN ('ordinary', 'urgent', 'emergency')),
        note TEXT NOT NULL DEFAULT '',
        unfinished INTEGER NOT NULL DEFAULT 0 CHECK (unfinished IN (0, 1)),
        summary TEXT NOT NULL DEFAULT '',
        conversation_id TEXT REFERENCES conversations(id),
        version INTEGER NOT NULL DEFAULT 1,
        UNIQUE (day, seq),
        CHECK ((closed IS NOT NULL) = (status IN ('done', 'cancelled', 'failed')))
    ) STRICT
    """,
    "CREATE INDEX requests_number ON requests(number, id)",
    "CREATE INDEX requests_created ON requests(created, id)",
    "CREATE INDEX requests_status ON requests(status, created, id)",
    "CREATE INDEX requests_resident ON requests(resident_id, created, id)",
    "CREATE INDEX requests_conversation ON requests(conversation_id)",
    "CREATE INDEX requests_open ON requests(created, id) WHERE closed IS NULL",
    "CREATE INDEX requests_closed ON requests(closed) WHERE closed IS NOT NULL",
    """
    CREATE TABLE events (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        request_id INTEGER NOT NULL REFERENCES requests(id),
        version INTEGER NOT NULL,
        at TEXT NOT NULL,
        by TEXT NOT NULL CHECK (by <> ''),
        what TEXT NOT NULL CHECK (what IN ('filed', 'status', 'changed', 'noted')),
        old TEXT CHECK (old IS NULL OR json_valid(old)),
        new TEXT CHECK (new IS NULL OR json_valid(new)),
        note TEXT NOT NULL DEFAULT '',
        UNIQUE (request_id, version)
    ) STRICT
    """,
    """
    CREATE TABLE erasures (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        request_id INTEGER NOT NULL UNIQUE,
        uid TEXT NOT NULL UNIQUE,
        day TEXT NOT NULL,
        seq INTEGER NOT NULL,
        intent TEXT NOT NULL,
        channel TEXT NOT NULL,
        status TEXT NOT NULL,
        at TEXT NOT NULL,
        by TEXT NOT NULL,
        why TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX erasures_day ON erasures(day)",
)

# A stray UPDATE from a database shell is refused as well: what the events do
# not explain does not happen, and what was recorded stays recorded.
_GUARDS: Final = (
    """
    CREATE TRIGGER events_never_change BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END
    """,
    """
    CREATE TRIGGER events_never_vanish BEFORE DELETE ON events
    WHEN NOT EXISTS (SELECT 1 FROM erasures WHERE request_id = OLD.request_id)
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END
    """,
    """
    CREATE TRIGGER events_follow_each_other BEFORE INSERT ON events
    WHEN NEW.version <> 1 + COALESCE(
        (SELECT MAX(version) FROM events WHERE request_id = NEW.request_id), 0)
    BEGIN SELECT RAISE(ABORT, 'a version of the request is missing'); END
    """,
    """
    CREATE TRIGGER requests_change_with_an_event BEFORE UPDATE ON requests
    WHEN NEW.version <> OLD.version + 1
        OR NOT EXISTS (
            SELECT 1 FROM events WHERE request_id = OLD.id AND version = NEW.version)
        OR NEW.id <> OLD.id OR NEW.uid <> OLD.uid OR NEW.number <> OLD.number
        OR NEW.created <> OLD.created
    BEGIN SELECT RAISE(ABORT, 'a request changes only with an event'); END
    """,
    """
    CREATE TRIGGER requests_never_vanish BEFORE DELETE ON requests
    WHEN NOT EXISTS (SELECT 1 FROM erasures WHERE request_id = OLD.id)
    BEGIN SELECT RAISE(ABORT, 'a request never vanishes'); END
    """,
    """
    CREATE TRIGGER erasures_never_change BEFORE UPDATE ON erasures
    BEGIN SELECT RAISE(ABORT, 'erasures are append-only'); END
    """,
    """
    CREATE TRIGGER erasures_never_vanish BEFORE DELETE ON erasures
    BEGIN SELECT RAISE(ABORT, 'erasures are append-only'); END
    """,
)

FIRST: Final = (*_PEOPLE, *_TALK, *_REQUESTS, *_GUARDS)
"""Statements of this migration."""
