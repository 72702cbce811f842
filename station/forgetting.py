"""Deletion on request: a resident leaves the ledger, their requests stay in the count.

What goes: the resident, numbers, contacts, conversations with transcripts, entries in the
call lists, and in their requests every name, number, address and free word, also in the
history. What stays of a request: number, day, channel, service, how it went, and plain
details without a person (how many, which meal). Where others spoke of them by name or
number, that is blanked, unless a namesake is still registered.

The ledger notes the resident's row number and when they were registered, nothing else, so
that a restored backup can forget them again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlite_utils import Database

from . import audit, clock, work_forget
from .errors import LedgerError
from .filing import find
from .history import column, record, state_of, to_text
from .requests import CLOSED
from .residents import Resident, by_id, by_phone, phone_key
from .store import Row, Store

BLANK: Final = "＊＊"
"""Stands where a name or a number was."""

IMPERSONAL: Final = frozenset(
    ["service", "meal", "items", "quantity", "passengers", "wheelchair", "bill", "activity", "part"]
)
"""Slots that tell nothing of a person, as long as no word of theirs is in them."""

_WIPED: Final = {"note": "", "summary": "", "phone": "", "resident": None, "conversation": None}
"""What becomes of the other fields of a request."""


class ForgetError(LedgerError):
    """A resident cannot be forgotten yet: they still wait for something."""

    code = "still_open"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What has to be deleted outside the ledger, and what was done inside."""

    resident: int
    """Their row; free for somebody else now."""
    created: str
    """When they were registered, as the ledger keeps it."""
    card: str
    """Names the folder of photos; empty: none."""
    requests: int
    """Requests that stay without a person."""
    conversations: int
    """Conversations that are gone."""
    recordings: tuple[str, ...]
    """Sound files, relative to the recordings' folder."""
    messages: tuple[str, ...]
    """Names of messages left on the telephone."""
    words: tuple[str, ...] = field(repr=False)
    """What named them, to look for it in other files; to be forgotten as well."""


def forget(
    store: Store,
    resident: int,
    *,
    by: str,
    at: datetime,
    outside: Callable[[Forgotten], object] = lambda _: None,
) -> Forgotten:
    """Forget a resident, in one transaction.

    `outside` deletes what lies beside the ledger; where that raises, the ledger keeps them, and
    the same can be done again. Raises ForgetError while a request of theirs is open or when they
    are not there, LedgerError, and what `outside` raises.
    """
    known = by_id(store, resident)
    if known is None:
        raise ForgetError(f"resident {resident} is not in the ledger", code="unknown_resident")
    with store.writing("forget a resident") as db:
        requests, talks, own = theirs(store, known)
        words = _words(store, known, own)
        waiting = [row["number"] for row in requests if row["status"] not in CLOSED]
        if waiting:
            raise ForgetError(
                f"resident {resident} still waits for {', '.join(waiting)}: close these first"
            )
        (created,) = db.execute(
            "SELECT created FROM residents WHERE id = ?", (resident,)
        ).fetchone()
        for row in requests:
            _rewrite(db, row, by, at, lambda state: _anonymous(state, words))
        recordings = _erase_conversations(db, talks)
        messages = _erase_calls(db, resident, own, at)
        _blank_elsewhere(db, words, by, at)
        work_forget.forget(db, [row["id"] for row in requests], resident, words)
        db.execute("DELETE FROM residents WHERE id = ?", (resident,))
        now = clock.to_text(at)
        db.execute(
            "INSERT OR REPLACE INTO forgotten VALUES (?, ?, ?, ?)", (resident, now, by, created)
        )
        audit.append(db, at=at, by=by, what="resident.forgotten", target=f"resident {resident}",
                     detail={"requests": len(requests), "conversations": len(talks)})  # fmt: skip
        gone = Forgotten(
            resident, created, known.card or "", len(requests), len(talks), recordings, messages,
            words,
        )  # fmt: skip
        outside(gone)
    return gone


