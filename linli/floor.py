"""Who has the floor on a telephone line: when to fall silent, and what an answer counts.

On the telephone Linli listens while it speaks. Speech takes the floor once there
is enough of it to be no cough; a key takes it at once. What was said into a prompt
does not always answer it: 嗯 while a booking is still being read back is no consent.
No I/O, no clock: seconds of the caller's sound are handed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Self, TypeAlias

from intents.engine import Engine
from intents.types import Chose, Event, Heard, Noise, Silence

Verdict: TypeAlias = Literal["take", "drop", "again"]
"""Tell the conversation; forget it; or say once more what was cut short."""

FALSE_ALARMS: Final = 2
"""Noises that may cut a prompt short before the conversation hears of noise."""


@dataclass(frozen=True, slots=True)
class Said:
    """Something the ears caught, with what is known of it."""

    event: Event
    """For the conversation."""
    began: float | None = None
    """Seconds of the caller's sound at its first voice; None where it has none."""
    agrees: bool = False
    """It is a yes."""
    urgent: bool = False
    """It tells of an emergency."""
    meant: bool = False
    """The engine knows what it wants."""

    @classmethod
    def of(cls, event: Event, began: float | None, engine: Engine, now: datetime) -> Self:
        """What the engine knows of it at this time, UTC+8."""
        if isinstance(event, Chose):
            return cls(event, began, agrees=event.value == "yes", meant=True)
        if not isinstance(event, Heard):
            return cls(event, began)
        if engine.emergency(event.text) is not None:
            return cls(event, began, urgent=True)
        meant = engine.understand(event.text, now).first.name != "out_of_scope"
        return cls(event, began, agrees=engine.polarity(event.text) == "yes", meant=meant)


@dataclass(slots=True)
class Floor:
    """The state of one call."""

    barge_in: float
    """Seconds of voice that take the floor."""
    most: float
    """Seconds beyond which `barge_in` never grows."""
    speaking: bool = False
    """Linli speaks."""
    leaving: bool = False
    """Linli says its last words before a person takes over: only keys interrupt."""
    interrupted: bool = False
    """The last prompt was cut short by speech."""
    complete: bool = True
    """All statements of the last prompt were heard: its question has begun."""
    reads_back: bool = False
    """The last prompt asks whether all is right."""
    urgent: bool = False
    """Help is being fetched: whatever the caller says, those who come want to know it; but a cry
    that goes on does not silence what calms them."""
    _key_at: float = -1.0
    _false: int = 0

    def speak(
        self, *, reads_back: bool = False, leaving: bool = False, urgent: bool = False
    ) -> None:
        """Linli begins to speak."""
        self.speaking, self.interrupted, self.complete = True, False, False
        self.reads_back, self.leaving, self.urgent = reads_back, leaving, urgent

    def question_begun(self) -> None:
        """The last sentence is being heard."""
        self.complete = True

    def silent(self) -> None:
        """Linli has said everything."""
        self.speaking = False
        self.complete = self.complete or not self.interrupted

    def voice(self, voiced: float) -> bool:
        """So many seconds of voice in the present turn: whether to fall silent now."""
        if not self.speaking or self.leaving or self.urgent or voiced < self.barge_in:
            return False
        self.speaking, self.interrupted = False, True
        return True

    def key(self, at: float) -> None:
        """A key was pressed at this second of the caller's sound: it always has the floor."""
        self.speaking = self.interrupted = False
        self._key_at = at

    def take(self, said: Said) -> Verdict:
        """What becomes of something the caller said."""
        if said.urgent or (self.urgent and isinstance(said.event, Heard)):
            return "take"
        if said.began is not None and said.began < self._key_at:
            return "drop"
        if self.speaking:
            return self._aside(said)
        if self.interrupted:
            return self._after_interruption(said)
        return "take"

    def _aside(self, said: Said) -> Verdict:
        """Too short to take the floor: while Linli speaks only what plainly means something."""
        if self.leaving or isinstance(said.event, Noise | Silence):
            return "drop"
        if isinstance(said.event, Heard) and not (said.meant or said.agrees):
            return "drop"
        return "take" if self.complete or not said.agrees else "drop"

    def _after_interruption(self, said: Said) -> Verdict:
        if isinstance(said.event, Noise):
            self._false += 1
            self.barge_in = min(self.most, self.barge_in * 1.5)
            return "again" if self._false <= FALSE_ALARMS else "take"
        if self.reads_back and said.agrees and not self.complete:
            return "again"
        return "take"
