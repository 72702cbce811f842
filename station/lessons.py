"""Lessons: what corrections teach, from the correction to a supervisor's word.

A lesson is new until a supervisor approves or rejects it. One that would raise an alarm has to
be approved twice: by two people, or by one on two days. What becomes of an approved lesson is
not written here: it is applied by `linli learn apply`, which measures it first.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

from sqlite_utils import Database

from . import audit
from .anonymous import Anonymous
from .clock import from_text, to_text
from .corrections import Candidate, candidates
from .errors import LedgerError
from .history import to_text as to_json
from .ledger import Ledger
from .store import Row, Store

Status: TypeAlias = Literal["new", "approved", "rejected", "withdrawn"]
"""`withdrawn`: staff took their correction back."""

ALARM: Final = "emergency"
"""What is taught only after it was approved twice."""
_LONGEST: Final = 200


class LessonError(LedgerError):
    """A lesson cannot be decided so: `code` is unknown_lesson, decided, too_soon or bad_lesson."""

    code = "unknown_lesson"


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson as it stands."""

    id: int
    """Its row, as staff name it."""
    uid: str
    """Its identity, also at other stations."""
    at: datetime
    """When it was corrected, UTC+8."""
    by: str
    """Who corrected it."""
    text: str
    """What was heard, without names."""
    alternatives: tuple[str, ...]
    """What else was heard."""
    asked: str
    """The slot that had been asked for."""
    understood: Mapping[str, Any]
    """`intent` and `slots` as the machine had it."""
    corrected: Mapping[str, Any]
    """… and as it should be."""
    status: Status
    """Where it stands."""
    decided_by: str
    """Which supervisor decided; empty while it is new."""
    decided: datetime | None
    """When."""
    confirmed_by: str
    """Who approved it a second time, where it needs that."""

    @property
    def intent(self) -> str:
        """What it should have been."""
        return str(self.corrected["intent"])

    @property
    def slots(self) -> Mapping[str, Any]:
        """What staff put right beside."""
        slots: Mapping[str, Any] = self.corrected.get("slots", {})
        return slots

    @property
    def ready(self) -> bool:
        """It may be applied."""
        return self.status == "approved" and (self.intent != ALARM or bool(self.confirmed_by))

    @property
    def half(self) -> bool:
        """It was approved once and has to be approved again."""
        return self.status == "approved" and not self.ready


def note(ledger: Ledger, number: str, anonymous: Anonymous | None = None) -> int:
    """Bring the lessons of a request up to date with its corrections; gives how many are new.

    Doing it again changes nothing; what a supervisor has decided stays. Raises LedgerError.
    """
    request = ledger.request(number)
    if request.conversation is None:
        return 0
    found = candidates(ledger, number, anonymous or Anonymous.of(ledger.store))
    now = to_text(ledger.now())
    with ledger.store.writing("note what a correction teaches") as db:
        for each in found:
            _keep(db, request.uid, each, now)
        turns = [each.turn for each in found]
        marks = ", ".join("?" * len(turns))
        db.execute(
            f"UPDATE lessons SET status = 'withdrawn' WHERE request = ? AND status = 'new'"  # noqa: S608
            f" AND turn NOT IN ({marks})",
            [request.uid, *turns],
        )
    return len(found)


def _keep(db: Database, request: str, found: Candidate, now: str) -> None:
    values = {
        "uid": uuid.uuid4().hex,
        "at": now,
        "by": found.by,
        "request": request,
        "turn": found.turn,
        "text": found.text[:_LONGEST],
        "alternatives": to_json(list(found.alternatives)),
        "asked": found.asked,
        "understood": to_json(found.understood),
        "corrected": to_json(found.corrected),
    }
    _insert(
        db,
        values,
        "ON CONFLICT (request, turn) DO UPDATE SET at = excluded.at, by = excluded.by,"
        " corrected = excluded.corrected, asked = excluded.asked, status = 'new'"
        " WHERE status IN ('new', 'withdrawn') AND (corrected <> excluded.corrected"
        " OR status = 'withdrawn')",
    )


def _insert(db: Database, values: Mapping[str, Any], conflict: str) -> None:
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    db.execute(f"INSERT INTO lessons ({names}) VALUES ({marks}) {conflict}", dict(values))  # noqa: S608


def bring(ledger: Ledger, told: Iterable[Mapping[str, Any]], *, by: str) -> int:
    """Take lessons of another station as new ones; gives how many were not known yet.

    Their words are blanked once more, with our own names. Raises LessonError for what is none.
    """
    anonymous, now, before = Anonymous.of(ledger.store), to_text(ledger.now()), count(ledger.store)
    with ledger.store.writing("take lessons in") as db:
        for entry in told:
            _insert(db, _brought(entry, anonymous, by, now), "ON CONFLICT DO NOTHING")
    return count(ledger.store) - before


