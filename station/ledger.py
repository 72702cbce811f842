"""The ledger: everything the station has promised, kept so that nothing promised is lost.

`Ledger.file` returns when the request is on the disk: only then may a promise
be spoken. Kiosk, telephone and console each open the same file; a Ledger may
be shared between the threads of one program.

Every method may raise LedgerError (see `station.errors`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import structlog

from . import clock as station_clock
from . import filing, history, listing, residents, utterances
from .errors import LedgerError, UnknownRequest, UnknownResident
from .listing import Filter
from .requests import (
    SELECT_CHANGE,
    SELECT_REQUEST,
    Change,
    FiledRequest,
    Request,
    Slots,
    Status,
    change_of,
    request_of,
)
from .residents import Contact, Resident
from .spool import Spool, set_aside
from .store import BUSY_SECONDS, Store
from .utterances import Conversation, Utterance

log = structlog.get_logger(__name__)


class Ledger:
    """Requests, residents and conversations of one station."""

    def __init__(self, store: Store, spool: Spool | None, clock: Callable[[], datetime]) -> None:
        self.store = store
        self._spool = spool
        self._clock = clock
        self._waiting = False

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        spool: Path | None = None,
        clock: Callable[[], datetime] = station_clock.now,
        busy_seconds: float = BUSY_SECONDS,
    ) -> Ledger:
        """Open or create a ledger, and file what waits in the spool.

        `spool` is a folder, best on another disk; `clock` gives aware moments;
        `busy_seconds` is how long a writer waits for another program's.
        """
        store = Store.open(path, busy_seconds=busy_seconds)
        ledger = cls(store, Spool(spool) if spool else None, clock)
        ledger.replay()
        return ledger

    def close(self) -> None:
        """Close the file; the ledger is not used afterwards."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def now(self) -> datetime:
        """This moment by the ledger's clock."""
        return self._clock()

    # --- requests ---------------------------------------------------------------------------

    def file(self, filed: FiledRequest) -> Request:
        """File a request: it is on the disk when this returns.

        When the ledger cannot take it, the request is kept in the spool, the
        LedgerError's `spooled` tells where, and no promise may be spoken.
        """
        try:
            request = self.file_all([filed])[0]
        except LedgerError as error:
            self._rescue(filed, error)
            raise
        if self._waiting:
            self.replay()
        return request

    def file_all(self, filed: Iterable[FiledRequest]) -> list[Request]:
        """File several requests at once: all of them or none."""
        with self.store.writing("file the request") as db:
            now = self._clock()
            rows = [filing.insert(db, each, now) for each in filed]
            found = [next(iter(db.query(_BY_ID, (row,)))) for row in rows]
        return [request_of(row) for row in found]

    def change(
        self,
        number: str,
        *,
        by: str,
        slots: Slots | None = None,
        why: str = "",
        version: int | None = None,
        **fields: Any,
    ) -> Request:
        """Change an open request: `slots` are merged (null removes one).

        `fields` are intent, kind, priority, note, unfinished, phone, summary, resident or
        conversation or assigned. Nothing different: nothing happens. `version` is the one that
        was read; ConflictError when it is no longer that one.
        """
        unknown = sorted(set(fields) - set(_CHANGEABLE))
        if unknown:
            raise TypeError(f"a request has no changeable {unknown}: use {sorted(_CHANGEABLE)}")
        if slots is not None:
            fields["slots"] = dict(slots)
        deed = filing.Deed(by, self._clock(), why, version)
        with self.store.writing(f"change request {number}") as db:
            filing.change(db, number, fields, deed)
        return self.request(number)

    def advance(
        self, number: str, status: Status, *, by: str, note: str = "", version: int | None = None
    ) -> Request:
        """Move a request on; StatusError when it cannot go there."""
        deed = filing.Deed(by, self._clock(), note, version)
        with self.store.writing(f"move request {number} to {status}") as db:
            filing.advance(db, number, status, deed)
        return self.request(number)

    def cancel(
        self, number: str, *, by: str, note: str = "", version: int | None = None
    ) -> Request:
        """Cancel an open request."""
        return self.advance(number, "cancelled", by=by, note=note, version=version)

    def remark(self, number: str, note: str, *, by: str, version: int | None = None) -> Request:
        """Put a remark into a request's history: rang, nobody answered.

        With the `version` that was seen, the same remark sent twice is kept once.
        """
        with self.store.writing(f"note on request {number}") as db:
            filing.remark(db, number, filing.Deed(by, self._clock(), note, version))
        return self.request(number)

    def request(self, number: str) -> Request:
        """The newest request with this number; UnknownRequest if there is none."""
        sql = f"{SELECT_REQUEST} WHERE requests.number = ? ORDER BY requests.id DESC LIMIT 1"
        row = self.store.first(sql, (number,), what=f"read request {number}")
        if row is None:
            raise UnknownRequest(f"request {number!r} is not in the ledger: check the number")
        return request_of(row)

    def requests(self, wanted: Filter = Filter()) -> Iterator[Request]:  # noqa: B008 - frozen
        """Requests, oldest first unless the filter says otherwise; read lazily."""
        return listing.find(self.store, wanted)

    def open_requests(self, resident: int | None = None, *, phone: str = "") -> list[Request]:
        """What a resident, or a caller's number, waits for, or what goes on in its place.

        Oldest first; none where nobody is known: a stranger is told no neighbour's business.
        """
        return listing.waiting(self.store, resident, phone)

    def last_done(self, resident: int) -> list[Request]:
        """The latest request of each service that was done for a resident; newest first."""
        return listing.last_done(self.store, resident)

    def history(self, number: str) -> list[Change]:
        """Everything that happened to a request, oldest first."""
        sql = f"{SELECT_CHANGE} WHERE events.request_id = ? ORDER BY events.id"
        rows = self.store.read(sql, (self.request(number).id,), what=f"read request {number}")
        return [change_of(row) for row in rows]

    def changes(self, since: int = 0, limit: int = 1000) -> list[Change]:
        """Changes of all requests with an id above `since`, oldest first."""
        sql = f"{SELECT_CHANGE} WHERE events.id > ? ORDER BY events.id LIMIT ?"
        return [change_of(row) for row in self.store.read(sql, (since, limit), what="watch")]

    def newest_change(self) -> int:
        """The id of the newest change, to watch from now on."""
        row = self.store.first("SELECT COALESCE(MAX(id), 0) AS id FROM events")
        return int(row["id"]) if row else 0

    def watch(
        self, since: int = 0, *, stop: threading.Event | None = None, every: float = 0.2
    ) -> Iterator[Change]:
        """Changes as they happen in any program, looked for `every` seconds, until `stop`."""
        while stop is None or not stop.is_set():
            news = self.changes(since)
            for change in news:
                yield change
                since = change.id
            if not news:
                stop.wait(every) if stop else time.sleep(every)

    def contradictions(self) -> list[str]:
        """What is wrong in the file: damage, or rows their events do not explain; else empty."""
        return history.contradictions(self.store)

    # --- the spool --------------------------------------------------------------------------

    def replay(self) -> int:
        """File what waits in the spool, each exactly once; gives how many were filed.

        Done when a ledger is opened, and after the first request it takes again.
        """
        count = 0
        try:
            for path, filed in self._spool.read() if self._spool else ():
                count += self._replay_one(path, filed)
        except (LedgerError, OSError) as error:
            log.warning("spool_not_emptied", reason=type(error).__name__)
        else:
            self._waiting = False
        return count

    def _replay_one(self, path: Path, filed: FiledRequest) -> int:
        try:
            request = self.file_all([filed])[0]
        except LedgerError as error:
            if error.code != "refused":
                raise
            log.critical("spooled_request_refused", file=path.name)
            set_aside(path, "refused")
            return 0
        path.unlink(missing_ok=True)
        log.warning("spooled_request_filed", file=path.name, number=request.number)
        return 1

    def _rescue(self, filed: FiledRequest, error: LedgerError) -> None:
        if self._spool is None:
            return
        try:
            error.spooled = self._spool.keep(filed)
            self._waiting = True
        except LedgerError as second:
            error.add_note(str(second))
        log.critical("request_not_filed", code=error.code, spooled=error.spooled is not None)

    # --- residents --------------------------------------------------------------------------

    def upsert_resident(self, resident: Resident) -> Resident:
        """Keep a resident: by id, else by card, else as a new one; gives it with its id."""
        with self.store.writing("keep the resident") as db:
            known = residents.upsert(db, resident, station_clock.to_text(self._clock()))
        return self.resident(known)

    def resident(self, id_: int) -> Resident:
        """The resident with this id; UnknownResident if there is none."""
        found = residents.by_id(self.store, id_)
        if found is None:
            raise UnknownResident(f"resident {id_} is not in the ledger")
        return found

    def resident_by_card(self, card: str) -> Resident | None:
        """The resident with this card."""
        return residents.by_card(self.store, card)

    def residents_by_name(self, name: str) -> tuple[Resident, ...]:
        """Everybody who has this name."""
        return residents.by_name(self.store, name)

    def residents_by_phone(self, phone: str) -> tuple[Resident, ...]:
        """Everybody who has this number."""
        return residents.by_phone(self.store, phone)

    def resident_by_phone(self, phone: str) -> Resident | None:
        """The resident with this number; None when nobody has it or several share it."""
        found = residents.by_phone(self.store, phone)
        return found[0] if len(found) == 1 else None

    def caller(self, phone: str) -> tuple[Resident | None, Contact | None]:
        """Whose matters a call is about, and who asks in their place; see `residents.caller`."""
        return residents.caller(self.store, phone)

    # --- conversations ----------------------------------------------------------------------

    def keep_conversation(self, conversation: Conversation) -> None:
        """Begin a conversation, or bring it up to date by its id."""
        with self.store.writing("keep the conversation", durable=False) as db:
            utterances.keep_conversation(db, conversation)

    def add_utterance(self, utterance: Utterance, *, channel: str = "kiosk") -> None:
        """Keep an utterance; its conversation is begun when it is not there yet.

        Safe against a crash of the program; a power cut may lose the last ones.
        """
        with self.store.writing("keep the utterance", durable=False) as db:
            utterances.keep(db, utterance, channel)

    def conversation(self, id_: str) -> Conversation | None:
        """The conversation with this id."""
        return utterances.conversation(self.store, id_)

    def utterances(self, conversation: str) -> tuple[Utterance, ...]:
        """A conversation's utterances in order."""
        return utterances.of_conversation(self.store, conversation)


_BY_ID = f"{SELECT_REQUEST} WHERE requests.id = ?"

_CHANGEABLE = frozenset(history.TOLD) - {
    "status", "slots", "channel", "acknowledged", "merged", "absorbed"
}  # fmt: skip
