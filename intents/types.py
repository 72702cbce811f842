"""The words of the intent room: what an elder wants, what a talk takes in and gives out.

Everything here is plain data. Nothing in this room does I/O, sleeps or reads a clock:
`now` is always handed in, with its UTC offset.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

Slots: TypeAlias = Mapping[str, Any]
"""Slot name → value, JSON-shaped: str, int, float, bool, list or dict."""

Channel: TypeAlias = Literal["kiosk", "phone"]
"""Which face the conversation has."""

WHEN: Final = ("date", "time", "part")
"""The slots that say when."""

AMENDS: Final = frozenset({"status", "cancel", "change"})
"""The intents that are about a request already made."""


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing the elder wants, with what was said of it and nothing more."""

    name: str
    """An intent's name, e.g. `appointment`; `out_of_scope` when nothing is asked for."""
    slots: Slots = field(default_factory=dict)
    """Only what was said; no defaults. A useful rest goes into `note`."""
    fuzzy: tuple[str, ...] = ()
    """Slots whose value was found by sound, not by spelling: read these back."""


@dataclass(frozen=True, slots=True)
class Guess:
    """Another possible reading, with how likely it looks."""

    intent: str
    """An intent's name."""
    confidence: float
    """0–1."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What one utterance means."""

    intents: tuple[Intent, ...]
    """At least one; an emergency comes first, else the order spoken."""
    confidence: float
    """0–1, of the first intent."""
    alternatives: tuple[Guess, ...] = ()
    """Other readings, best first."""
    unsure: bool = False
    """Two readings scored so close that the elder should be asked which."""
    why: tuple[str, ...] = ()
    """What led here, a line each, for `--explain`."""

    @property
    def first(self) -> Intent:
        """The intent that is served first."""
        return self.intents[0]


# --- what a conversation takes in -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heard:
    """The elder said something."""

    text: str
    """The transcript; never empty (no text is `Silence` or `Noise`)."""
    alternatives: tuple[str, ...] = ()
    """Other transcripts of the same audio, best first."""
    confidence: float = 1.0
    """0–1, the recogniser's own."""


@dataclass(frozen=True, slots=True)
class Chose:
    """A tile was touched, or a closed-set answer was scored."""

    slot: str
    """The slot, or `confirm`, `service`, `which`."""
    value: Any
    """The chosen value; `yes`/`no` for `confirm`."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A telephone key."""

    key: str
    """One of 0–9 * #."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing was said in the time allowed."""


@dataclass(frozen=True, slots=True)
class Noise:
    """There was sound, but no speech that could be read."""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The caller is gone, or walked away."""


Event: TypeAlias = Heard | Chose | Pressed | Silence | Noise | HungUp


# --- what a conversation gives out ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """One of at most four answers on offer."""

    value: Any
    """What `Chose` is given back with."""
    label: str
    """What is shown and spoken."""
    heard_as: tuple[str, ...] = ()
    """Ways of saying it, dialect included, for closed-set recognition."""


@dataclass(frozen=True, slots=True)
class Say:
    """Sentences to be spoken and shown, in this order."""

    sentences: tuple[str, ...]
    """Each at most 20 characters without its names and numbers."""
    prompt: str = ""
    """Which prompt this is (its id in the prompt files), for logs and tests."""


@dataclass(frozen=True, slots=True)
class Ask:
    """An answer is expected now."""

    slot: str
    """A slot's name, `confirm` (read-back), `service` (what do you need?) or `which`."""
    choices: tuple[Choice, ...] = ()
    """At most four; empty when the answer is free."""
    intent: str | None = None
    """The intent the slot belongs to."""


@dataclass(frozen=True, slots=True)
class File:
    """Make this request durable before anything more is said."""

    intent: str
    """A request's intent."""
    slots: Slots
    """Defaults filled in."""
    status: Literal["new", "changed", "cancelled", "handed_over", "emergency"] = "new"
    """What became of it."""
    target: int | None = None
    """Index of the earlier request that is changed or cancelled; None for a new one."""
    priority: Literal["ordinary", "urgent", "emergency"] = "ordinary"
    """How soon staff must look."""
    unfinished: bool = False
    """The caller hung up before the read-back: staff call back."""


@dataclass(frozen=True, slots=True)
class Alert:
    """An emergency: staff are alerted at once, nothing is confirmed first."""

    kind: str
    """fall, chest_pain, breathing, unconscious, bleeding, fire, gas, crime, lost or other."""
    heard: str
    """The words that raised it; empty for a key or the red button."""
    silent: bool = False
    """True when an alarm that is already raised gets no answer: look sooner."""


@dataclass(frozen=True, slots=True)
class Connect:
    """Hand over to a person."""

    reason: str
    """asked, failures, silence or emergency."""


@dataclass(frozen=True, slots=True)
class Adjust:
    """Speak differently from now on."""

    what: Literal["louder", "slower", "unrecorded"]
    """Which; `unrecorded`: keep no recording of this talk."""


@dataclass(frozen=True, slots=True)
class End:
    """The conversation, or one matter of it, has ended."""

    outcome: Literal["created", "changed", "cancelled", "operator", "emergency", "none"]
    """As in the `linli converse` contract."""
    final: bool = False
    """True when the call itself is over."""


Effect: TypeAlias = Say | Ask | File | Alert | Connect | Adjust | End
