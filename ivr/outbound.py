"""Which owed call to make now, and what follows from how it went: planning only, nothing is rung.

A call is made between `not_before` and `until`, never in quiet hours, at most
`line.outbound_tries` times with `line.outbound_again_min` between, and a
number is not rung more than `line.outbound_per_day` times a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, Protocol, TypeAlias

from station.clock import BEIJING
from station.owed_calls import OwedCall
from station.phone_model import PhoneSection
from station.residents import Resident

from .ringer import Outcome

Verdict: TypeAlias = Literal["later", "done", "staff"]
"""Another try; told; or staff take it over."""

_FINAL: Final = frozenset({"refused"})
"""Outcomes that do not become better by trying again."""


class _Numbers(Protocol):
    """Limits by name."""

    def __getitem__(self, name: str, /) -> Any: ...


@dataclass(frozen=True, slots=True)
class Policy:
    """When Linli may ring by itself."""

    tries: int
    """Tries before staff take over."""
    again: timedelta
    """Between two tries."""
    per_day: int
    """Calls to one number a day."""
    at_once: int
    """Calls at a time."""
    phone: PhoneSection
    """Quiet hours."""

    @classmethod
    def of(cls, phone: PhoneSection, limits: _Numbers) -> Policy:
        """The station's, by the numbers that bind (group `line`)."""
        return cls(
            limits["outbound_tries"],
            timedelta(minutes=limits["outbound_again_min"]),
            limits["outbound_per_day"],
            limits["outbound_at_once"],
            phone,
        )

    def may_ring(self, moment: datetime) -> bool:
        """Whether it is not night."""
        return self.phone.may_ring(moment.astimezone(BEIJING).time())


def due(
    owed: Iterable[OwedCall],
    now: datetime,
    policy: Policy,
    rung: Mapping[str, int],
    busy: frozenset[str] = frozenset(),
) -> list[OwedCall]:
    """The calls to make now, the most pressing first.

    `rung` tells how often each number was rung today, `busy` are the numbers
    that are being rung.
    """
    if not policy.may_ring(now):
        return []
    found: list[OwedCall] = []
    taken = set(busy)
    free = policy.at_once - len(busy)
    for call in sorted(owed, key=lambda call: call.until):
        if len(found) >= free:
            break
        if _is_due(call, now, policy, rung) and call.phone not in taken:
            taken.add(call.phone)
            found.append(call)
    return found


def _is_due(call: OwedCall, now: datetime, policy: Policy, rung: Mapping[str, int]) -> bool:
    if not call.not_before <= now < call.until:
        return False
    if rung.get(call.phone, 0) >= policy.per_day:
        return False
    return call.tried is None or now - call.tried >= policy.again


def overdue(
    owed: Iterable[OwedCall], now: datetime, busy: frozenset[str] = frozenset()
) -> list[OwedCall]:
    """Calls whose time is over: staff take them over."""
    return [call for call in owed if now >= call.until and call.phone not in busy]


def after(call: OwedCall, outcome: Outcome, policy: Policy) -> Verdict:
    """What follows from a try; `call` is as it was before it."""
    if outcome == "answered":
        return "done"
    if outcome in _FINAL or call.tries + 1 >= policy.tries:
        return "staff"
    return "later"


def safety_calls(
    residents: Sequence[Resident], phone: PhoneSection, now: datetime, says: tuple[str, ...]
) -> list[OwedCall]:
    """The day's calls to those who live alone; empty when it is not the day or not yet time.

    A day's call is owed once; it ends where the quiet hours begin.
    """
    at, here = phone.safety_call.at, now.astimezone(BEIJING)
    if at is None or here.isoweekday() not in phone.safety_call.days or here.time() < at:
        return []
    begins = datetime.combine(here.date(), at, BEIJING)
    ends = _quiet_begins(phone, here.date())
    if not begins <= here < ends:
        return []
    return [
        OwedCall(
            f"safety-{here.date()}-{resident.id}",
            "safety",
            resident.phones[0],
            says,
            begins,
            ends,
            resident.id,
        )
        for resident in residents
        if resident.lives_alone and resident.phones
    ]


def _quiet_begins(phone: PhoneSection, day: date) -> datetime:
    """When quiet hours begin that day; its end, when they begin after midnight."""
    if phone.quiet_from > phone.quiet_until:
        return datetime.combine(day, phone.quiet_from, BEIJING)
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), BEIJING)
