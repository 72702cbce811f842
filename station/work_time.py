"""Counting: minutes of a visit by the station's rule, and money in fen, never in fractions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

Unit: TypeAlias = Literal["visit", "hour", "item"]
"""What a tariff counts."""

Rounding: TypeAlias = Literal["nearest", "up", "down"]
"""Which way minutes are rounded; `nearest` rounds a half up."""

_MONEY: Final = re.compile(r"\d{1,6}(?:\.\d{1,2})?")


@dataclass(frozen=True, slots=True)
class Rule:
    """How minutes are counted; kept with each order, so that old hours stay what they were."""

    round_to: int = 30
    """Minutes are counted in steps of this."""
    rounding: Rounding = "nearest"
    """Which way."""

    def counted(self, minutes: float) -> int:
        """Whole minutes that count; raises ValueError for a negative time."""
        if minutes < 0:
            raise ValueError(f"{minutes} minutes: a visit does not end before it begins")
        steps = minutes / self.round_to
        if self.rounding == "up":
            whole = -int(-steps // 1)
        elif self.rounding == "down":
            whole = int(steps)
        else:
            whole = int(steps + 0.5)
        return whole * self.round_to


def between(arrived: datetime, done: datetime) -> float:
    """Minutes from one moment to another; whole seconds, as people read clocks."""
    return int((done - arrived).total_seconds()) / 60


def amount(unit: Unit, fen: int, *, minutes: int = 0, items: int = 0) -> int:
    """What one order costs, in fen; hours to the fen, half a fen up."""
    if unit == "hour":
        return (fen * minutes * 2 + 60) // 120
    return fen * items if unit == "item" else fen


def yuan(fen: int) -> str:
    """`1250` as `12.50`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def fen_of(text: str) -> int:
    """`12.5` as 1250. Raises ValueError for what is no amount."""
    if not _MONEY.fullmatch(text.strip()) or not text.isascii():
        raise ValueError(f"{text!r} is no amount: write yuan, e.g. 12.50")
    whole, _, part = text.strip().partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0"))
