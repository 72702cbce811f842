"""One sweep over everything a station keeps only for a while; `linli sweep` and every night."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from ivr.folders import Folders
from station import audit, retention, work_photos
from station.accounts import Accounts
from station.ledger import Ledger
from station.retention import Swept
from station.sessions import Sessions
from station.settings import Settings

from . import missed_calls
from .limits import limit
from .places import heads_of

log = structlog.get_logger(__name__)

SESSIONS: Final = timedelta(days=30)
"""How long it stays visible which browser was logged in; the audit keeps the log-ins."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What one sweep deleted."""

    kept: Swept
    """Recordings, requests and conversations."""
    messages: int
    """Messages of callers, and entries of the call-back list that were settled long ago."""
    sessions: int
    """Sessions of staff that ended long ago."""
    photos: int
    """Pictures that helpers sent long ago."""
    wiped: bool
    """False: a long reader kept deleted words in the ledger's log; the next sweep wipes them."""

    @property
    def counts(self) -> dict[str, int]:
        """Everything countable, by name."""
        own = {"messages": self.messages, "sessions": self.sessions, "photos": self.photos}
        return {**asdict(self.kept), **own}


def due(settings: Settings, ledger: Ledger, now: datetime) -> Swept:
    """What of recordings, requests and conversations would go at `now`; nothing is deleted."""
    return retention.due(ledger.store, settings.kept_recordings(), settings.retention(), now)


def sweep(settings: Settings, ledger: Ledger, now: datetime, *, by: str = "linli") -> Sweep:
    """Delete everything whose time is over, tell the log and the audit, note the audit's head.

    Doing it again does nothing. Raises LedgerError or OSError; what was deleted stays deleted.
    """
    store = ledger.store
    kept = retention.sweep(store, settings.kept_recordings(), settings.retention(), now)
    messages = missed_calls.sweep(settings, ledger, Folders(settings.phone.folder), now)
    sessions = Sessions(Accounts(store)).erase(now - SESSIONS)
    photos = work_photos.sweep(store, now - timedelta(days=limit("dispatch.photo_days")))
    done = Sweep(kept, messages, sessions, photos, store.wipe_log())
    if any(done.counts.values()):
        audit.record(store, at=now, by=by, what="swept", detail=done.counts)
    audit.note_head(store, heads_of(settings), now)
    log.info("swept", wiped=done.wiped, **done.counts)
    return done
