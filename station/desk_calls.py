"""Calls from a desk: a member of staff wants to ring somebody, the line makes the call.

The console keeps the wish, the line (another process) takes it up, and the page reads what
became of it. A wish nobody took up within `WANTED_S` is over: an elder is not rung an hour
later, when the line is there again. Every wish is a line of the audit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeAlias

from sqlite_utils import Database

from . import audit, clock
from .errors import LedgerError
from .store import Row, Store

State: TypeAlias = Literal["wanted", "desk", "ringing", "talking", "ended"]
"""Not taken up yet; the desk rings; the other telephone rings; they talk; over."""

WANTED_S: Final = 6.0
"""Seconds in which the line takes a wish up, if it runs at all."""
LONGEST: Final = timedelta(minutes=40)
"""A call that says nothing for so long is over, whatever became of it."""


class DeskBusy(LedgerError):
    """This desk, or this number, is being rung already."""

    code = "desk_busy"


class RungOften(LedgerError):
    """This number was rung often enough for now."""

    code = "rung_often"


@dataclass(frozen=True, slots=True)
class DeskCall:
    """One call from a desk."""

    desk: str
    """Extension of the telephone that rings first."""
    phone: str
    """Whom to ring."""
    by: str
    """Login of who wants it."""
    resident: int | None = None
    """The resident's id."""
    request: int | None = None
    """Row of the request it is about."""
    callback: int | None = None
    """Entry of the call-back list it is about."""
    id: int = 0
    """Row in the ledger; 0 before it is kept."""
    wanted: datetime = datetime.min
    """When it was asked for, UTC+8."""
    state: State = "wanted"
    """How far it is."""
    outcome: str = ""
    """What became of it: talked, no_answer, busy, failed, refused, given_up, desk_no_answer,
    desk_failed, no_line, no_exchange or lost; empty while it goes on."""
    changed: datetime = datetime.min
    """When that was, UTC+8."""
    seconds: int = 0
    """How long they talked."""

    @property
    def over(self) -> bool:
        """Whether nothing more happens."""
        return self.state == "ended"


def want(store: Store, call: DeskCall, now: datetime, *, per_hour: int) -> DeskCall:
    """Ask the line for a call; kept, with its line in the audit, when this returns.

    Raises DeskBusy, RungOften (the number was rung `per_hour` times), LedgerError.
    """
    with store.writing("ask for a call") as db:
        _tidy(db, now)
        busy = db.execute(
            "SELECT 1 FROM desk_calls WHERE closed IS NULL AND (desk = ? OR phone = ?)",
            (call.desk, call.phone),
        ).fetchone()
        if busy:
            raise DeskBusy(f"desk {call.desk} or the number is being rung: wait until it is over")
        hour = clock.to_text(now - timedelta(hours=1))
        sql = "SELECT COUNT(*) FROM desk_calls WHERE phone = ? AND wanted > ?"
        if db.execute(sql, (call.phone, hour)).fetchone()[0] >= per_hour:
            raise RungOften(f"the number was rung {per_hour} times within the hour: wait a while")
        at = clock.to_text(now)
        row = db.execute(
            "INSERT INTO desk_calls (desk, phone, by, resident_id, request_id, callback_id,"
            " wanted, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (call.desk, call.phone, call.by, call.resident, call.request, call.callback, at, at),
        ).lastrowid
        audit.append(
            db, at=now, by=call.by, what="phone.called", target=_target(db, call),
            detail={"desk": call.desk},
        )  # fmt: skip
    found = store.first(f"{_SELECT} WHERE id = ?", (row,))
    if found is None:
        raise LedgerError("a call was asked for and is not there", code="gone")
    return _of(found)


def _target(db: Database, call: DeskCall) -> str:
    if call.request is not None:
        sql = "SELECT number FROM requests WHERE id = ?"
        return f"request {db.execute(sql, (call.request,)).fetchone()[0]}"
    return f"callback {call.callback}" if call.callback else f"resident {call.resident}"


