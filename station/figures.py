"""Figures: what a report tells of some requests; two of them add up to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from .spread import Spread, whole


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts and spreads of some requests; nothing in it names anybody."""

    filed: int = 0
    """Requests."""
    done: int = 0
    """Done."""
    cancelled: int = 0
    """Cancelled."""
    failed: int = 0
    """Could not be done."""
    urgent: int = 0
    """Urgent ones and emergencies."""
    unfinished: int = 0
    """The caller was gone before the read-back."""
    corrected: int = 0
    """Staff put right what had been understood."""
    in_time: int = 0
    """Somebody answered within the limit."""
    late: int = 0
    """Somebody answered later, or nobody yet though the time is over."""
    alarms: int = 0
    """Emergencies."""
    unconfirmed: int = 0
    """Emergencies that nobody confirmed."""
    calls: int = 0
    """Calls that came in."""
    missed: int = 0
    """Calls that nobody answered, or that broke off."""
    returned_in_time: int = 0
    """Missed calls that were returned within the limit."""
    answered: Spread = field(default_factory=Spread)
    """Seconds until somebody answered."""
    closed: Spread = field(default_factory=Spread)
    """Seconds until it was done, cancelled or had failed."""
    confirmed: Spread = field(default_factory=Spread)
    """Seconds until an emergency was confirmed."""
    returned: Spread = field(default_factory=Spread)
    """Seconds until a missed call was returned."""
    heard: Spread = field(default_factory=Spread)
    """How sure the recogniser was, in per cent, one a request."""
    pleased: Spread = field(default_factory=Spread)
    """What elders said when asked afterwards: 1 good, 2 so-so, 3 not good."""

    @property
    def open(self) -> int:
        """Still waiting."""
        return self.filed - self.done - self.cancelled - self.failed

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            **{name: getattr(self, name) + getattr(other, name) for name in self.__slots__}
        )

    def to_plain(self) -> dict[str, Any]:
        """As JSON."""
        told = {name: getattr(self, name) for name in self.__slots__}
        return {
            name: value.to_plain() if isinstance(value, Spread) else value
            for name, value in told.items()
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """The inverse. Raises ValueError, TypeError or KeyError for anything else."""
        if set(plain) != set(cls.__slots__):
            raise ValueError(f"not these figures: {sorted(set(plain) ^ set(cls.__slots__))}")
        spread = {each.name for each in fields(cls) if each.default_factory is Spread}
        read: dict[str, Any] = {
            name: Spread.from_plain(value) if name in spread else whole(value)
            for name, value in plain.items()
        }
        return cls(**read)


def share(part: int, of: int) -> float | None:
    """A part of a whole in per cent; None of nothing."""
    return 100 * part / of if of else None
