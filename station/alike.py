"""Alike: open requests that may be one and the same, asked for twice.

The same elder (or the same telephone), the same service, and a time that may be the same.
Only a suggestion: staff look at both and decide.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import time, timedelta
from itertools import combinations
from typing import Any, Final

from .errors import StatusError
from .merging import check
from .requests import SELECT_REQUEST, Request, request_of
from .residents import phone_key
from .store import Store

NEAR: Final = timedelta(minutes=90)
"""Two times of day this close may be the same."""
SAME: Final = timedelta(hours=12)
"""Requests without a day, asked for within this time, may be the same."""
APART: Final[Mapping[str, str]] = {
    "activity": "activity",
    "appointment": "department",
    "call_family": "contact",
    "health_code": "place",
    "housekeeping": "service",
    "meal": "meal",
    "medicine": "medicine",
    "payment_help": "bill",
    "social_security": "matter",
}
"""Service → the slot that tells one matter from another: two repairs are two requests."""
_LISTED: Final = "SELECT value FROM json_each(?)"


def alike(one: Request, other: Request) -> bool:
    """Whether two requests of the same person may be the same matter."""
    if one.intent != other.intent:
        return False
    told = APART.get(one.intent, "")
    mine, theirs = one.slots.get(told), other.slots.get(told)
    if told and None not in (mine, theirs) and mine != theirs:
        return False
    try:
        check(one, other)
    except StatusError:
        return False
    return _same_day(one, other) and _same_time(one, other)


def _same_day(one: Request, other: Request) -> bool:
    if not one.slots.get("date") and not other.slots.get("date"):
        return abs(one.created - other.created) <= SAME
    return _day(one) == _day(other)


def _day(request: Request) -> str:
    return str(request.slots.get("date") or request.created.date().isoformat())


def _same_time(one: Request, other: Request) -> bool:
    mine, theirs = _time(one), _time(other)
    if mine is not None and theirs is not None:
        return abs(mine - theirs) <= NEAR
    parts = {request.slots.get("part") for request in (one, other)} - {None, ""}
    return len(parts) < 2


def _time(request: Request) -> timedelta | None:
    try:
        told = time.fromisoformat(str(request.slots.get("time")))
    except ValueError:
        return None
    return timedelta(hours=told.hour, minutes=told.minute)


def doubles(store: Store) -> dict[int, tuple[Request, ...]]:
    """Row of an open request → the open requests that may be the same one."""
    found: defaultdict[int, list[Request]] = defaultdict(list)
    phones = _phones(store)
    for one, other in _pairs(_read(store, _twice(store, phones)), phones):
        found[one.id].append(other)
        found[other.id].append(one)
    return {row: tuple(others) for row, others in found.items()}


def doubles_of(store: Store, request: Request) -> tuple[Request, ...]:
    """The open requests that may be the same as this one, oldest first."""
    return doubles(store).get(request.id, ())


def _twice(store: Store, phones: Mapping[int, list[str]]) -> list[int]:
    """The rows of those open requests whose person asked for that service more than once.

    Of a long list they are few: only these are read in full.
    """
    rows = store.tuples(
        "SELECT id, intent, resident_id, phone FROM requests"
        " WHERE closed IS NULL AND (resident_id IS NOT NULL OR phone <> '')",
        what="look for what was asked for twice",
    )
    groups: defaultdict[tuple[Any, ...], list[int]] = defaultdict(list)
    for row, intent, resident, phone in rows:
        for key in _keys(resident, phone, phones):
            groups[intent, *key].append(row)
    return sorted({row for group in groups.values() if len(group) > 1 for row in group})


def _read(store: Store, wanted: list[int]) -> list[Request]:
    if not wanted:
        return []
    sql = f"{SELECT_REQUEST} WHERE requests.closed IS NULL AND requests.id IN ({_LISTED})"
    rows = store.read(
        f"{sql} ORDER BY requests.created, requests.id",
        (json.dumps(wanted),),
        what="look for what was asked for twice",
    )
    return list(map(request_of, rows))


def _pairs(
    requests: Iterable[Request], phones: Mapping[int, list[str]]
) -> Iterator[tuple[Request, Request]]:
    groups: defaultdict[tuple[Any, ...], list[Request]] = defaultdict(list)
    for request in requests:
        for key in _keys(request.resident, request.phone, phones):
            groups[request.intent, *key].append(request)
    seen: set[tuple[int, int]] = set()
    for group in groups.values():
        for one, other in combinations(group, 2):
            pair = (one.id, other.id)
            if pair not in seen and alike(one, other):
                yield one, other
            seen.add(pair)


def _keys(
    resident: int | None, phone: str, phones: Mapping[int, list[str]]
) -> set[tuple[str, object]]:
    """By what somebody is known again: their row, their numbers."""
    keys: set[tuple[str, object]] = set()
    if resident is not None:
        keys.add(("resident", resident))
        keys |= {("phone", each) for each in phones.get(resident, ())}
    if phone and (key := phone_key(phone)):
        keys.add(("phone", key))
    return keys


def _phones(store: Store) -> Mapping[int, list[str]]:
    rows = store.read(
        "SELECT resident_id, phone FROM resident_phones WHERE resident_id IN"
        " (SELECT resident_id FROM requests WHERE closed IS NULL)",
        what="look for who shares a number",
    )
    found: defaultdict[int, list[str]] = defaultdict(list)
    for row in rows:
        found[row["resident_id"]].append(row["phone"])  # kept as `phone_key` writes it
    return found
