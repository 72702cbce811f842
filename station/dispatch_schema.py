"""The tables of dispatch: who helps, their work orders, the volunteers' hours, closed months.

Like all of the schema: never edited once a station may have run it (`station.schema`).
"""

from __future__ import annotations

from typing import Final

_HELPERS: Final = (
    """
    CREATE TABLE helpers (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL CHECK (kind IN ('canteen', 'housekeeping', 'caregiver', 'volunteer',
            'taxi', 'doctor', 'office')),
        name TEXT NOT NULL UNIQUE CHECK (name <> ''),
        phone TEXT NOT NULL DEFAULT '',
        areas TEXT NOT NULL DEFAULT '[]' CHECK (json_type(areas) = 'array'),
        hours TEXT NOT NULL DEFAULT '[]' CHECK (json_type(hours) = 'array'),
        most INTEGER NOT NULL DEFAULT 0 CHECK (most >= 0),
        note TEXT NOT NULL DEFAULT '',
        closed TEXT,
        created TEXT NOT NULL,
        changed TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE helper_services (
        helper_id INTEGER NOT NULL REFERENCES helpers(id),
        intent TEXT NOT NULL CHECK (intent <> ''),
        unit TEXT NOT NULL CHECK (unit IN ('visit', 'hour', 'item')),
        fen INTEGER CHECK (fen >= 0),
        PRIMARY KEY (helper_id, intent)
    ) STRICT
    """,
    """
    CREATE TRIGGER helpers_never_vanish BEFORE DELETE ON helpers
    BEGIN SELECT RAISE(ABORT, 'a helper is closed, not deleted: months were settled with them'); END
    """,
)

_WORK: Final = (
    """
    CREATE TABLE work_orders (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        number TEXT NOT NULL,
        request_id INTEGER REFERENCES requests(id) ON DELETE SET NULL,
        helper_id INTEGER NOT NULL REFERENCES helpers(id),
        intent TEXT NOT NULL,
        unit TEXT NOT NULL CHECK (unit IN ('visit', 'hour', 'item')),
        fen INTEGER CHECK (fen >= 0),
        round_to INTEGER NOT NULL CHECK (round_to > 0),
        rounding TEXT NOT NULL CHECK (rounding IN ('nearest', 'up', 'down')),
        nonce TEXT NOT NULL,
        expires TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN
            ('given', 'accepted', 'arrived', 'done', 'declined', 'revoked', 'void')),
        given TEXT NOT NULL,
        by TEXT NOT NULL CHECK (by <> ''),
        accepted TEXT,
        arrived TEXT,
        done TEXT,
        minutes INTEGER CHECK (minutes >= 0),
        items INTEGER NOT NULL DEFAULT 0 CHECK (items >= 0),
        version INTEGER NOT NULL DEFAULT 1,
        CHECK ((done IS NOT NULL) = (status IN ('done', 'void')))
    ) STRICT
    """,
    """
    CREATE UNIQUE INDEX work_orders_open ON work_orders(request_id)
    WHERE status IN ('given', 'accepted', 'arrived')
    """,
    "CREATE INDEX work_orders_request ON work_orders(request_id)",
    "CREATE INDEX work_orders_helper ON work_orders(helper_id, status)",
    "CREATE INDEX work_orders_done ON work_orders(done) WHERE done IS NOT NULL",
    """
    CREATE TRIGGER work_orders_never_vanish BEFORE DELETE ON work_orders
    BEGIN SELECT RAISE(ABORT, 'a work order is revoked or void, never deleted'); END
    """,
    """
    CREATE TABLE work_steps (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        order_id INTEGER NOT NULL REFERENCES work_orders(id),
        at TEXT NOT NULL,
        by TEXT NOT NULL CHECK (by <> ''),
        what TEXT NOT NULL CHECK (what IN ('given', 'accepted', 'declined', 'arrived', 'done',
            'noted', 'revoked', 'reopened', 'corrected', 'void', 'link')),
        note TEXT NOT NULL DEFAULT ''
    ) STRICT
    """,
    "CREATE INDEX work_steps_order ON work_steps(order_id, id)",
    # A note goes when the elder asks to be forgotten; that a step was made stays.
    """
    CREATE TRIGGER work_steps_never_change BEFORE UPDATE ON work_steps
    WHEN NEW.id <> OLD.id OR NEW.order_id <> OLD.order_id OR NEW.at <> OLD.at
        OR NEW.by <> OLD.by OR NEW.what <> OLD.what OR (NEW.note <> OLD.note AND NEW.note <> '')
    BEGIN SELECT RAISE(ABORT, 'steps are append-only'); END
    """,
    """
    CREATE TRIGGER work_steps_never_vanish BEFORE DELETE ON work_steps
    BEGIN SELECT RAISE(ABORT, 'steps are append-only'); END
    """,
    """
    CREATE TABLE work_photos (
        step_id INTEGER PRIMARY KEY REFERENCES work_steps(id),
        at TEXT NOT NULL,
        jpeg BLOB NOT NULL
    ) STRICT
    """,
    "CREATE INDEX work_photos_at ON work_photos(at)",
    """
    CREATE TRIGGER work_loses_what_was_told BEFORE DELETE ON requests
    BEGIN
        DELETE FROM work_photos WHERE step_id IN (SELECT work_steps.id FROM work_steps
            JOIN work_orders ON work_orders.id = order_id WHERE request_id = OLD.id);
        UPDATE work_steps SET note = '' WHERE order_id IN
            (SELECT id FROM work_orders WHERE request_id = OLD.id);
    END
    """,
)

