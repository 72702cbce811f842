"""The ledger through an upgrade and back: its version, its copy, and what was filed meanwhile."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from station.clock import BEIJING
from station.copying import copy_ledger, sync_folder, write_text

_FIELDS: Final = (
    *("intent", "slots", "channel", "phone", "kind", "priority", "note"),
    *("summary", "created", "uid"),
)
"""What a request is filed with, in every release."""
_ENDS: Final = ("", "-wal", "-shm")


def version(ledger: Path) -> int:
    """The schema of a ledger's file, without changing it; 0 where there is none.

    Raises sqlite3.Error when it is no ledger.
    """
    if not ledger.exists():
        return 0
    with closing(sqlite3.connect(f"{ledger.absolute().as_uri()}?mode=rw", uri=True)) as shell:
        return int(shell.execute("PRAGMA user_version").fetchone()[0])


def since(ledger: Path, saved: Path) -> tuple[list[dict[str, Any]], list[str]]:
    """Requests that only `ledger` has, ready for the spool, and numbers of those that changed.

    `saved` is its earlier copy. Raises sqlite3.Error.
    """
    with closing(sqlite3.connect(f"{ledger.absolute().as_uri()}?mode=rw", uri=True)) as shell:
        shell.row_factory = sqlite3.Row
        shell.execute("ATTACH ? AS saved", (f"{saved.absolute().as_uri()}?mode=ro",))
        rows = shell.execute(
            "SELECT new.*, old.id AS known, of.name AS of FROM main.requests new"
            " LEFT JOIN main.residents of ON of.id = new.resident_id"
            " LEFT JOIN saved.residents old ON old.id = new.resident_id"
            " WHERE new.uid NOT IN (SELECT uid FROM saved.requests) ORDER BY new.id"
        ).fetchall()
        changed = shell.execute(
            "SELECT new.number FROM main.requests new JOIN saved.requests old USING (uid)"
            " WHERE new.version <> old.version ORDER BY new.id"
        ).fetchall()
    return [_filed(row) for row in rows], [number for (number,) in changed]


def _filed(row: sqlite3.Row) -> dict[str, Any]:
    """A request as the spool of every release takes it."""
    told: dict[str, Any] = {name: row[name] for name in _FIELDS}
    told["slots"] = json.loads(row["slots"])
    told["unfinished"] = bool(row["unfinished"])
    told["resident"] = row["known"]
    if row["known"] is None and row["of"]:
        told["note"] = "；".join(filter(None, (row["note"], row["of"])))
    return told


def keep(filed: list[dict[str, Any]], spool: Path) -> None:
    """Put requests into the spool: the next program that opens the ledger files them."""
    spool.mkdir(parents=True, exist_ok=True)
    for each in filed:
        name = hashlib.sha256(each["uid"].encode()).hexdigest()[:32]
        path = spool / f"{name}.json"
        if not path.exists():
            part = path.with_suffix(".part")
            part.unlink(missing_ok=True)
            write_text(part, json.dumps(each, ensure_ascii=False))
            part.replace(path)
    sync_folder(spool)


def put_back(saved: Path, ledger: Path, now: datetime) -> Path | None:
    """Make a ledger's earlier copy the ledger again; where the newer one lies now.

    Raises OSError or sqlite3.Error; then the newer one is still in place.
    """
    fresh = ledger.with_name(f"{ledger.name}.going-back")
    for end in _ENDS:
        fresh.with_name(fresh.name + end).unlink(missing_ok=True)
    copy_ledger(saved, fresh)
    aside = None
    if ledger.exists():
        aside = ledger.with_name(f"{ledger.name}.newer-{now.astimezone(BEIJING):%Y%m%d-%H%M%S}")
        with closing(sqlite3.connect(ledger)) as shell:
            shell.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        copy = aside.with_name(f"{aside.name}.part")
        copy.unlink(missing_ok=True)
        copy_ledger(ledger, copy)
        copy.replace(aside)
    for end in _ENDS[1:]:
        ledger.with_name(ledger.name + end).unlink(missing_ok=True)
    fresh.replace(ledger)
    sync_folder(ledger.parent)
    return aside