def theirs(store: Store, known: Resident) -> tuple[list[Row], list[str], frozenset[str]]:
    """What is a resident's: rows of requests, names of conversations, numbers nobody shares.

    Raises LedgerError.
    """
    own = frozenset(each for each in known.phones if len(by_phone(store, each)) == 1)
    rows = _requests(store, known.id or 0, own)
    return rows, _conversations(store, known.id or 0, own, rows), own


def _words(store: Store, known: Resident, own: Iterable[str]) -> tuple[str, ...]:
    """What names them in running text, longest first; a namesake's name is left alone."""
    names = [known.name, known.called, known.address]
    others = store.read("SELECT name, called, address FROM residents WHERE id <> ?", (known.id,))
    taken = {value for row in others for value in row.values()}
    words = {each for each in names if len(each) > 1 and each not in taken} | set(own)
    words |= {known.card} if known.card and len(known.card) > 3 else set()
    return tuple(sorted(words, key=len, reverse=True))


def _requests(store: Store, resident: int, own: frozenset[str]) -> list[Row]:
    rows = store.read("SELECT * FROM requests WHERE resident_id = ?", (resident,))
    if own:
        strangers = "SELECT * FROM requests WHERE resident_id IS NULL AND phone <> ''"
        rows += [row for row in store.read(strangers) if phone_key(row["phone"]) in own]
    # They may have been theirs before somebody put that right: the history tells.
    ids = {row["id"] for row in rows}
    told = "SELECT DISTINCT request_id FROM events WHERE json_extract({}, '$.resident') = ?"
    for part in ("new", "old"):
        for (id_,) in store.tuples(told.format(part), (resident,)):
            if id_ not in ids:
                ids.add(id_)
                sql = "SELECT * FROM requests WHERE id = ? AND resident_id IS NULL"
                rows += store.read(sql, (id_,))
    return rows


def _anonymous(state: dict[str, Any], words: tuple[str, ...]) -> dict[str, Any]:
    """Some fields of a request, before or after a change, without the person."""
    kept = {name: _WIPED.get(name, value) for name, value in state.items()}
    if "slots" in state:
        kept["slots"] = {
            name: None if any(word in to_text(value) for word in words) else value
            for name, value in state["slots"].items()
            if name in IMPERSONAL
        }
    return kept


def _rewrite(
    db: Database,
    row: Row,
    by: str,
    at: datetime,
    change: Callable[[dict[str, Any]], dict[str, Any]],
    *,
    notes: Callable[[str], str] = lambda _: "",
) -> None:
    """Rewrite a request and its history alike; a line in the history tells that it was done."""
    now = clock.to_text(at)
    db.execute(
        "INSERT INTO anonymised (request_id, at, by) VALUES (?, ?, ?)"
        " ON CONFLICT (request_id) DO UPDATE SET at = excluded.at, by = excluded.by, open = 1",
        (row["id"], now, by),
    )
    for event in list(db.query("SELECT * FROM events WHERE request_id = ?", (row["id"],))):
        old, new = (
            None if event[part] is None else to_text(change(json.loads(event[part])))
            for part in ("old", "new")
        )
        db.execute(
            "UPDATE events SET old = ?, new = ?, note = ? WHERE id = ?",
            (old, new, notes(event["note"]), event["id"]),
        )
    state = change(state_of(row))
    state["slots"] = {name: value for name, value in state["slots"].items() if value is not None}
    values = {
        column(name): to_text(value) if name == "slots" else value for name, value in state.items()
    }
    values |= {"version": row["version"] + 1, "changed": now}
    values["unfinished"] = int(values["unfinished"])
    record(
        db, row["id"], row["version"] + 1, at=now, by=by, what="noted", note="forgotten on request"
    )
    marks = ", ".join(f"{name} = :{name}" for name in values)
    db.execute(f"UPDATE requests SET {marks} WHERE id = :row", values | {"row": row["id"]})  # noqa: S608
    db.execute("UPDATE facts SET village = '' WHERE request_id = ?", (row["id"],))
    db.execute("UPDATE anonymised SET open = 0 WHERE request_id = ?", (row["id"],))


