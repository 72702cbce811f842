"""One conversation carried out: what it decides is done, in the order that keeps promises.

A session stands between a conversation (which only decides) and the ledger
(which only remembers). It has no ears and no mouth: the kiosk, the telephone,
the demo and the live talk bring theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import structlog

from intents.types import (
    Adjust,
    Alert,
    Ask,
    Connect,
    Effect,
    End,
    Event,
    File,
    Say,
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Filed:
    """A request as it stands in the ledger after this turn."""

    number: str
    """Its number, as spoken to the elder; empty if it could not be written."""
    intent: str
    """What is wanted."""
    slots: dict[str, Any]
    """Defaults filled in."""
    status: str
    """new, changed, cancelled, handed_over or emergency."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What follows from one event; everything in `filed` is already durable."""

    say: tuple[str, ...] = ()
    """Sentences to speak and show, in order."""
    ask: Ask | None = None
    """The answer that is expected now."""
    filed: tuple[Filed, ...] = ()
    """Requests written, changed or cancelled in this turn."""
    alerts: tuple[Alert, ...] = ()
    """Emergencies raised in this turn."""
    connect: Connect | None = None
    """A person is to take over."""
    adjust: tuple[Adjust, ...] = ()
    """Speak louder or slower from now on."""
    outcome: str | None = None
    """Set in the turn in which a matter ends."""
    final: bool = False
    """The call is over."""


class Talking(Protocol):
    """A conversation, as far as a session needs it."""

    def open(self) -> list[Effect]:
        """The greeting and the open question."""

    def receive(self, event: Event, now: datetime) -> list[Effect]:
        """What follows from one event."""

    @property
    def summary(self) -> tuple[tuple[str, str], ...]:
        """What is known of the request being taken: (slot, words)."""

    @property
    def taken(self) -> Mapping[str, Any]:
        """The same as values."""


class Desk(Protocol):
    """A ledger, as far as a session needs it: each call is durable when it returns."""

    def write(self, effect: File, target: str | None) -> str:
        """File, change or cancel; gives the request's number."""

    def alarm(self, effect: Alert) -> None:
        """Let staff know at once."""

    def heard(self, event: Event, turn: Turn) -> None:
        """Remember what was said and answered; never raises."""


class Session:
    """Carries one conversation out against a desk.

    `begin` makes the conversation; it is made anew, and what was said so far is
    said to it again, when an elder goes on after a turn was taken too early.
    `numbers` are the ledger numbers of the requests the conversation was given,
    in the same order; `sorry` are the sentences spoken when nothing could be
    written: the promise is then never made.
    """

    def __init__(
        self,
        begin: Callable[[], Talking],
        desk: Desk,
        *,
        numbers: Sequence[str] = (),
        sorry: Sequence[str] = (),
        clock: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        self._begin = begin
        self._conversation = begin()
        self._past: list[tuple[Event, datetime]] = []
        self._settled = 0
        self._asking: Ask | None = None
        self._filed_last = False
        self._desk = desk
        self._numbers = list(numbers)
        self._sorry = tuple(sorry)
        self._clock = clock

    @property
    def summary(self) -> tuple[tuple[str, str], ...]:
        """What is known of the request being taken: (slot, words)."""
        return self._conversation.summary

    @property
    def taken(self) -> Mapping[str, Any]:
        """The same as values."""
        return self._conversation.taken

    def open(self) -> Turn:
        """Begin: the greeting and the open question."""
        turn = self._carry_out(self._conversation.open())
        self._asking = turn.ask
        return turn

    def receive(self, event: Event) -> Turn:
        """Hand one event to the conversation and carry out what follows."""
        now = self._clock()
        self._past.append((event, now))
        turn = self._carry_out(self._conversation.receive(event, now))
        self._filed_last = bool(turn.filed or turn.alerts)
        if self._filed_last:
            self._settled = len(self._past)
        self._asking = turn.ask
        self._desk.heard(event, turn)
        return turn

    def amend(self, event: Event) -> Turn:
        """The elder had not finished: `event` takes the place of the last one.

        What has been filed stays filed; then the event is simply the next one.
        """
        if self._past and not self._filed_last:
            self._past.pop()
            self._conversation = self._begin()
            self._conversation.open()
            for earlier, then in self._past:
                self._conversation.receive(earlier, then)
        return self.receive(event)

    def back(self) -> Turn | None:
        """Take answers back until another question is open; None where there is none.

        What has been filed stays filed: nothing before it is taken back.
        """
        past = list(self._past)
        while len(past) > self._settled:
            past.pop()
            conversation = self._begin()
            effects = conversation.open()
            for earlier, then in past:
                effects = conversation.receive(earlier, then)
            turn = self._spoken([e for e in effects if isinstance(e, Say | Ask)], ())
            if turn.ask != self._asking:
                self._conversation, self._past, self._asking = conversation, past, turn.ask
                return turn
        return None

    def _carry_out(self, effects: Sequence[Effect]) -> Turn:
        filed: list[Filed] = []
        for effect in effects:
            if isinstance(effect, Alert):
                self._alarm(effect)
            elif isinstance(effect, File):
                written = self._file(effect)
                if written is None and not any(isinstance(e, Alert) for e in effects):
                    return Turn(say=self._sorry, connect=Connect("failures"), filed=tuple(filed))
                if written is not None:
                    filed.append(written)
        return self._spoken(effects, tuple(filed))

    def _alarm(self, effect: Alert) -> None:
        """The elder is told that help is called even when the alarm must go another way."""
        try:
            self._desk.alarm(effect)
        except Exception as error:  # noqa: BLE001 - the call must still reach a person
            log.critical("alarm_not_written", kind=effect.kind, reason=type(error).__name__)

    def _file(self, effect: File) -> Filed | None:
        target = None if effect.target is None else self._numbers[effect.target]
        try:
            number = self._desk.write(effect, target)
        except Exception as error:  # noqa: BLE001 - no promise without a durable request
            log.critical("request_not_filed", intent=effect.intent, reason=str(error))
            return None
        if effect.target is None:
            self._numbers.append(number)
        return Filed(number, effect.intent, dict(effect.slots), effect.status)

    @staticmethod
    def _spoken(effects: Sequence[Effect], filed: tuple[Filed, ...]) -> Turn:
        ends = [effect for effect in effects if isinstance(effect, End)]
        asks = [effect for effect in effects if isinstance(effect, Ask)]
        connects = [effect for effect in effects if isinstance(effect, Connect)]
        return Turn(
            say=tuple(s for e in effects if isinstance(e, Say) for s in e.sentences),
            ask=asks[-1] if asks else None,
            filed=filed,
            alerts=tuple(e for e in effects if isinstance(e, Alert)),
            connect=connects[-1] if connects else None,
            adjust=tuple(e for e in effects if isinstance(e, Adjust)),
            outcome=ends[-1].outcome if ends else None,
            final=any(end.final for end in ends),
        )
