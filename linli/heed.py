"""What of what the kiosk hears concerns the talk: silence only in an emergency, noise once."""

from __future__ import annotations

from intents.types import Event, Noise, Silence

from .session import Turn


class Heed:
    """Of one talk."""

    def __init__(self) -> None:
        self._alarm = False
        self._noises = 0

    def answered(self, turn: Turn) -> None:
        """The talk goes on with this; an emergency ends with an open question."""
        self._noises = 0
        open_again = turn.ask is not None and turn.ask.slot == "service" and not turn.ask.intent
        self._alarm = bool(turn.alerts) or (self._alarm and not open_again)

    def concerns(self, event: Event) -> bool:
        """Whether the conversation is told: at a screen, thinking takes as long as it takes."""
        if isinstance(event, Noise):
            self._noises += 1
            return self._alarm or self._noises == 1
        return self._alarm or not isinstance(event, Silence)
