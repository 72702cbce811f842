"""A stranger on the telephone: once their request stands, they are asked who they are.

Staff have the caller's number and need a name and a house to go to. It is asked
after the request is filed, never before: whoever does not want to say it is
helped all the same. It is asked once; anything else that is said instead counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from intents.types import Alert, Ask, Connect, Effect, Event, File, Heard, HungUp, Pressed, Say

from .acts import bare
from .conversation import Conversation
from .prompts import load_prompts
from .talk import Engine

SLOT: Final = "caller"
"""Where the answer stands in the request."""

_KEYS: Final = frozenset("09")
_SURE: Final = 0.65
_SHORT: Final = 5
"""Characters up to which a no is a no to the question, and to nothing else."""


class Introduced:
    """A conversation that asks a stranger who they are; used like the conversation itself.

    `filed` counts the requests the conversation was begun with.
    """

    def __init__(self, talk: Conversation, engine: Engine, filed: int = 0, seed: int = 0) -> None:
        self._talk = talk
        self._engine = engine
        self._filed = filed
        self._seed = seed
        self._open: tuple[int, File] | None = None
        self._held: list[Effect] = []
        self._done = False

    @property
    def summary(self) -> tuple[tuple[str, str], ...]:
        """What is known of the request being taken: (slot, words)."""
        return self._talk.summary

    @property
    def taken(self) -> Mapping[str, Any]:
        """The same as values."""
        return self._talk.taken

    def open(self) -> list[Effect]:
        """The greeting and the open question."""
        return self._talk.open()

    def receive(self, event: Event, now: datetime) -> list[Effect]:
        """What follows from one event."""
        if self._open is not None:
            place, file = self._open
            self._open = None
            if not self._concerns(event, now):
                return self._answered(event, place, file)
        return self._watched(self._talk.receive(event, now))

    def _concerns(self, event: Event, now: datetime) -> bool:
        """Whether the conversation itself is meant: a cry for help, a person, another matter."""
        if isinstance(event, HungUp):
            return True
        if isinstance(event, Pressed):
            return event.key in _KEYS
        if not isinstance(event, Heard):
            return False
        if self._engine.emergency(event.text):
            return True
        if len(bare(event.text)) <= _SHORT and self._engine.polarity(event.text) == "no":
            return False
        meant = self._engine.understand(event.text, now)
        return meant.first.name != "out_of_scope" and meant.confidence >= _SURE

    def _answered(self, event: Event, place: int, file: File) -> list[Effect]:
        """Whatever was said is written down as it is; then the talk goes on."""
        held, self._held = self._held, []
        if not isinstance(event, Heard) or self._engine.polarity(event.text) == "no":
            return held
        slots = {**file.slots, SLOT: event.text}
        told = File(file.intent, slots, "changed", target=place, priority=file.priority)
        return [told, self._say("who_noted"), *held]

    def _watched(self, effects: list[Effect]) -> list[Effect]:
        """Look for the first request that stands, and put our question in the place of the next."""
        file, place = None, 0
        for effect in effects:
            if not isinstance(effect, File) or effect.target is not None:
                continue
            if effect.status == "new":
                file, place = effect, self._filed
            self._filed += 1
        if file is None or self._done or any(isinstance(e, Alert | Connect) for e in effects):
            return effects
        asked = next((at for at, e in enumerate(effects) if isinstance(e, Ask)), None)
        if asked is None:
            return effects
        self._done, self._open = True, (place, file)
        begin = asked - 1 if asked and isinstance(effects[asked - 1], Say) else asked
        self._held = [e for e in effects[begin:] if isinstance(e, Say | Ask)]
        rest = [e for e in effects[begin:] if not isinstance(e, Say | Ask)]
        return [*effects[:begin], *rest, self._say("ask_who"), Ask(SLOT)]

    def _say(self, prompt: str) -> Say:
        return Say(load_prompts().pick(prompt, self._seed, None, set()), prompt)
