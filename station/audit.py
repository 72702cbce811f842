"""The audit: who did what to whose data, append-only, each entry bound to the one before.

An entry's hash covers its content and the previous hash: whoever changes, removes or
slips in an entry breaks the chain from there on. `verify` names the first broken one.
Heads noted elsewhere (each backup and each nightly sweep note one) show as well when
the end was cut off or the whole chain was written anew.

The audit outlives everything else, so it holds no personal data: `by` is a login,
`target` a kind and a number (`resident 12`, `request 1123-007`), never a name.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from . import clock
from .errors import StationError
from .history import clean, to_text
from .store import Row, Store

PAGE: Final = 1000
"""Entries read at once."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit."""

    id: int
    """From 1, without a gap."""
    at: datetime
    """When, UTC+8."""
    by: str
    """A staff member's login, `linli`, or `shell:USER` for a command."""
    what: str
    """What was done, e.g. `phone.revealed`; a word for machines."""
    target: str
    """To what: a kind and a number; empty where there is none."""
    detail: Mapping[str, Any]
    """More, JSON-shaped; nothing personal."""
    hash: str
    """Binds it to all before it."""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry at some moment, noted outside the ledger."""

    id: int
    """The entry's number; 0 for an empty audit."""
    hash: str
    """Its hash."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What `verify` found."""

    head: Head
    """The last entry that was looked at."""
    broken: int | None = None
    """The first entry that is not as it was written; None: all are."""
    why: str = ""
    """`changed`, `missing`, `cut_off` or `rewritten`; empty when nothing is broken."""


class BrokenAudit(StationError):
    """The audit is not as it was written."""

    code = "broken_audit"


def append(
    db: Database,
    *,
    at: datetime,
    by: str,
    what: str,
    target: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry inside a transaction of `Store.writing`, with the deed it tells of."""
    last = db.execute("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    row: Row = {
        "id": (last[0] if last else 0) + 1,
        "at": clock.to_text(at),
        "by": clean(by),
        "what": clean(what),
        "target": clean(target),
        "detail": to_text(dict(detail or {})),
        "previous": last[1] if last else "",
    }
    db.execute(
        "INSERT INTO audit (id, at, by, what, target, detail, previous, hash)"
        " VALUES (:id, :at, :by, :what, :target, :detail, :previous, :hash)",
        row | {"hash": _hash(row)},
    )


def record(
    store: Store,
    *,
    at: datetime,
    by: str,
    what: str,
    target: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry by itself, e.g. before a recording is played; on the disk when it returns."""
    with store.writing("write the audit") as db:
        append(db, at=at, by=by, what=what, target=target, detail=detail)


def entries(
    store: Store,
    *,
    before: int | None = None,
    by: str | None = None,
    what: str | None = None,
    target: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 100,
) -> list[Entry]:
    """The newest entries first; `before` an entry's number goes on to the next page.

    `since` and `until` (not included) are aware.
    """
    wanted = {
        "id <": before,
        "by =": by,
        "what =": what,
        "target =": target,
        "at >=": since and clock.to_text(since),
        "at <": until and clock.to_text(until),
    }
    chosen = {name: value for name, value in wanted.items() if value is not None}
    where = " AND ".join(f"{name} ?" for name in chosen) or "1"
    sql = f"SELECT * FROM audit WHERE {where} ORDER BY id DESC LIMIT ?"  # noqa: S608 - our names
    return [_entry(row) for row in store.read(sql, (*chosen.values(), limit), what="read audit")]


def head(store: Store) -> Head:
    """The newest entry's number and hash."""
    row = store.first("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1", what="read audit")
    return Head(row["id"], row["hash"]) if row else Head(0, "")


def verify(store: Store, heads: Iterable[Head] = ()) -> Checked:
    """Read the whole audit; `heads` are those noted before, in any order."""
    noted = {each.id: each.hash for each in heads if each.id}
    last = Head(0, "")
    for row in _rows(store):
        if row["id"] != last.id + 1:
            return Checked(last, last.id + 1, "missing")
        if row["previous"] != last.hash or row["hash"] != _hash(row):
            return Checked(last, row["id"], "changed")
        last = Head(row["id"], row["hash"])
        if noted.get(last.id, last.hash) != last.hash:
            return Checked(last, last.id, "rewritten")
    ever = store.first("SELECT seq FROM sqlite_sequence WHERE name = 'audit'", what="read audit")
    longest = max([*noted, int(ever["seq"]) if ever else 0], default=0)
    if longest > last.id:
        return Checked(last, last.id + 1, "cut_off")
    return Checked(last)


def note_head(store: Store, file: Path, at: datetime) -> Head:
    """Add the present head to a file outside the ledger, where it is not there yet."""
    now = head(store)
    if now.id and now not in noted_heads(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(f".{os.getpid()}.part")
        kept = "".join(f"{line}\n" for line in _whole_lines(file))
        with part.open("w", encoding="utf-8") as lines:
            lines.write(f"{kept}{now.id} {now.hash} {clock.to_text(at)}\n")
            lines.flush()
            os.fsync(lines.fileno())
        part.replace(file)
    return now


def noted_heads(file: Path) -> list[Head]:
    """All heads noted in a file; none where there is no file. Raises BrokenAudit."""
    heads = []
    for number, line in enumerate(_whole_lines(file), 1):
        id_, _, rest = line.partition(" ")
        mark = rest.partition(" ")[0]
        if not id_.isdecimal() or len(mark) != 64:
            raise BrokenAudit(
                f"{file}:{number}: {line[:40]!r} is no noted head: somebody changed this file; "
                "compare it with a backup's",
                path=file,
            )
        heads.append(Head(int(id_), mark))
    return heads


def _whole_lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return []


def _rows(store: Store) -> Iterator[Row]:
    after = 0
    while True:
        sql = "SELECT * FROM audit WHERE id > ? ORDER BY id LIMIT ?"
        rows = store.read(sql, (after, PAGE), what="read the audit")
        yield from rows
        if len(rows) < PAGE:
            return
        after = rows[-1]["id"]


def _hash(row: Row) -> str:
    names = ("id", "at", "by", "what", "target", "detail", "previous")
    content = json.dumps([row[name] for name in names], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def _entry(row: Row) -> Entry:
    return Entry(
        id=row["id"],
        at=clock.from_text(row["at"]),
        by=row["by"],
        what=row["what"],
        target=row["target"],
        detail=json.loads(row["detail"]),
        hash=row["hash"],
    )
