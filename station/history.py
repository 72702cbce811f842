"""History: every change of a request beside the request, and the proof that they agree."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from sqlite_utils import Database

from .store import Row, Store

TOLD: Final = (
    "status",
    "intent",
    "slots",
    "kind",
    "priority",
    "note",
    "unfinished",
    "phone",
    "summary",
    "channel",
    "resident",
    "conversation",
    "assigned",
    "acknowledged",
    "merged",
    "absorbed",
)
"""The fields of a request that its events explain."""

LATER: Final = {"assigned": "", "acknowledged": "", "merged": "", "absorbed": ""}
"""What is told only once it happens, and how it stands until then."""

_COLUMNS: Final = {"resident": "resident_id", "conversation": "conversation_id"}


def to_text(value: object) -> str:
    """JSON as the ledger keeps it: readable Chinese, stable order; anything odd as its text."""
    return clean(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str))


def clean(text: str) -> str:
    """Text that can be kept: half characters, which no file can hold, become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def column(name: str) -> str:
    """The column of `requests` that holds a field."""
    return _COLUMNS.get(name, name)


def state_of(row: Row) -> dict[str, Any]:
    """The told fields of a row of `requests`."""
    state = {name: row[column(name)] for name in TOLD}
    return state | {"slots": json.loads(row["slots"]), "unfinished": bool(row["unfinished"])}


def difference(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that differ, before and after; slots one by one, a missing one as null."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name in new:
        if name == "slots":
            pairs = {
                key: (old["slots"].get(key), new["slots"].get(key))
                for key in {**old["slots"], **new["slots"]}
                if old["slots"].get(key) != new["slots"].get(key)
            }
            if pairs:
                before["slots"] = {key: pair[0] for key, pair in pairs.items()}
                after["slots"] = {key: pair[1] for key, pair in pairs.items()}
        elif old[name] != new[name]:
            before[name], after[name] = old[name], new[name]
    return before, after


def replayed(state: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The state after one event's `new` part."""
    slots = {**state.get("slots", {}), **new.get("slots", {})}
    kept = {key: value for key, value in slots.items() if value is not None}
    return {**state, **new, "slots": kept}


def record(
    db: Database,
    request: int,
    version: int,
    *,
    at: str,
    by: str,
    what: str,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    note: str = "",
    undoes: int | None = None,
) -> None:
    """Append one event; inside the transaction that changes the request."""
    db.execute(
        "INSERT INTO events (request_id, version, at, by, what, old, new, note, undoes)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            request,
            version,
            at,
            clean(by),
            what,
            None if old is None else to_text(old),
            None if new is None else to_text(new),
            clean(note),
            undoes,
        ),
    )


def contradictions(store: Store) -> list[str]:
    """Requests that their events do not explain, a sentence each; none in a healthy ledger."""
    found = [f"integrity: {line}" for line in _integrity(store)]
    told: dict[int, tuple[int, dict[str, Any]]] = {}
    for event in store.read("SELECT request_id, version, new FROM events ORDER BY id"):
        _, state = told.get(event["request_id"], (0, dict(LATER)))
        new = json.loads(event["new"] or "{}")
        told[event["request_id"]] = (event["version"], replayed(state, new))
    for row in store.read("SELECT * FROM requests"):
        version, state = told.get(row["id"], (0, {}))
        if version != row["version"]:
            found.append(f"{row['number']}: version {row['version']}, its events tell {version}")
        elif state != state_of(row):
            found.append(f"{row['number']}: its events tell something else than its row")
    return found


def _integrity(store: Store) -> list[str]:
    lines = [str(row["integrity_check"]) for row in store.read("PRAGMA integrity_check")]
    broken = store.read("PRAGMA foreign_key_check")
    return [line for line in lines if line != "ok"] + [f"dangling {row}" for row in broken]
