"""Who was told of an alarm, and when: kept before it rings, for a restart goes on from there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from . import clock
from .store import Row, Store

LOST: Final = "lost"
"""The program died while it rang: it counts as not rung."""


@dataclass(frozen=True, slots=True)
class AlarmCall:
    """One person rung about one alarm."""

    id: int
    """Row in the ledger."""
    request: int
    """Row of the alarm."""
    step: int
    """0 at once, 1 the next person, from 2 on everybody."""
    name: str
    """Who, as staff write it."""
    phone: str
    """Their number or extension."""
    at: datetime
    """When it rang, UTC+8."""
    outcome: str
    """rings: empty; heard, taken, settled, no_answer, failed, refused, lost."""
    ended: datetime | None
    """When it was over."""


def ring(
    store: Store, request: int, step: int, people: list[tuple[str, str]], now: datetime
) -> list[AlarmCall]:
    """Write down who (name, number) is rung now; those of them who were not rung in this step."""
    fresh: list[int] = []
    with store.writing("write down who is told") as db:
        for name, phone in people:
            rows = db.execute(
                "INSERT INTO alarm_calls (request_id, step, name, phone, at)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (request_id, step, phone) DO UPDATE"
                " SET at = excluded.at, outcome = '', ended = NULL WHERE outcome = ?"
                " RETURNING id",
                (request, step, name, phone, clock.to_text(now), LOST),
            ).fetchall()
            fresh += [row[0] for row in rows]
    return [each for each in of_request(store, request) if each.id in fresh]


def rung(store: Store, request: int, step: int) -> bool:
    """Whether everybody of a step was rung, and nobody's call was lost."""
    sql = "SELECT outcome FROM alarm_calls WHERE request_id = ? AND step = ?"
    rows = store.read(sql, (request, step), what="read who was told")
    return bool(rows) and all(row["outcome"] != LOST for row in rows)


def end(store: Store, id_: int, outcome: str, now: datetime) -> None:
    """It is over; what was written first stays."""
    with store.writing("write down what became of it") as db:
        db.execute(
            "UPDATE alarm_calls SET outcome = ?, ended = ? WHERE id = ? AND ended IS NULL",
            (outcome, clock.to_text(now), id_),
        )


def abandon(store: Store, now: datetime) -> int:
    """The line begins anew: what rang when it died is lost; how many."""
    with store.writing("write down what was lost") as db:
        return db.execute(
            "UPDATE alarm_calls SET outcome = ?, ended = ? WHERE ended IS NULL",
            (LOST, clock.to_text(now)),
        ).rowcount


def of_request(store: Store, request: int) -> list[AlarmCall]:
    """Everybody told of an alarm, in order."""
    sql = "SELECT * FROM alarm_calls WHERE request_id = ? ORDER BY at, id"
    return [_of(row) for row in store.read(sql, (request,), what="read who was told")]


def _of(row: Row) -> AlarmCall:
    return AlarmCall(
        row["id"],
        row["request_id"],
        row["step"],
        row["name"],
        row["phone"],
        clock.from_text(row["at"]),
        row["outcome"],
        clock.from_text(row["ended"]) if row["ended"] else None,
    )
