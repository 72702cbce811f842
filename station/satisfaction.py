"""What elders said when they were asked how it was done: 1 good, 2 so-so, 3 not good.

One answer a request, as it was given last; nobody is in it but the request. The closing
call asks (`linli.closing`), reports read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from . import clock
from .store import Row, Store

Score: TypeAlias = Literal[1, 2, 3]
"""As it is pressed: 1 good, 2 so-so, 3 not good."""

How: TypeAlias = Literal["key", "word", "staff"]
"""By a key, by word of mouth, or told to staff."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said about one request."""

    number: str
    """The request's number."""
    intent: str
    """Its service."""
    score: Score
    """1 good, 2 so-so, 3 not good."""
    how: How
    """How it was told."""
    at: datetime
    """When, UTC+8."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What was said about many."""

    good: int
    """How often 1."""
    fair: int
    """How often 2."""
    bad: int
    """How often 3."""

    @property
    def count(self) -> int:
        """How many answered."""
        return self.good + self.fair + self.bad

    @property
    def mean(self) -> float | None:
        """Between 1 (all good) and 3; None where nobody answered."""
        if not self.count:
            return None
        return (self.good + 2 * self.fair + 3 * self.bad) / self.count

    @property
    def share(self) -> float | None:
        """How many of those who answered said good, 0 to 1; None where nobody answered."""
        return self.good / self.count if self.count else None


def keep(store: Store, request: int, score: Score, how: How, at: datetime) -> None:
    """Keep what was said about a request (its row); a later answer takes the place.

    Raises LedgerError, also for a request that is not there.
    """
    with store.writing("keep the answer") as db:
        db.execute(
            "INSERT INTO satisfaction (request_id, score, how, at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (request_id) DO UPDATE SET score = excluded.score,"
            " how = excluded.how, at = excluded.at",
            (request, score, how, clock.to_text(at)),
        )


_FROM: Final = " FROM satisfaction JOIN requests ON requests.id = satisfaction.request_id"
_BETWEEN: Final = " WHERE satisfaction.at >= ? AND satisfaction.at < ?"


def answer(store: Store, request: int) -> Answer | None:
    """What was said about a request (its row), None where nobody has answered."""
    sql = f"SELECT number, intent, score, how, at{_FROM} WHERE request_id = ?"
    row = store.first(sql, (request,), what="read the answer")
    return _of(row) if row else None


def answers(store: Store, since: datetime, until: datetime) -> list[Answer]:
    """Everything said in a span of time (aware; `until` not included), oldest first."""
    sql = f"SELECT number, intent, score, how, satisfaction.at AS at{_FROM}{_BETWEEN} ORDER BY 5, 1"
    span = (clock.to_text(since), clock.to_text(until))
    return [_of(row) for row in store.read(sql, span, what="read the answers")]


def summary(store: Store, since: datetime, until: datetime, intent: str = "") -> Summary:
    """The same, counted; of one service where `intent` is given."""
    service = " AND intent = ?" if intent else ""
    sql = f"SELECT score, COUNT(*) AS n{_FROM}{_BETWEEN}{service} GROUP BY score"
    span = (clock.to_text(since), clock.to_text(until))
    rows = store.read(sql, (*span, intent) if intent else span, what="count the answers")
    told = {row["score"]: row["n"] for row in rows}
    return Summary(*(int(told.get(score, 0)) for score in (1, 2, 3)))


def _of(row: Row) -> Answer:
    return Answer(
        row["number"], row["intent"], row["score"], row["how"], clock.from_text(row["at"])
    )
