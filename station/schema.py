"""The ledger's tables and how an older ledger becomes a newer one.

A migration is never edited once a station may have run it: add another.
"""

from __future__ import annotations

from typing import Final

from sqlite_utils import Database, Migrations

from .dispatch_schema import DISPATCH
from .first_schema import FIRST
from .office_schema import OFFICE
from .phone_schema import PHONE
from .reach_schema import REACH
from .report_schema import REPORTS
from .teaching_schema import TEACHING

migrations = Migrations("station")

VERSION: Final = 5
"""The newest schema this program knows; kept in `PRAGMA user_version`."""


@migrations(name="001_first")
def _first(db: Database) -> None:
    for statement in FIRST:
        db.execute(statement)
    db.execute("PRAGMA user_version = 1")


@migrations(name="002_phone")
def _phone(db: Database) -> None:
    for statement in PHONE:
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


@migrations(name="005_dispatch_and_reports")
def _dispatch_and_reports(db: Database) -> None:
    # The reports come last: their triggers stand on a table of what joins office and telephone.
    for statement in (*TEACHING, *REACH, *DISPATCH, *REPORTS):
        db.execute(statement)
    db.execute("PRAGMA user_version = 5")
