"""Telephone numbers: which may be rung at all, and through which channel of Asterisk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from station.settings import Settings

from .errors import PhoneError

TRUNK: Final = "linli-trunk"
"""The carrier's endpoint."""

_DEAR: Final = re.compile(r"00|16[89]|96|1259")
"""Beginnings of numbers abroad and of numbers that cost extra."""


def digits(number: str) -> str:
    """A number as it is dialled: digits, the home country's +86 left out."""
    plain = re.sub(r"[^0-9+]", "", number)
    return re.sub(r"^(\+|00)86", "", plain).replace("+", "00")


@dataclass(frozen=True, slots=True)
class Numbers:
    """How each number is reached from this station."""

    desks: frozenset[str]
    """Extensions of the telephones on operators' desks."""
    lines: dict[str, str]
    """Digits of a resident's number → extension of the one-button telephone."""
    trunk: bool
    """Whether there is a way outside."""
    shortest: int
    """Fewest digits of a number that may be rung."""
    longest: int
    """Most digits."""

    @classmethod
    def of(cls, settings: Settings, length: tuple[int, int]) -> Numbers:
        """The numbers of a station; `length` is limit `line.number_digits`."""
        operators = [each for each in settings.operators if each.extension]
        return cls(
            frozenset(each.extension for each in operators),
            {digits(each.phone): each.extension for each in settings.phone.lines},
            bool(settings.phone.trunk.host),
            *length,
        )

    def channel(self, number: str) -> str:
        """The channel that rings a number; PhoneError when it may not or cannot be rung."""
        wanted = digits(number)
        own = self.lines.get(wanted, wanted)
        if own in self.lines.values() or own in self.desks:
            return f"PJSIP/{own}"
        if not self.shortest <= len(wanted) <= self.longest or _DEAR.match(wanted):
            raise PhoneError(
                f"{masked(wanted)} is not rung: Linli rings numbers of {self.shortest} to"
                f" {self.longest} digits in this country, none that costs extra."
            )
        if not self.trunk:
            raise PhoneError(f"{masked(wanted)} lies outside and station.toml has no phone.trunk.")
        return f"PJSIP/{wanted}@{TRUNK}"

    def reaches(self, number: str) -> bool:
        """Whether a number can be rung from here."""
        try:
            self.channel(number)
        except PhoneError:
            return False
        return True


def masked(number: str) -> str:
    """A number for logs and messages: its first three and last two digits."""
    plain = re.sub(r"\D", "", number)
    return plain if len(plain) < 6 else f"{plain[:3]}…{plain[-2:]}"
