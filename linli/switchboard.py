"""The telephone exchange, as far as a call needs it."""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias

Next: TypeAlias = Literal["operator", "message", "end"]
"""What the dialplan does when our leg has ended."""


class Switchboard(Protocol):
    """The telephone exchange, as far as a call needs it; never raises, never waits long."""

    def set_next(self, call_id: str, what: Next, *, urgent: bool = False) -> bool:
        """What happens when our leg ends; False when the exchange cannot be told."""

    def alarm(self, call_id: str) -> bool:
        """Ring staff now; False when nobody can be rung."""

    def fetch(self, call_id: str) -> bool:
        """Ring staff and put who answers through; False when nobody can be rung."""

    def reaches(self, number: str) -> bool:
        """Whether a number may and can be rung from here."""

    def to_family(self, call_id: str, number: str) -> bool:
        """Put the caller through; who is not answered comes back. False when it was not done."""


class NoSwitchboard:
    """Where nobody can be told anything, whoever leaves us reaches a person."""

    def set_next(self, call_id: str, what: Next, *, urgent: bool = False) -> bool:
        """Nobody to tell."""
        del call_id, what, urgent
        return False

    def alarm(self, call_id: str) -> bool:
        """Nobody to tell."""
        del call_id
        return False

    def fetch(self, call_id: str) -> bool:
        """Nobody to tell."""
        return self.alarm(call_id)

    def reaches(self, number: str) -> bool:
        """Nobody to ring."""
        del number
        return False

    def to_family(self, call_id: str, number: str) -> bool:
        """Nobody to tell."""
        del call_id, number
        return False
