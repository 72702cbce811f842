"""Calls that reached nobody, as the dialplan wrote them down before it promised anything.

Asterisk writes `missed/CALL.missed` itself, so a call is known even when Linli
was dead; what the caller said lies beside it as `CALL.wav`. Whoever reads
here first enters the call where it is kept, then calls `done`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Final

import structlog

from station.callbacks import Why
from station.clock import BEIJING
from station.model import HoursSection

from .promises import SOON

log = structlog.get_logger(__name__)

_LINE: Final = re.compile(
    r"(?P<call>[0-9.]+) (?P<at>\d{9,12}) (?P<why>busy|closed) (?P<promise>promise-[a-z0-9]+)"
    r" n(?P<number>\d*) l(?P<line>\d*) \."
)
_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class Missed:
    """A call that reached nobody."""

    call: str
    """Its id."""
    at: datetime
    """When, UTC+8."""
    why: Why
    """`busy`: nobody answered; `closed`: out of hours."""
    promise: str
    """What the caller was told, see `ivr.promises`."""
    number: str
    """Who called; empty when withheld."""
    note: Path
    """The file it was read from."""
    message: Path
    """Where their words are, if they left any."""

    def due(self, hours: HoursSection, soon: timedelta) -> datetime:
        """Until when they were promised a call."""
        if self.promise == SOON:
            return self.at + soon
        return opening_after(hours, self.at) + soon

    def done(self) -> None:
        """It is kept elsewhere: the note goes, the message stays."""
        self.note.unlink(missing_ok=True)


def opening_after(hours: HoursSection, moment: datetime) -> datetime:
    """When the station opens next; `moment` is aware."""
    here = moment.astimezone(BEIJING)
    for ahead in range(_DAYS):
        day = here.date() + timedelta(days=ahead)
        opens = datetime.combine(day, hours.opens, BEIJING)
        if opens > here and day.isoweekday() in hours.days and day not in hours.holidays:
            return opens
    return datetime.combine(here.date() + timedelta(days=1), time(8), BEIJING)


def missed(folder: Path) -> Iterator[Missed]:
    """Every call written down in a folder; one that makes no sense is told and set aside."""
    for note in sorted(folder.glob("*.missed")):
        try:
            text = note.read_text("ascii", "replace").strip()
        except FileNotFoundError:
            continue
        found = _LINE.fullmatch(text)
        if found is None:
            # An entry that is still being written is whole the next time.
            if _is_old(note):
                log.critical("missed_call_unreadable", file=note.name)
                note.replace(note.with_suffix(".unreadable"))
            continue
        why: Why = "closed" if found["why"] == "closed" else "busy"
        yield Missed(
            found["call"],
            datetime.fromtimestamp(int(found["at"]), BEIJING),
            why,
            found["promise"],
            found["number"],
            note,
            folder / f"{found['call']}.wav",
        )


def _is_old(path: Path) -> bool:
    age = datetime.now(BEIJING) - datetime.fromtimestamp(path.stat().st_mtime, BEIJING)
    return age > timedelta(seconds=10)


def old_messages(folder: Path, before: datetime) -> Iterator[Path]:
    """Messages spoken before a moment: their time to be kept is over."""
    for path in sorted(folder.glob("*.wav")):
        if datetime.fromtimestamp(path.stat().st_mtime, BEIJING) < before:
            yield path