def take(store: Store, now: datetime) -> list[DeskCall]:
    """For the line: what is wanted now; it is the line's from here on."""
    if not store.read("SELECT 1 FROM desk_calls WHERE state = 'wanted'", what="look for calls"):
        return []
    with store.writing("take up calls") as db:
        _tidy(db, now)
        rows = list(db.query(f"{_SELECT} WHERE state = 'wanted' ORDER BY id"))
        for row in rows:
            db.execute(
                "UPDATE desk_calls SET state = 'desk', changed = ? WHERE id = ?",
                (clock.to_text(now), row["id"]),
            )
    return [_of(row) for row in rows]


def goes_on(store: Store, id_: int, state: Literal["ringing", "talking"], now: datetime) -> None:
    """It is one step further; nothing happens to one that is over."""
    with store.writing("note how far a call is", durable=False) as db:
        db.execute(
            "UPDATE desk_calls SET state = ?, changed = ? WHERE id = ? AND closed IS NULL",
            (state, clock.to_text(now), id_),
        )


def end(
    store: Store, id_: int, outcome: str, now: datetime, *, seconds: int = 0
) -> DeskCall | None:
    """It is over; None when it was so already."""
    with store.writing("note what became of a call") as db:
        done = _end(db, "id = ?", (id_,), outcome, now, seconds=seconds)
    row = store.first(f"{_SELECT} WHERE id = ?", (id_,)) if done else None
    return _of(row) if row else None


def abandon(store: Store, now: datetime) -> int:
    """The line begins anew: what it was about when it died is over; how many."""
    with store.writing("note lost calls") as db:
        return _end(db, "state <> 'wanted'", (), "lost", now)


def _tidy(db: Database, now: datetime) -> None:
    """What nobody took up, and what is long over."""
    unheard = clock.to_text(now - timedelta(seconds=WANTED_S))
    _end(db, "state = 'wanted' AND wanted < ?", (unheard,), "no_line", now)
    _end(db, "changed < ?", (clock.to_text(now - LONGEST),), "lost", now)


def _end(
    db: Database,
    which: str,
    values: tuple[Any, ...],
    outcome: str,
    now: datetime,
    *,
    seconds: int = 0,
) -> int:
    at = clock.to_text(now)
    done = db.execute(
        "UPDATE desk_calls SET state = 'ended', outcome = ?, changed = ?, closed = ?, seconds = ?"  # noqa: S608 - ours
        f" WHERE closed IS NULL AND {which}",
        (outcome, at, at, seconds, *values),
    )
    return int(done.rowcount)


def last(
    store: Store, now: datetime, *, request: int | None = None, callback: int | None = None
) -> DeskCall | None:
    """The newest call about a request or an entry of the call-back list, as it stands now."""
    name, value = ("request_id", request) if request is not None else ("callback_id", callback)
    sql = f"{_SELECT} WHERE {name} = ? ORDER BY id DESC LIMIT 1"
    row = store.first(sql, (value,), what="read calls from a desk")
    if row is None:
        return None
    found = _of(row)
    waited = (now - found.wanted).total_seconds()
    if found.state == "wanted" and waited > WANTED_S:
        return _of({**row, "state": "ended", "outcome": "no_line"})
    if not found.over and now - found.changed > LONGEST:
        return _of({**row, "state": "ended", "outcome": "lost"})
    return found


def erase(store: Store, before: datetime) -> int:
    """Delete what was over before; how many."""
    with store.writing("erase old calls from desks") as db:
        until = clock.to_text(before)
        return db.execute("DELETE FROM desk_calls WHERE closed < ?", (until,)).rowcount


_SELECT: Final = "SELECT * FROM desk_calls"


def _of(row: Row) -> DeskCall:
    return DeskCall(
        desk=row["desk"],
        phone=row["phone"],
        by=row["by"],
        resident=row["resident_id"],
        request=row["request_id"],
        callback=row["callback_id"],
        id=row["id"],
        wanted=clock.from_text(row["wanted"]),
        state=row["state"],
        outcome=row["outcome"],
        changed=clock.from_text(row["changed"]),
        seconds=row["seconds"],
    )
