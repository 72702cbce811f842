"""One connection to the ledger's file: how it is opened, written and what its errors mean."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

from sqlite_utils import Database

from .errors import LedgerError
from .schema import VERSION, migrations

Row: TypeAlias = dict[str, Any]
"""Column name → value."""

Parameters: TypeAlias = Sequence[Any] | dict[str, Any]
"""Values for `?` or `:name`."""

BUSY_SECONDS: Final = 5.0
"""How long a writer waits for another one: an elder is listening."""

_AGAIN_S: Final = 0.001
"""Between two tries for the write lock: a filing holds it for two of these."""

_CODES: Final[Mapping[int, str]] = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_IOERR: "disk_error",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_PERM: "read_only",
    sqlite3.SQLITE_CANTOPEN: "cannot_open",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_CONSTRAINT: "refused",
}

_CURES: Final[Mapping[str, str]] = {
    "busy": "another program holds the ledger: close what is stuck (a backup, a database shell)",
    "disk_full": "the disk is full: free space on it",
    "disk_error": "the disk refuses to write: check its space, quota and health",
    "read_only": "it cannot be written: allow Linli's user to write the file and its folder",
    "cannot_open": "it cannot be opened: make sure that its folder exists and that "
    "Linli's user may write there",
    "damaged": "it is damaged or no ledger: move it aside and restore the last backup",
    "refused": "the ledger's rules forbid it",
    "gone": "the file was moved or deleted while in use: put it back and start Linli again",
    "closed": "the ledger has been closed",
    "failed": "see the cause",
}


class Store:
    """The ledger's file, opened for one process; safe to share between its threads."""

    def __init__(
        self, path: Path, connection: sqlite3.Connection, busy_seconds: float = BUSY_SECONDS
    ) -> None:
        self.path = path
        self.db = Database(connection, execute_plugins=False)
        self._lock = threading.RLock()
        self._identity: tuple[int, int] | None = None
        self._busy_seconds = busy_seconds

    @classmethod
    def open(cls, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> Store:
        """Open or create the file and bring its schema up to date.

        Raises LedgerError when it cannot be opened, is damaged or newer than this program.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unopened(path, error) from error
        with _explained(path, "open the ledger"), ExitStack() as undo:
            connection = sqlite3.connect(
                path, timeout=busy_seconds, isolation_level=None, check_same_thread=False
            )
            undo.callback(connection.close)
            store = cls(path, connection, busy_seconds)
            store._prepare(busy_seconds)
            store._identity = _identity(path)
            undo.pop_all()
            return store

    def _prepare(self, busy_seconds: float) -> None:
        execute = self.db.execute
        execute("PRAGMA foreign_keys = ON")
        self._log_ahead(time.monotonic() + busy_seconds)
        execute("PRAGMA synchronous = FULL")
        execute("PRAGMA journal_size_limit = 33554432")
        execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten as well
        if self.version() > VERSION:
            raise LedgerError(
                f"{self.path}: this ledger has schema {self.version()}, newer than the "
                f"{VERSION} this program knows: install the newer Linli again",
                code="newer",
                path=self.path,
            )
        if self.version() < VERSION:
            # One transaction for all steps: two programs starting together
            # upgrade once, and a failed upgrade leaves the old ledger.
            with self._transaction():
                migrations.apply(self.db)

    def _log_ahead(self, deadline: float) -> None:
        """Switch to WAL; SQLite does not wait for rivals that switch at the same moment."""
        while self.db.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            try:
                self.db.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def version(self) -> int:
        """The schema's version."""
        return int(self.db.execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with ExitStack() as undo:
            self._begin()
            undo.callback(self.db.rollback)
            yield
            self.db.execute("COMMIT")
            undo.pop_all()

    def _begin(self) -> None:
        """Take the write lock, waiting for other programs.

        SQLite itself waits up to a tenth of a second between two tries, and whoever asks
        more often comes first: with three that file, one of them would wait a second.
        """
        deadline = time.monotonic() + self._busy_seconds
        self.db.execute("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    self.db.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError as error:
                    if _code_of(error) != "busy" or time.monotonic() >= deadline:
                        raise
                    time.sleep(_AGAIN_S)
                else:
                    return
        finally:
            self.db.execute(f"PRAGMA busy_timeout = {round(self._busy_seconds * 1000)}")

    @contextmanager
    def writing(self, what: str, *, durable: bool = True) -> Iterator[Database]:
        """A transaction that holds the write lock from its start: all or nothing.

        When the block ends the change is on the disk (fsync); with `durable`
        off it is safe against a crash of the program, not against a power cut.
        `what` names the deed in error messages. Raises LedgerError.
        """
        with self._lock, _explained(self.path, what):
            self._check_there(what)
            self.db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            with self._transaction():
                yield self.db

    def _check_there(self, what: str) -> None:
        """SQLite would go on writing into a file that was deleted or moved: lost promises."""
        if _identity(self.path) != self._identity:
            raise LedgerError(
                f"{self.path}: could not {what}: {_CURES['gone']}", code="gone", path=self.path
            )

    def read(self, sql: str, parameters: Parameters = (), *, what: str = "read") -> list[Row]:
        """All rows of a query. Raises LedgerError."""
        with self._lock, _explained(self.path, what):
            cursor = self.db.execute(sql, parameters)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def tuples(
        self, sql: str, parameters: Parameters = (), *, what: str = "read"
    ) -> list[tuple[Any, ...]]:
        """All rows of a query without names: for a great many. Raises LedgerError."""
        with self._lock, _explained(self.path, what):
            return self.db.execute(sql, parameters).fetchall()

    def first(self, sql: str, parameters: Parameters = (), *, what: str = "read") -> Row | None:
        """The first row of a query, None if there is none. Raises LedgerError."""
        rows = self.read(sql, parameters, what=what)
        return rows[0] if rows else None

    def wipe_log(self) -> bool:
        """Empty the log beside the file, where deleted words may still stand.

        False when somebody is reading just now: do it again later. Raises LedgerError.
        """
        with self._lock, _explained(self.path, "empty the log"):
            (stuck, *_) = self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not stuck

    def close(self) -> None:
        """Close the file; the store is not used afterwards."""
        with self._lock:
            self.db.close()


def _code_of(error: sqlite3.Error) -> str:
    number = getattr(error, "sqlite_errorcode", None)
    if number is None:
        return "closed" if "closed database" in str(error) else "failed"
    return _CODES.get(number & 0xFF, "failed")


def _unopened(path: Path, error: OSError) -> LedgerError:
    cure = _CURES["cannot_open"]
    return LedgerError(f"{path}: {cure} ({error.strerror})", code="cannot_open", path=path)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def _explained(path: Path, what: str) -> Iterator[None]:
    """Turn SQLite's errors into sentences a deployer can act on."""
    try:
        yield
    except sqlite3.Error as error:
        code = _code_of(error)
        message = f"{path}: could not {what}: {_CURES[code]} ({error})"
        raise LedgerError(message, code=code, path=path) from error
