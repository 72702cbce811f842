"""What residents are told when staff do something: the console's changes become owed calls.

Changes are read from the ledger, whoever made them (the board, a work order's link), so nothing
is lost while the line is down, and nothing is told twice: an owed call's `uid` is the change. A
slip of the hand that is taken back within `office.notice_grace_s` rings nobody; a newer time
takes the place of an older one that was not told yet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final

from intents.conversation.spoken import load_words
from station import clock, owed_calls
from station.errors import UnknownRequest
from station.ledger import Ledger
from station.owed_calls import Kind, OwedCall
from station.requests import CLOSED, Change, Request
from station.settings import Settings
from station.words import told_value
from station.words import words as station_words

from .limits import limit
from .phone_sounds import words

_WHEN: Final = ("date", "time", "part")
_OTHERS: Final = frozenset({"elder", "linli"})
"""Their changes are told to nobody: they were made while talking."""
_LEAD: Final = timedelta(minutes=20)
"""So long before a meal is served it may be on its way."""
_NOT_ASKED: Final = frozenset({"emergency", "operator", "call_family"})
"""After these nobody is asked how it was done."""


class Notices:
    """Owes what is to be told; `round` is called every few seconds. Raises LedgerError."""

    def __init__(self, settings: Settings, ledger: Ledger, now: Callable[[], datetime]) -> None:
        self._settings, self._ledger, self._clock = settings, ledger, now
        self._since: int | None = None

    def round(self) -> None:
        """Look at what has changed since the last look, or lately."""
        if self._since is None:
            self._since = self._first()
        for change in self._ledger.changes(self._since):
            self._weigh(change)
            self._since = change.id

    def _first(self) -> int:
        """The last change that is too old to be told of."""
        old = self._clock() - timedelta(hours=limit("office.closing_hours"))
        sql = "SELECT COALESCE(MAX(id), 0) AS id FROM events WHERE at < ?"
        row = self._ledger.store.first(sql, (clock.to_text(old),), what="read changes")
        return int(row["id"]) if row else 0

    def _weigh(self, change: Change) -> None:
        try:
            request = self._ledger.request(change.number)
        except UnknownRequest:
            return  # erased meanwhile
        if request.id != change.request:
            return
        status, wanted = change.new.get("status"), self._settings.phone.notices
        if request.status != "dispatched":
            self._settle(request, "meal:")
        if request.status in CLOSED:
            self._settle(request, "moved:")
        if request.status != "done":
            self._settle(request, "closing:")
        if change.by in _OTHERS:
            return
        if status == "dispatched" and wanted.meal and request.status == "dispatched":
            self._tell_meal(request, change)
        elif status == "done" and wanted.closing and request.status == "done":
            self._ask(request, change)
        elif wanted.moved and request.is_open and _moved(change):
            self._tell_moved(request, change)

    def _settle(self, request: Request, kind: str, *, but: str = "") -> None:
        """Nothing of a kind is told of a request any more, except one."""
        store = self._ledger.store
        for call in owed_calls.owed(store):
            if call.request == request.id and call.uid.startswith(kind) and call.uid != but:
                owed_calls.settle(store, call.uid, "taken_back", self._clock())

    # --- what is told -------------------------------------------------------------------------

    def _tell_meal(self, request: Request, change: Change) -> bool:
        """The meal is on its way; told shortly before it is served, not hours ahead."""
        meal = str(request.slots.get("meal", ""))
        if request.intent != "meal" or request.slots.get("delivery") is False:
            return False
        begins = max(change.at + _grace(), self._served(request, meal) - _LEAD)
        until = begins + timedelta(minutes=limit("office.meal_notice_min"))
        name = load_words().data["meals"].get(meal, "") or station_words()["intents"]["meal"]
        return self._owe(request, change, "meal", {"meal": name}, begins=begins, until=until)

    def _served(self, request: Request, meal: str) -> datetime:
        """When this meal is served that day; long ago where nobody knows."""
        canteen, day = self._settings.canteen, str(request.slots.get("date", ""))
        told = getattr(canteen, meal, None) if meal else None
        try:
            date = datetime.fromisoformat(day).date()
        except ValueError:
            date = request.created.astimezone(clock.BEIJING).date()
        served: time | None = told.served if told else None
        if served is None:
            return datetime.min.replace(tzinfo=clock.BEIJING) + timedelta(days=1)
        return datetime.combine(date, served, clock.BEIJING)

    def _tell_moved(self, request: Request, change: Change) -> bool:
        """What they asked for comes at another time."""
        said = _moment(request.slots, self._clock().astimezone(clock.BEIJING))
        if not said:
            return False
        values = {"service": _service(request), "when": said}
        until = change.at + timedelta(hours=limit("office.moved_notice_hours"))
        return self._owe(request, change, "moved", values, begins=change.at + _grace(), until=until)

    def _ask(self, request: Request, change: Change) -> bool:
        """How was it done? Once it cannot be taken back, and nobody too often."""
        if request.kind != "request" or request.intent in _NOT_ASKED:
            return False
        since = change.at - timedelta(days=limit("office.closing_days"))
        phone = _phone(self._ledger, request)
        if owed_calls.asked_since(self._ledger.store, request.resident, phone, since):
            return False
        begins = change.at + timedelta(minutes=limit("office.closing_after_min"))
        until = change.at + timedelta(hours=limit("office.closing_hours"))
        values = {"service": _service(request)}
        return self._owe(
            request, change, "closing", values, begins=begins, until=until, kind="closing"
        )

    def _owe(
        self,
        request: Request,
        change: Change,
        what: str,
        values: Mapping[str, str],
        *,
        begins: datetime,
        until: datetime,
        kind: Kind = "notice",
    ) -> bool:
        phone = _phone(self._ledger, request)
        if not phone:
            return False
        says = tuple(sentence.format(**values) for sentence in words()["notices"][what])
        uid = f"{what}:{request.uid}:{change.version:06}"
        call = OwedCall(uid, kind, phone, says, begins, until, request.resident, request=request.id)
        fresh = owed_calls.owe(self._ledger.store, call, self._clock())
        if fresh:
            self._settle(request, f"{what}:", but=uid)
        return fresh


def _grace() -> timedelta:
    return timedelta(seconds=limit("office.notice_grace_s"))


def _phone(ledger: Ledger, request: Request) -> str:
    if request.phone or request.resident is None:
        return request.phone
    return next(iter(ledger.resident(request.resident).phones), "")


def _service(request: Request) -> str:
    names = station_words()["intents"]
    return str(request.slots.get("service") or names.get(request.intent, request.intent))


def _moved(change: Change) -> bool:
    """Whether a request that had a time has another one."""
    old, new = change.old.get("slots", {}), change.new.get("slots", {})
    had = any(old.get(name) for name in _WHEN)
    return change.what == "changed" and had and any(new.get(name) for name in _WHEN)


def _moment(slots: Mapping[str, Any], now: datetime) -> str:
    """When it is to be, as it is spoken; empty where no day and no hour is known."""
    said = load_words()
    day = said.day(str(slots.get("date", "")), now)
    hour, part = str(slots.get("time", "")), slots.get("part")
    if hour:
        return day + said.clock(hour)
    return day + (told_value(part) if part and day else "")
