"""Tables of merging and teaching: which requests became one, and what corrections teach.

Like all of the schema: never edited once a station may have run it (`station.schema`).
"""

from __future__ import annotations

from typing import Final

# Both name requests by their uid: numbers come again after a year.
_MERGED: Final = (
    "ALTER TABLE requests ADD COLUMN merged TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE requests ADD COLUMN absorbed TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX requests_merged ON requests(merged) WHERE merged <> ''",
)

# `request` and `turn` name an utterance without holding it: both may be erased before it.
_LESSONS: Final = (
    """
    CREATE TABLE lessons (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        uid TEXT NOT NULL UNIQUE CHECK (uid <> ''),
        at TEXT NOT NULL,
        by TEXT NOT NULL CHECK (by <> ''),
        request TEXT NOT NULL,
        turn INTEGER NOT NULL,
        text TEXT NOT NULL CHECK (text <> ''),
        alternatives TEXT NOT NULL DEFAULT '[]' CHECK (json_type(alternatives) = 'array'),
        asked TEXT NOT NULL DEFAULT '',
        understood TEXT NOT NULL CHECK (json_type(understood) = 'object'),
        corrected TEXT NOT NULL CHECK (json_type(corrected) = 'object'),
        status TEXT NOT NULL DEFAULT 'new' CHECK (status IN
            ('new', 'approved', 'rejected', 'withdrawn')),
        decided TEXT NOT NULL DEFAULT '',
        decided_by TEXT NOT NULL DEFAULT '',
        confirmed TEXT NOT NULL DEFAULT '',
        confirmed_by TEXT NOT NULL DEFAULT '',
        UNIQUE (request, turn)
    ) STRICT
    """,
    "CREATE INDEX lessons_status ON lessons(status, id)",
)

TEACHING: Final = (*_MERGED, *_LESSONS)
"""Statements of merging and teaching."""
