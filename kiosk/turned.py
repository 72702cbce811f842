"""What reaches the screen from a conversation, and what the screen asks to be done.

`Turned` and the other news come in, `Command`s go out; the presenter between
them does no I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from intents.types import Ask, Event

from .view import Photo


@dataclass(frozen=True, slots=True)
class Card:
    """A request that stands in the ledger, in words."""

    number: str
    """Its number."""
    outcome: Literal["created", "changed", "cancelled"]
    """What was done."""
    intent: str
    """Its service."""
    facts: tuple[tuple[str, str], ...]
    """(what, when, who, bring) → words, in the order they are shown; empty ones left out."""


@dataclass(frozen=True, slots=True)
class Turned:
    """One turn of a conversation; what it filed is durable."""

    say: tuple[str, ...] = ()
    """Sentences being spoken, shown word for word."""
    ask: Ask | None = None
    """What is asked."""
    summary: tuple[tuple[str, str], ...] = ()
    """What is known of the request being taken: slot → words."""
    slots: Mapping[str, Any] = field(default_factory=dict)
    """The same as values."""
    cards: tuple[Card, ...] = ()
    """What was filed, changed or cancelled."""
    alarm: str | None = None
    """Number of the emergency raised in this turn; empty when it could not be written."""
    connect: bool = False
    """A person was called."""
    ended: bool = False
    """A matter has ended, with or without being filed."""
    final: bool = False
    """The talk is over."""


# --- what is asked of those who listen, speak and file ------------------------------------------


@dataclass(frozen=True, slots=True)
class Begin:
    """A new talk, with what was touched to begin it."""

    events: tuple[Event, ...] = ()
    """Given to the conversation after its greeting; the greeting is then not spoken."""


@dataclass(frozen=True, slots=True)
class Send:
    """Something was touched: give it to the conversation; only the last turn is spoken."""

    events: tuple[Event, ...]
    """In this order."""


@dataclass(frozen=True, slots=True)
class StepBack:
    """Take the last answer back."""


@dataclass(frozen=True, slots=True)
class Speak:
    """Say this, outside of the conversation."""

    sentences: tuple[str, ...]
    """In this order."""


@dataclass(frozen=True, slots=True)
class Hush:
    """Be silent at once and listen."""


@dataclass(frozen=True, slots=True)
class Leave:
    """The talk is over: forget everything about it, volume back to normal."""

    gone: bool = False
    """The elder walked away in the middle: what was begun is left for staff."""


@dataclass(frozen=True, slots=True)
class Identify:
    """Who has this card?"""

    card: str
    """Its number as typed."""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """The red button was a mistake: staff are told so."""

    number: str
    """The emergency's number."""


@dataclass(frozen=True, slots=True)
class Print:
    """Print the slip of this request."""

    number: str
    """Its number."""


@dataclass(frozen=True, slots=True)
class CallOut:
    """Nothing works: call a person past everything that is broken."""

    what: Literal["emergency", "staff"]
    """Which button was touched."""


Command: TypeAlias = (
    Begin | Send | StepBack | Speak | Hush | Leave | Identify | TakeBack | Print | CallOut
)
"""Whatever the screen wants done."""

Trouble: TypeAlias = Literal["microphone", "loudspeaker", "ledger", "broken"]
"""What does not work; `broken`: nothing does."""


@dataclass(frozen=True, slots=True)
class Known:
    """Whose card it is; only what the screen offers for touching."""

    card: str = ""
    """Its number; empty while nobody is known."""
    address: str = ""
    """Where they live."""
    contacts: Mapping[str, str] = field(default_factory=dict)
    """Relation → name."""
    photos: Mapping[str, Photo] = field(default_factory=dict)
    """Relation → photo, of those of whom there is one."""
