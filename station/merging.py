"""Merging: two requests for the same thing become one, and nothing of either is lost.

The one that is further along goes on, else the older one: what was promised first is kept.
The other is closed, names the one that goes on, and can be taken apart from it again. Every
function that changes something is one transaction and may raise LedgerError.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlite_utils import Database

from . import filing
from .clock import from_text
from .errors import StatusError
from .filing import Deed
from .history import state_of
from .requests import OPEN, SELECT_REQUEST, Request, check_way, request_of
from .store import Row, Store

if TYPE_CHECKING:
    from .ledger import Ledger

_FAR: Final = {status: at for at, status in enumerate(OPEN)}
_SOON: Final = ("ordinary", "urgent", "emergency")
_FILLED: Final = ("phone", "resident", "conversation", "summary", "assigned")
"""What the one that goes on takes over where it has nothing itself."""


def leading(one: Request, other: Request) -> tuple[Request, Request]:
    """The one that goes on and the one that ends, were they merged."""

    def place(request: Request) -> tuple[int, Any, int]:
        return -_FAR.get(request.status, -1), request.created, request.id

    first, second = sorted((one, other), key=place)
    return first, second


def check(one: Request, other: Request) -> None:
    """Raises StatusError where two requests cannot become one."""
    _, ended = leading(one, other)
    what = f"requests {one.number} and {other.number}"
    if one.id == other.id:
        raise StatusError(f"request {one.number}: it is one already")
    for each in (one, other):
        if not each.is_open:
            raise StatusError(f"request {each.number}: it is {each.status}: reopen it first")
    if None not in {one.resident, other.resident} and one.resident != other.resident:
        raise StatusError(f"{what}: they are of two residents: correct one of them first")
    if ended.status == "dispatched":
        raise StatusError(f"{what}: somebody is on the way for both: call one of them back first")
    if (one.kind == "emergency") != (other.kind == "emergency"):
        raise StatusError(f"{what}: an alarm is merged with nothing but an alarm")
    if ended.kind == "emergency" and ended.status == "new":
        raise StatusError(f"request {ended.number}: nobody has confirmed this alarm yet")


def merge(
    ledger: Ledger,
    number: str,
    other: str,
    *,
    by: str,
    take: Collection[str] = (),
    versions: Mapping[str, int | None] | None = None,
) -> Request:
    """Make two open requests one; gives the one that goes on.

    It takes over what it lacks, the more urgent priority, the note, and the slots in `take`
    as the other one has them. `versions`: what was seen, by number; ConflictError when one
    is no longer that.
    """
    with ledger.store.writing(f"merge requests {number} and {other}") as db:
        deed = Deed(by, ledger.now())
        rows = [filing.find(db, number), filing.find(db, other)]
        for row in rows:
            seen = (versions or {}).get(row["number"])
            filing.check_version(row, Deed(by, deed.at, version=seen))
        one, second = map(request_of, rows)
        check(one, second)
        kept, ended = leading(one, second)
        filing.apply(
            db,
            filing.find(db, ended.number),
            {"status": "cancelled", "merged": kept.uid},
            "status",
            deed,
        )
        filing.apply(db, filing.find(db, kept.number), _joined(kept, ended, take), "changed", deed)
    return ledger.request(kept.number)


def _joined(kept: Request, ended: Request, take: Collection[str]) -> dict[str, Any]:
    """What changes in the one that goes on."""
    fields: dict[str, Any] = {
        name: getattr(ended, name)
        for name in _FILLED
        if not getattr(kept, name) and getattr(ended, name)
    }
    if kept.intent == ended.intent:
        fields["slots"] = {
            name: value
            for name, value in ended.slots.items()
            if name not in kept.slots or name in take
        }
    notes = dict.fromkeys(note for note in (kept.note, ended.note) if note)
    return fields | {
        "note": "；".join(notes),
        "priority": max(kept.priority, ended.priority, key=_SOON.index),
        "unfinished": kept.unfinished and ended.unfinished,
        "absorbed": " ".join((*kept.absorbed, ended.uid)),
    }


def separate(
    ledger: Ledger, number: str, *, by: str, note: str, version: int | None = None
) -> Request:
    """Open a merged request again, for it was another matter; what was taken over stays."""
    with ledger.store.writing(f"separate request {number}") as db:
        deed = Deed(by, ledger.now(), note, version)
        row = filing.find(db, number)
        filing.check_version(row, deed)
        if not row["merged"]:
            raise StatusError(f"request {number}: it is merged into none")
        check_way(number, row["status"], "accepted", note)
        filing.apply(db, row, {"status": "accepted", "merged": ""}, "status", deed)
        kept = _of(db, row["merged"])
        if kept is not None:
            filing.apply(db, kept, _without(kept, row["uid"]), "changed", deed)
    return ledger.request(number)


def concerns(new: Mapping[str, Any]) -> bool:
    """Whether a change, by its new fields, is a side of a merging."""
    return bool({"merged", "absorbed"} & set(new))


def separates(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether a change took requests apart: merge them again instead of undoing it."""
    return len(new.get("merged", "") + new.get("absorbed", "")) < len(
        old.get("merged", "") + old.get("absorbed", "")
    )


