"""The reports' tables: what is counted of each request, and where residents live.

Like all of the schema: never edited once a station may have run it (`station.schema`).
"""

from __future__ import annotations

from typing import Final

REPORTS: Final = (
    "ALTER TABLE residents ADD COLUMN village TEXT NOT NULL DEFAULT ''",
    # One row a request, without a person: it outlives the request, so that last year's
    # figures stay when its requests are erased. Seconds count from when it was asked for.
    """
    CREATE TABLE facts (
        request_id INTEGER PRIMARY KEY,
        event INTEGER NOT NULL,
        day TEXT NOT NULL,
        hour INTEGER NOT NULL,
        created TEXT NOT NULL,
        intent TEXT NOT NULL,
        channel TEXT NOT NULL,
        village TEXT NOT NULL,
        status TEXT NOT NULL,
        kind TEXT NOT NULL,
        priority TEXT NOT NULL,
        unfinished INTEGER NOT NULL,
        corrected INTEGER NOT NULL,
        answered INTEGER,
        closed INTEGER,
        acknowledged INTEGER,
        confidence INTEGER,
        pleased INTEGER,
        merged INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    "CREATE INDEX facts_day ON facts(day)",
    "CREATE INDEX facts_event ON facts(event)",
    # What an elder says afterwards is no event of the request.
    """
    CREATE TRIGGER a_score_is_a_fact AFTER INSERT ON satisfaction
    BEGIN UPDATE facts SET pleased = NEW.score WHERE request_id = NEW.request_id; END
    """,
    """
    CREATE TRIGGER a_new_score_is_a_fact AFTER UPDATE ON satisfaction
    BEGIN UPDATE facts SET pleased = NEW.score WHERE request_id = NEW.request_id; END
    """,
)
"""Statements of the reports; `satisfaction` (`station.reach_schema`) must stand already."""