def _brought(
    entry: Mapping[str, Any], anonymous: Anonymous, by: str, now: str
) -> Mapping[str, Any]:
    try:
        uid, text = str(entry["uid"]), anonymous(str(entry["text"]))[:_LONGEST]
        understood, corrected = entry["understood"], entry["corrected"]
        intents = [str(each["intent"]) for each in (understood, corrected)]
        slots = [dict(each.get("slots", {})) for each in (understood, corrected)]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise LessonError(f"{entry!r} is no lesson: {error!r}", code="bad_lesson") from None
    if not (uid and text and all(intents)):
        raise LessonError(f"{entry!r} is no lesson: something is empty", code="bad_lesson")
    was, is_ = ({"intent": i, "slots": s} for i, s in zip(intents, slots, strict=True))
    return {
        "uid": uid,
        "at": now,
        "by": by,
        "request": uid,
        "turn": 0,
        "text": text,
        "asked": str(entry.get("asked", "")),
        "understood": to_json(was),
        "corrected": to_json(is_),
    }


def count(store: Store, status: Status | None = None) -> int:
    """How many lessons there are, of one status or of any."""
    sql = "SELECT COUNT(*) AS n FROM lessons WHERE :status IS NULL OR status = :status"
    row = store.first(sql, {"status": status}, what="count lessons")
    return int(row["n"]) if row else 0


def lessons(store: Store, *statuses: Status, limit: int = 1000) -> list[Lesson]:
    """Lessons of these statuses (of any but withdrawn), newest first."""
    wanted = statuses or ("new", "approved", "rejected")
    marks = ", ".join("?" * len(wanted))
    sql = f"SELECT * FROM lessons WHERE status IN ({marks}) ORDER BY id DESC LIMIT ?"  # noqa: S608
    return [_lesson(row) for row in store.read(sql, [*wanted, limit], what="list lessons")]


def lesson(store: Store, id_: int) -> Lesson:
    """One lesson. Raises LessonError."""
    row = store.first("SELECT * FROM lessons WHERE id = ?", (id_,), what="find a lesson")
    if row is None:
        raise LessonError(f"lesson {id_} is not there: look at the list")
    return _lesson(row)


def approve(ledger: Ledger, id_: int, *, by: str) -> Lesson:
    """A supervisor's yes; a second one where it would raise an alarm. Raises LessonError."""

    def decide(known: Lesson, now: datetime) -> Mapping[str, str]:
        if known.half:
            same_day = known.decided is not None and known.decided.date() == now.date()
            if known.decided_by == by and same_day:
                raise LessonError(
                    f"lesson {id_}: somebody else has to approve it too, or you on another day",
                    code="too_soon",
                )
            return {"confirmed": to_text(now), "confirmed_by": by}
        return {"status": "approved", "decided": to_text(now), "decided_by": by}

    return _decided(ledger, id_, by, "lesson.approved", decide)


def reject(ledger: Ledger, id_: int, *, by: str) -> Lesson:
    """A supervisor's no; an approved one may still be rejected."""

    def decide(_: Lesson, now: datetime) -> Mapping[str, str]:
        return {"status": "rejected", "decided": to_text(now), "decided_by": by} | _UNCONFIRMED

    return _decided(ledger, id_, by, "lesson.rejected", decide)


def edit(ledger: Ledger, id_: int, text: str, *, by: str) -> Lesson:
    """Other words for a lesson; it has to be approved anew."""
    words = Anonymous.of(ledger.store)(text)[:_LONGEST]
    if not words:
        raise LessonError(f"lesson {id_}: its words are empty", code="bad_lesson")

    def decide(_: Lesson, __: datetime) -> Mapping[str, str]:
        return {"text": words, "status": "new", "decided": "", "decided_by": ""} | _UNCONFIRMED

    return _decided(ledger, id_, by, "lesson.edited", decide)


_UNCONFIRMED: Final[dict[str, str]] = {"confirmed": "", "confirmed_by": ""}


def _decided(
    ledger: Ledger,
    id_: int,
    by: str,
    what: str,
    decide: Callable[[Lesson, datetime], Mapping[str, str]],
) -> Lesson:
    with ledger.store.writing("decide on a lesson") as db:
        known, now = lesson(ledger.store, id_), ledger.now()
        if known.status == "withdrawn":
            raise LessonError(
                f"lesson {id_}: its correction was taken back: nothing is left to decide",
                code="decided",
            )
        values = decide(known, now)
        marks = ", ".join(f"{name} = :{name}" for name in values)
        db.execute(f"UPDATE lessons SET {marks} WHERE id = :id", {**values, "id": id_})  # noqa: S608
        audit.append(db, at=now, by=by, what=what, target=f"lesson {id_}", detail={})
    return lesson(ledger.store, id_)


def sweep(store: Store, until: datetime) -> int:
    """Erase what was never approved and is older than `until` (aware); gives how many."""
    sql = "DELETE FROM lessons WHERE status <> 'approved' AND at < ?"
    with store.writing("erase old lessons") as db:
        return int(db.execute(sql, (to_text(until),)).rowcount)


def _lesson(row: Row) -> Lesson:
    return Lesson(
        id=row["id"],
        uid=row["uid"],
        at=from_text(row["at"]),
        by=row["by"],
        text=row["text"],
        alternatives=tuple(json.loads(row["alternatives"])),
        asked=row["asked"],
        understood=json.loads(row["understood"]),
        corrected=json.loads(row["corrected"]),
        status=row["status"],
        decided_by=row["decided_by"],
        decided=from_text(row["decided"]) if row["decided"] else None,
        confirmed_by=row["confirmed_by"],
    )