def undo(db: Database, row: Row, deed: Deed, within: timedelta) -> bool:
    """Take a merging back, on both sides, if that is the last thing done to a request.

    False when it is not, or when the other side went on too far to be taken apart.
    """
    last = _last(db, row)
    new: Mapping[str, Any] = last["new"] if last else {}
    if last is None or last["undoes"] is not None or separates(last["old"], new):
        return False
    kept: Row | None = row
    ended: Row | None = row
    if new.get("merged"):
        kept = _of(db, new["merged"])
    else:
        gone = set(new.get("absorbed", "").split()) - set(last["old"].get("absorbed", "").split())
        ended = _of(db, gone.pop()) if gone else None
    if kept is None or ended is None or kept["closed"] or ended["merged"] != kept["uid"]:
        return False
    closing = _last(db, ended)
    joining = _joining(db, kept, ended["uid"])
    if closing is None or joining is None or "merged" not in closing["new"]:
        return False
    if deed.at - from_text(closing["at"]) > within:
        return False
    filing.apply(db, ended, closing["old"], "status", _taking_back(deed, closing["id"]))
    filing.apply(
        db, kept, _as_before(kept, joining, ended["uid"]), "changed",
        _taking_back(deed, joining["id"]),
    )  # fmt: skip
    return True


def _taking_back(deed: Deed, event: int) -> Deed:
    return Deed(deed.by, deed.at, undoes=event)


def _as_before(kept: Row, joining: Row, uid: str) -> dict[str, Any]:
    """What a merging changed, as it was; what was changed again since then stays."""
    state, old, new = state_of(kept), joining["old"], joining["new"]
    fields = {
        name: value
        for name, value in old.items()
        if name not in {"slots", "absorbed"} and state[name] == new[name]
    }
    slots = {
        name: value
        for name, value in old.get("slots", {}).items()
        if state["slots"].get(name) == new["slots"][name]
    }
    return fields | {"slots": slots} | _without(kept, uid)


def _without(kept: Row, uid: str) -> dict[str, Any]:
    return {"absorbed": " ".join(each for each in kept["absorbed"].split() if each != uid)}


def _events(db: Database, row: Row) -> list[Row]:
    sql = "SELECT * FROM events WHERE request_id = ? AND what <> 'noted' ORDER BY id"
    return [
        {**each, "old": json.loads(each["old"] or "{}"), "new": json.loads(each["new"] or "{}")}
        for each in db.query(sql, (row["id"],))
    ]


def _last(db: Database, row: Row) -> Row | None:
    return next(iter(reversed(_events(db, row))), None)


def _joining(db: Database, kept: Row, uid: str) -> Row | None:
    """The event by which one request took in another."""
    found = [
        each
        for each in _events(db, kept)
        if uid in each["new"].get("absorbed", "").split()
        and uid not in each["old"].get("absorbed", "").split()
    ]
    return found[-1] if found else None


def _of(db: Database, uid: str) -> Row | None:
    return next(iter(db.query(f"{SELECT_REQUEST} WHERE requests.uid = ?", (uid,))), None)


def by_uid(store: Store, uid: str) -> Request | None:
    """The request with this identity; None once it is erased."""
    row = store.first(f"{SELECT_REQUEST} WHERE requests.uid = ?", (uid,), what="find a request")
    return request_of(row) if row else None


def standing(store: Store, request: Request) -> Request:
    """The request that goes on in place of a merged one; itself where it was not merged."""
    seen = {request.uid}
    while request.merged and request.merged not in seen:
        seen.add(request.merged)
        found = by_uid(store, request.merged)
        if found is None:
            break
        request = found
    return request


def family(store: Store, request: Request) -> list[Request]:
    """Every request that was merged into one, also by way of others; oldest first."""
    found: dict[str, Request] = {}
    waiting = list(request.absorbed)
    while waiting:
        uid = waiting.pop()
        each = by_uid(store, uid) if uid not in found else None
        if each is not None:
            found[uid] = each
            waiting += each.absorbed
    return sorted(found.values(), key=lambda each: (each.created, each.id))


def heirs(store: Store, theirs: Callable[[Request], bool]) -> Iterable[Request]:
    """Open requests that go on in place of somebody's: whoever asks after theirs finds these."""
    sql = f"{SELECT_REQUEST} WHERE requests.closed IS NULL AND requests.absorbed <> ''"
    for row in store.read(sql, what="find what goes on"):
        request = request_of(row)
        if any(map(theirs, family(store, request))):
            yield request
