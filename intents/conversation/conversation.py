"""One conversation, for the kiosk and the telephone alike.

It does no I/O and reads no clock: events go in, effects come out, and the same
events always give the same effects. After every event there is either an open
question (`asking`) or the talk has ended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from intents.types import (
    Channel,
    Choice,
    Chose,
    Effect,
    Event,
    Heard,
    HungUp,
    Noise,
    Pressed,
    Silence,
)

from .alarm import Alarm
from .facts import StationFacts
from .idle import Idle
from .matters import Matters
from .talk import Engine, Talk
from .touch import Touch
from .uptake import Uptake


class Conversation:
    """What is said and asked next, and what is filed.

    `requests` are the resident's open ones (`intent`, `slots`, and `status` if
    known), in the order `File.target` counts them. `seed` picks among the ways
    of saying things, so that two calls do not sound alike.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        channel: Channel,
        now: datetime,
        resident: Mapping[str, Any] | None = None,
        requests: Sequence[Mapping[str, Any]] = (),
        facts: StationFacts | None = None,
        asked_for: str = "",
        seed: int = 0,
    ) -> None:
        self._talk = Talk(
            engine,
            channel=channel,
            now=now,
            resident=resident,
            requests=requests,
            facts=facts or StationFacts(),
            asked_for=asked_for,
            seed=seed,
        )
        self._matters = Matters(self._talk)
        self._idle = Idle(self._matters)
        self._alarm = Alarm(self._talk, self._all_clear)
        self._touch = Touch(self._matters, self._idle, self._alarm, self._raise)
        self._uptake = Uptake(self._matters, self._idle, self._alarm, self._touch, self._raise)
        self._history: list[tuple[str, str]] = []

    # --- what can be asked of it ----------------------------------------------------------------

    @property
    def asking(self) -> str | None:
        """The open question: a slot, `confirm`, `service`, `which`, or None."""
        return self._talk.question.slot if self._talk.question else None

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What is on offer, at most four."""
        return self._talk.page(self._talk.question) if self._talk.question else ()

    @property
    def ended(self) -> bool:
        """Whether the talk is over."""
        return self._talk.ended

    @property
    def intent(self) -> str | None:
        """The request being taken or changed, if any."""
        if self._matters.order.draft is not None:
            return self._matters.order.draft.intent
        return self._matters.amend.kind

    @property
    def summary(self) -> tuple[tuple[str, str], ...]:
        """What is known of the request being taken: (slot, words)."""
        draft = self._matters.order.draft
        if draft is None:
            return ()
        full = draft.full(self._talk.around)
        wording = self._talk.wording
        return tuple((name, wording.value(name, value)) for name, value in full.items())

    @property
    def taken(self) -> Mapping[str, Any]:
        """What is known of the request being taken: slot → value, defaults filled in."""
        draft = self._matters.order.draft
        return {} if draft is None else draft.full(self._talk.around)

    @property
    def history(self) -> tuple[tuple[str, str], ...]:
        """Everything so far: (`elder` or `linli`, words)."""
        return tuple(self._history)

    # --- events -----------------------------------------------------------------------------------

    def open(self) -> list[Effect]:
        """The greeting, the notice of recording, and the open question."""
        talk = self._talk
        talk.ask_service("greet_behalf" if talk.asked_for else f"greet_{talk.channel}")
        if talk.question is not None:
            talk.question = replace(talk.question, prompt="ask_service")
        return self._take()

    def receive(self, event: Event, now: datetime) -> list[Effect]:
        """What follows from one event."""
        self._talk.now = now
        match event:
            case Heard():
                self._history.append(("elder", event.text))
                self._uptake.heard(event)
            case Chose():
                self._matters.ladder.silences = 0
                self._touch.chose(event.slot, event.value)
            case Pressed():
                self._matters.ladder.silences = 0
                self._touch.pressed(event.key)
            case Silence():
                self._silent()
            case Noise():
                self._uptake.noise()
            case HungUp():
                self._gone()
        return self._take()

    def _take(self) -> list[Effect]:
        effects = self._talk.take()
        for effect in effects:
            for sentence in getattr(effect, "sentences", ()):
                self._history.append(("linli", sentence))
        return effects

    # --- alarm, silence, end ----------------------------------------------------------------------

    def _raise(self, kind: str, words: str) -> None:
        """An emergency ends whatever was going on."""
        self._matters.forget()
        self._matters.handed_over = False
        self._talk.queue.clear()
        self._talk.failures = 0
        self._alarm.raised(kind, words)

    def _all_clear(self) -> None:
        self._matters.ladder.silences = 0
        self._talk.failures = 0

    def _silent(self) -> None:
        if self._alarm.kind is not None:
            self._alarm.unanswered()
        elif self._uptake.distress.words:
            self._raise("other", self._uptake.distress.words)
        elif not self._talk.ended:
            self._matters.ladder.silence()
            if self._talk.ended:
                self._matters.forget()

    def _gone(self) -> None:
        if self._alarm.kind is not None:
            self._alarm.gone()
        elif not self._talk.ended:
            self._matters.leave_unfinished(unfinished=True)
            self._talk.end("none", final=True)
