"""Missed calls out of Asterisk's folder into the call-back list; old messages out of the world."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from ivr.folders import Folders
from ivr.missed import missed, old_messages
from ivr.numbers import masked
from station import callbacks, desk_calls, owed_calls
from station.callbacks import MissedCall
from station.errors import LedgerError
from station.ledger import Ledger
from station.settings import Settings

from .limits import limit

log = structlog.get_logger(__name__)


def take(settings: Settings, ledger: Ledger, folders: Folders) -> int:
    """Enter every missed call that is written down; how many. What cannot be entered stays."""
    soon = timedelta(minutes=limit("console.missed_call_min"))
    count = 0
    for each in missed(folders.missed):
        call = MissedCall(
            each.call,
            each.at,
            each.number,
            each.why,
            each.due(settings.hours, soon),
            each.message.name,
        )
        try:
            callbacks.enter(ledger.store, call)
        except LedgerError as error:
            log.critical("missed_call_not_entered", code=error.code, file=each.note.name)
            break
        each.done()
        log.warning("missed_call", number=masked(each.number), why=each.why)
        count += 1
    return count


def sweep(settings: Settings, ledger: Ledger, folders: Folders, now: datetime) -> int:
    """Delete messages and settled entries whose time is over; how many. Raises LedgerError."""
    data = settings.data
    waiting = {each.message for each in callbacks.waiting(ledger.store)}
    count = 0
    for path in old_messages(folders.missed, now - timedelta(days=data.recording_days)):
        oldest = now - timedelta(days=data.recording_days_at_most)
        if path.name not in waiting or path.stat().st_mtime < oldest.timestamp():
            path.unlink(missing_ok=True)
            count += 1
    until = now - timedelta(days=data.request_days)
    for name in callbacks.erase(ledger.store, until):
        (folders.missed / name).unlink(missing_ok=True)
        count += 1
    count += owed_calls.erase(ledger.store, until)
    return count + desk_calls.erase(ledger.store, until)
