"""The ledger's tables and how an older ledger becomes a newer one.

A migration is never edited once a station may have run it: add another.
"""

from __future__ import annotations

from typing import Final

from sqlite_utils import Database, Migrations

from .dispatch_schema import DISPATCH
from .office_schema import OFFICE
from .reach_schema import REACH
from .report_schema import REPORTS, SCORES
from .teaching_schema import TEACHING

migrations = Migrations("station")

VERSION: Final = 9
"""The newest schema this program knows; kept in `PRAGMA user_version`."""

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


@migrations(name="001_first")
def _first(db: Database) -> None:
    for statement in (*_PEOPLE, *_TALK, *_REQUESTS, *_GUARDS):
        db.execute(statement)
    db.execute("PRAGMA user_version = 1")


_PHONE: Final = (
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


@migrations(name="002_phone")
def _phone(db: Database) -> None:
    for statement in _PHONE:
        db.execute(statement)
    db.execute("PRAGMA user_version = 2")


_CONSOLE: Final = (
    "ALTER TABLE requests ADD COLUMN assigned TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE requests ADD COLUMN acknowledged TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE events ADD COLUMN undoes INTEGER REFERENCES events(id)",
    "CREATE UNIQUE INDEX events_undoes ON events(undoes) WHERE undoes IS NOT NULL",
    "CREATE INDEX requests_intent ON requests(intent, created, id)",
    "CREATE INDEX requests_channel ON requests(channel, created, id)",
    "CREATE INDEX requests_priority ON requests(priority, created, id)",
    "CREATE INDEX requests_phone ON requests(phone) WHERE phone <> ''",
)


@migrations(name="003_console")
def _console(db: Database) -> None:
    for statement in _CONSOLE:
        db.execute(statement)
    db.execute("PRAGMA user_version = 3")


@migrations(name="004_office")
def _office(db: Database) -> None:
    for statement in OFFICE:
        db.execute(statement)
    db.execute("PRAGMA user_version = 4")


@migrations(name="005_reports")
def _reports(db: Database) -> None:
    for statement in REPORTS:
        db.execute(statement)
    db.execute("PRAGMA user_version = 5")


@migrations(name="006_teaching")
def _teaching(db: Database) -> None:
    for statement in TEACHING:
        db.execute(statement)
    db.execute("PRAGMA user_version = 6")


@migrations(name="007_reach")
def _reach(db: Database) -> None:
    for statement in REACH:
        db.execute(statement)
    db.execute("PRAGMA user_version = 7")


@migrations(name="008_dispatch")
def _dispatch(db: Database) -> None:
    for statement in DISPATCH:
        db.execute(statement)
    db.execute("PRAGMA user_version = 8")


@migrations(name="009_scores")
def _scores(db: Database) -> None:
    for statement in SCORES:
        db.execute(statement)
    db.execute("PRAGMA user_version = 9")