_HOURS: Final = (
    """
    CREATE TABLE time_entries (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at TEXT NOT NULL,
        helper_id INTEGER NOT NULL REFERENCES helpers(id),
        order_id INTEGER REFERENCES work_orders(id),
        what TEXT NOT NULL CHECK (what IN ('earned', 'corrected', 'spent')),
        minutes INTEGER NOT NULL CHECK (minutes <> 0),
        resident_id INTEGER REFERENCES residents(id) ON DELETE SET NULL,
        by TEXT NOT NULL CHECK (by <> ''),
        note TEXT NOT NULL DEFAULT '',
        CHECK (what <> 'spent' OR (minutes < 0 AND order_id IS NULL))
    ) STRICT
    """,
    "CREATE INDEX time_entries_helper ON time_entries(helper_id, id)",
    "CREATE INDEX time_entries_order ON time_entries(order_id)",
    "CREATE INDEX time_entries_resident ON time_entries(resident_id)",
    """
    CREATE TRIGGER time_entries_never_change BEFORE UPDATE ON time_entries
    WHEN NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.helper_id <> OLD.helper_id
        OR NEW.order_id IS NOT OLD.order_id OR NEW.what <> OLD.what
        OR NEW.minutes <> OLD.minutes OR NEW.by <> OLD.by
        OR (NEW.resident_id IS NOT OLD.resident_id AND NEW.resident_id IS NOT NULL)
        OR (NEW.note <> OLD.note AND NEW.note <> '')
    BEGIN SELECT RAISE(ABORT, 'the time bank is append-only'); END
    """,
    """
    CREATE TRIGGER time_entries_never_vanish BEFORE DELETE ON time_entries
    BEGIN SELECT RAISE(ABORT, 'the time bank is append-only'); END
    """,
)

_MONTHS: Final = (
    """
    CREATE TABLE settlements (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        month TEXT NOT NULL CHECK (month GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]'),
        revision INTEGER NOT NULL CHECK (revision > 0),
        at TEXT NOT NULL,
        by TEXT NOT NULL CHECK (by <> ''),
        why TEXT NOT NULL DEFAULT '' CHECK (revision = 1 OR why <> ''),
        data TEXT NOT NULL CHECK (json_type(data) = 'object'),
        hash TEXT NOT NULL CHECK (length(hash) = 64),
        UNIQUE (month, revision)
    ) STRICT
    """,
    """
    CREATE TRIGGER settlements_never_change BEFORE UPDATE ON settlements
    BEGIN SELECT RAISE(ABORT, 'a closed month does not change'); END
    """,
    """
    CREATE TRIGGER settlements_never_vanish BEFORE DELETE ON settlements
    BEGIN SELECT RAISE(ABORT, 'a closed month does not change'); END
    """,
)

DISPATCH: Final = (*_HELPERS, *_WORK, *_HOURS, *_MONTHS)
"""Statements of dispatch."""
