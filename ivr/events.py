"""What Asterisk tells of calls, as facts: plain, frozen, with cleaned values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from .office_events import MAKERS, OfficeEvent


@dataclass(frozen=True, slots=True)
class CallCame:
    """A call was brought to Linli (again, with `why` family, when a family did not answer)."""

    call: str
    """The call's id, the same as on the media leg."""
    number: str
    """Who calls, digits; empty when withheld."""
    line: str
    """What was dialled, digits."""
    media: str
    """The id an AudioSocket leg shows."""
    why: str
    """`call`, `out` (we rang them) or `family`."""
    task: str
    """The outbound task, when we rang them."""


@dataclass(frozen=True, slots=True)
class OperatorRinging:
    """A person is being rung for a caller."""

    call: str
    """The call's id."""
    urgent: bool
    """In an emergency the alarm numbers ring too."""


@dataclass(frozen=True, slots=True)
class OperatorAnswered:
    """A person has taken the call."""

    call: str
    """The call's id."""
    desk: str
    """Whose telephone, as Asterisk names it, e.g. `PJSIP/801`."""


@dataclass(frozen=True, slots=True)
class OperatorMissed:
    """Nobody took the call."""

    call: str
    """The call's id."""
    number: str
    """Who called."""


@dataclass(frozen=True, slots=True)
class Helped:
    """In an emergency a person has answered and is put through to the caller, away from Linli."""

    call: str
    """The call's id."""


@dataclass(frozen=True, slots=True)
class CallMissed:
    """A caller hears when somebody will call back; written to `missed/` before."""

    call: str
    """The call's id."""
    number: str
    """Who called."""
    why: str
    """`busy` or `closed`."""
    promise: str
    """What was promised, see `ivr.promises`."""


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The caller's side is gone."""

    call: str
    """The call's id."""
    number: str
    """Who called."""
    next: str
    """What Linli had asked for: operator, message, end or nothing."""


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody Linli rang has answered."""

    call: str
    """The call's id."""
    number: str
    """Who."""
    task: str
    """The outbound task."""


@dataclass(frozen=True, slots=True)
class Told:
    """A notice was played to its end."""

    call: str
    """The call's id."""
    number: str
    """To whom."""
    task: str
    """The outbound task."""


@dataclass(frozen=True, slots=True)
class AlertHeard:
    """Somebody who was rung in an emergency has heard it."""

    task: str
    """The alert."""
    number: str
    """Who."""
    taken: bool
    """They pressed 1: they see to it."""


@dataclass(frozen=True, slots=True)
class FamilyEnded:
    """A resident was put through to their family."""

    call: str
    """The call's id."""
    answered: bool
    """Whether the family answered; if not, the resident is back with Linli."""


@dataclass(frozen=True, slots=True)
class Connection:
    """Asterisk can be told what to do, or no longer."""

    up: bool
    """Whether it can."""
    reason: str = ""
    """Why not."""


SwitchEvent: TypeAlias = (
    CallCame
    | OperatorRinging
    | OperatorAnswered
    | OperatorMissed
    | Helped
    | CallMissed
    | CallEnded
    | Reached
    | Told
    | AlertHeard
    | FamilyEnded
    | OfficeEvent
    | Connection
)

Keys: TypeAlias = Mapping[str, str]


def _get(keys: Keys, *names: str) -> tuple[str, ...]:
    return tuple(str(keys.get(name, "")) for name in names)


_MAKERS: Final[Mapping[str, Callable[[Keys], SwitchEvent]]] = {
    "LinliCame": lambda keys: CallCame(
        *_get(keys, "Call", "Number", "Line", "Media", "Why", "Task")
    ),
    "LinliRinging": lambda keys: OperatorRinging(keys["Call"], keys.get("Urgent") == "1"),
    "LinliAnswered": lambda keys: OperatorAnswered(*_get(keys, "Call", "Desk")),
    "LinliNobody": lambda keys: OperatorMissed(*_get(keys, "Call", "Number")),
    "LinliHelped": lambda keys: Helped(keys["Call"]),
    "LinliMissed": lambda keys: CallMissed(*_get(keys, "Call", "Number", "Why", "Promise")),
    "LinliGone": lambda keys: CallEnded(*_get(keys, "Call", "Number", "Next")),
    "LinliReached": lambda keys: Reached(*_get(keys, "Call", "Number", "Task")),
    "LinliTold": lambda keys: Told(*_get(keys, "Call", "Number", "Task")),
    "LinliAlertHeard": lambda keys: AlertHeard(
        keys["Task"], keys.get("Number", ""), keys.get("Taken") == "1"
    ),
    "LinliFamilyEnded": lambda keys: FamilyEnded(keys["Call"], keys.get("Status") == "ANSWER"),
    **MAKERS,
}


def event_of(keys: Keys) -> SwitchEvent | None:
    """The fact in one of the dialplan's own events; None for anything else."""
    make = _MAKERS.get(str(keys.get("UserEvent", "")))
    if make is None or ("Call" not in keys and "Task" not in keys):
        return None
    try:
        return make(keys)
    except KeyError:
        return None
