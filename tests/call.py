"""A conversation that is spoken to in plain strings, for the tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from intents.conversation import Conversation
from intents.engine import Engine
from intents.types import Channel, Effect, End, Event, File, Heard, Say

NOW = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
TAXI = {"intent": "taxi", "slots": {"destination": "火车站", "date": "2026-11-24", "time": "08:00"}}
EYES = {
    "intent": "appointment",
    "slots": {
        "department": "眼科",
        "hospital": "人民医院",
        "date": "2026-11-25",
        "part": "morning",
    },
}


class Call:
    """A conversation that is spoken to in plain strings."""

    def __init__(self, engine: Engine, channel: Channel = "phone", **given: Any) -> None:
        self.now: datetime = given.pop("now", NOW)
        self.talk = Conversation(engine, channel=channel, now=self.now, **given)
        self.greeting = self.talk.open()
        self.turn: list[Effect] = []
        self.all: list[Effect] = list(self.greeting)

    def __call__(self, *turns: str | Event) -> Call:
        for turn in turns:
            event = Heard(turn) if isinstance(turn, str) else turn
            self.turn = self.talk.receive(event, self.now)
            self.all += self.turn
        return self

    @property
    def said(self) -> str:
        return "".join(spoken(self.turn))

    @property
    def filed(self) -> list[File]:
        return [effect for effect in self.all if isinstance(effect, File)]

    @property
    def outcome(self) -> str | None:
        ends = [effect.outcome for effect in self.turn if isinstance(effect, End)]
        return ends[-1] if ends else None


def spoken(effects: Iterable[Effect]) -> list[str]:
    return [s for effect in effects if isinstance(effect, Say) for s in effect.sentences]


def kinds(effects: Iterable[Effect]) -> list[type[Effect]]:
    return [type(effect) for effect in effects]