def _conversations(
    store: Store, resident: int, own: frozenset[str], requests: Iterable[Row]
) -> list[str]:
    found = {row["conversation_id"] for row in requests if row["conversation_id"]}
    for id_, whose, phone in store.tuples("SELECT id, resident_id, phone FROM conversations"):
        if whose == resident or (whose is None and phone_key(phone) in own):
            found.add(id_)
    return sorted(found)


def _erase_conversations(db: Database, talks: Iterable[str]) -> tuple[str, ...]:
    recordings: list[str] = []
    for talk in talks:
        rows = db.query("SELECT audio FROM utterances WHERE conversation_id = ?", (talk,))
        recordings += [row["audio"] for row in rows if row["audio"]]
        used = db.execute("SELECT 1 FROM requests WHERE conversation_id = ?", (talk,)).fetchone()
        if used:  # somebody else asked for something in it, too
            db.execute("DELETE FROM utterances WHERE conversation_id = ?", (talk,))
            db.execute(
                "UPDATE conversations SET resident_id = NULL, phone = '' WHERE id = ?", (talk,)
            )
        else:
            db.execute("DELETE FROM conversations WHERE id = ?", (talk,))
    return tuple(recordings)


def _erase_calls(db: Database, resident: int, own: Iterable[str], at: datetime) -> tuple[str, ...]:
    """Whoever asks to be forgotten waits for no call any more."""
    keys, now, messages = set(own), clock.to_text(at), []
    for table in ("callbacks", "owed_calls"):
        for row in list(db.query(f"SELECT * FROM {table}")):  # noqa: S608 - ours
            if row["resident_id"] == resident or phone_key(row["phone"]) in keys:
                messages += [row["message"]] if row.get("message") else []
                db.execute(
                    f"UPDATE {table} SET closed = ? WHERE id = ? AND closed IS NULL",  # noqa: S608
                    (now, row["id"]),
                )
                db.execute(f"DELETE FROM {table} WHERE id = ?", (row["id"],))  # noqa: S608
    for row in list(db.query("SELECT id, resident_id, phone FROM desk_calls")):
        if row["resident_id"] == resident or phone_key(row["phone"]) in keys:
            db.execute("DELETE FROM desk_calls WHERE id = ?", (row["id"],))
    return tuple(messages)


_ELSEWHERE: Final = {
    "utterances": ("text", "alternatives", "said"),
    "callbacks": ("note",),
    "owed_calls": ("says",),
    "residents": ("note", "profile"),
    "lessons": ("text", "alternatives", "understood", "corrected"),
}
"""Where others may have spoken of them."""


def _blank_elsewhere(db: Database, words: tuple[str, ...], by: str, at: datetime) -> None:
    if not words:
        return
    pattern = re.compile("|".join(map(re.escape, words)))
    for table, columns in _ELSEWHERE.items():
        for name in columns:
            sql = f"SELECT id, {name} AS told FROM {table} WHERE {_has(name, words)}"  # noqa: S608
            found = list(db.query(sql, words))
            for row in found:
                blanked = pattern.sub(BLANK, row["told"])
                db.execute(f"UPDATE {table} SET {name} = ? WHERE id = ?", (blanked, row["id"]))  # noqa: S608
    asked = [_has(name, words) for name in ("note", "summary", "slots", "phone")]
    sql = f"SELECT number FROM requests WHERE {' OR '.join(asked)}"  # noqa: S608
    numbers = {row["number"] for row in db.query(sql, words * len(asked))}
    told = " OR ".join(_has(name, words) for name in ("old", "new", "note"))
    sql = f"SELECT number FROM requests WHERE id IN (SELECT request_id FROM events WHERE {told})"  # noqa: S608
    numbers |= {row["number"] for row in db.query(sql, words * 3)}

    def blank(text: str) -> str:
        return pattern.sub(BLANK, text)

    def change(state: dict[str, Any]) -> dict[str, Any]:
        blanked: dict[str, Any] = json.loads(blank(json.dumps(state, ensure_ascii=False)))
        return blanked

    for number in sorted(numbers):
        _rewrite(db, find(db, number), by, at, change, notes=blank)


def _has(name: str, words: tuple[str, ...]) -> str:
    return "(" + " OR ".join(f"instr({name}, ?)" for _ in words) + ")"
