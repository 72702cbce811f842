"""What the screen remembers: what is going on, and everything about the elder before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from .steps import Step
from .turned import Known, Trouble, Turned

Phase: TypeAlias = Literal[
    "idle", "keypad", "talk", "done", "help", "still_there", "staff_called", "farewell", "broken"
]
"""What is going on."""

Called: TypeAlias = Literal["", "calling", "called", "not_called"]
"""Nobody was called; it is being tried; it came through; it did not."""


@dataclass(slots=True)
class Visit:
    """Everything about one elder; thrown away as a whole when they have gone."""

    turn: Turned | None = None
    """The conversation's last turn."""
    known: Known = field(default_factory=Known)
    """Whose card was typed."""
    heard: str = ""
    """What was understood last."""
    partial: str = ""
    """What is being heard."""
    opened: bool = False
    """The first question is open and was not answered yet."""
    waiting: bool = False
    """Something was said or touched and has not been answered yet."""
    services: bool = False
    """Done, but something else is wanted: show the services."""
    step: Step | None = None
    """A value being stepped."""
    alarm: str = ""
    """Number of the alarm."""
    pressed_at: float | None = None
    """When the red button was touched."""
    typed: str = ""
    """A card's number so far."""
    called: Called = ""
    """Whether a person was called from a screen that is out of order."""
    called_by: set[str] = field(default_factory=set)
    """With which buttons."""


@dataclass(slots=True)
class State:
    """The screen's memory; times are monotonic seconds."""

    phase: Phase = "idle"
    """What is going on."""
    visit: Visit = field(default_factory=Visit)
    """Who is there."""
    troubles: set[Trouble] = field(default_factory=set)
    """What does not work."""
    speaking: bool = False
    """Linli is speaking."""
    sign: float = 0.0
    """When somebody was last noticed."""
    asked_at: float = 0.0
    """When it was asked whether somebody is there."""

    def start(self, now: float) -> None:
        """A new elder."""
        self.visit = Visit(waiting=True)
        self.phase, self.sign = "talk", now

    def forget(self, now: float) -> None:
        """Nobody is there any more."""
        self.visit = Visit()
        self.phase, self.sign = "idle", now
