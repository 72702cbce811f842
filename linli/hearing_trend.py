"""How well each channel has heard, week by week: a microphone that dies slowly is a slope."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final, TypeAlias

from station import clock

WEEKS: Final = 5
CHANNELS: Final = ("kiosk", "phone")
_Turn: TypeAlias = tuple[str, str, int, float, float | None]
_TURNS: Final = """
    SELECT utterances.at, utterances.kind, utterances.text <> '' AS spoken, confidence,
        json_extract(timing, '$.answer') AS answer
    FROM utterances JOIN conversations ON conversations.id = conversation_id
    WHERE channel = ? AND utterances.at >= ? AND kind IN ('heard', 'noise', 'silence')
"""


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days of one channel."""

    turns: int
    """How often an answer was listened for."""
    silent: int
    """Of these, with nothing heard."""
    sure: float | None
    """How sure recognition was, 0 to 1, median; None where nothing was heard."""
    answer_s: float | None
    """Seconds from the end of a turn to the answer, median; None where none is known."""


def weeks(shell: sqlite3.Connection, channel: str, now: datetime) -> list[Week]:
    """The last weeks of a channel, oldest first. Raises sqlite3.Error."""
    since = now - timedelta(weeks=WEEKS)
    rows = shell.execute(_TURNS, (channel, clock.to_text(since))).fetchall()
    return list(_weeks(rows, since))


def _weeks(rows: Sequence[_Turn], since: datetime) -> Iterator[Week]:
    for number in range(WEEKS):
        begin = clock.to_text(since + timedelta(weeks=number))
        end = clock.to_text(since + timedelta(weeks=number + 1))
        own = [row for row in rows if begin <= row[0] < end]
        sure = [float(row[3]) for row in own if row[1] == "heard" and row[2]]
        answers = [float(row[4]) / 1000 for row in own if row[4] is not None]
        yield Week(
            len(own),
            len(own) - len(sure),
            median(sure) if sure else None,
            median(answers) if answers else None,
        )


def worse(found: Sequence[Week], falls: float) -> bool:
    """Whether the last week's hearing is less sure than the weeks before by more than `falls`."""
    now = found[-1].sure
    before = [week.sure for week in found[:-1] if week.sure is not None]
    return now is not None and bool(before) and median(before) - now > falls
