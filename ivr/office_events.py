"""What Asterisk tells of calls made for the office, as facts: plain, frozen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias


@dataclass(frozen=True, slots=True)
class DeskRings:
    """The staff member has lifted the receiver; now the other telephone rings."""

    task: str
    """Whose call it is, as given to `Ringer.from_desk`."""


@dataclass(frozen=True, slots=True)
class DeskThrough:
    """The other telephone was answered: they talk."""

    task: str
    """Whose call it is."""


@dataclass(frozen=True, slots=True)
class DeskCallEnded:
    """A call from a desk is over."""

    task: str
    """Whose call it is."""
    number: str
    """Who was called."""
    status: str
    """As Asterisk names it: ANSWER, NOANSWER, BUSY, CHANUNAVAIL, CONGESTION, CANCEL or nothing."""
    seconds: int
    """How long they talked."""


@dataclass(frozen=True, slots=True)
class AlarmUp:
    """Somebody who is told of an alarm has answered."""

    task: str
    """The alarm call."""
    call: str
    """The call's id."""


@dataclass(frozen=True, slots=True)
class AlarmTaken:
    """They pressed 1: they see to it."""

    task: str
    """The alarm call."""
    number: str
    """Who."""


@dataclass(frozen=True, slots=True)
class AlarmOver:
    """They have hung up, or heard it often enough."""

    task: str
    """The alarm call."""
    taken: bool
    """Whether they, or somebody before them, had taken it."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A closing call is over."""

    task: str
    """The owed call."""
    key: str
    """The key they pressed; empty: none, what they said is in a sound file."""


@dataclass(frozen=True, slots=True)
class FamilyThrough:
    """The family of a resident has answered: they talk."""

    call: str
    """The resident's call."""


OfficeEvent: TypeAlias = (
    DeskRings
    | DeskThrough
    | DeskCallEnded
    | AlarmUp
    | AlarmTaken
    | AlarmOver
    | Scored
    | FamilyThrough
)

Keys: TypeAlias = Mapping[str, str]


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 0


MAKERS: Final[Mapping[str, Callable[[Keys], OfficeEvent]]] = {
    "LinliDeskRings": lambda keys: DeskRings(keys["Task"]),
    "LinliDeskThrough": lambda keys: DeskThrough(keys["Task"]),
    "LinliDeskCall": lambda keys: DeskCallEnded(
        keys["Task"],
        keys.get("Number", ""),
        keys.get("Status", ""),
        _whole(keys.get("Seconds", "")),
    ),
    "LinliAlarmUp": lambda keys: AlarmUp(keys["Task"], keys.get("Call", "")),
    "LinliAlarmTaken": lambda keys: AlarmTaken(keys["Task"], keys.get("Number", "")),
    "LinliAlarmOver": lambda keys: AlarmOver(keys["Task"], keys.get("Taken") == "1"),
    "LinliFamilyThrough": lambda keys: FamilyThrough(keys["Call"]),
    "LinliScored": lambda keys: Scored(keys["Task"], keys.get("Key", "")),
}
"""The dialplan's own events → facts."""
