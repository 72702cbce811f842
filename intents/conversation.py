"""One conversation, for the kiosk and the telephone alike.

It does no I/O and reads no clock: events go in, effects come out, and the same
events always give the same effects. After every event there is either an open
question (`asking`) or the talk has ended.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from .acts import bare
from .alarm import Alarm
from .facts import StationFacts
from .idle import Idle
from .matters import AMENDS, Matters
from .talk import Engine, Talk
from .touch import Touch
from .types import (
    Adjust,
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
    Understanding,
)

_VOICE: tuple[Literal["louder", "slower"], ...] = ("louder", "slower")
_COURTESIES = (("wait", "unhurried"), ("greeting", "here"), ("who", "who_i_am"))


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
        seed: int = 0,
    ) -> None:
        self._talk = Talk(
            engine,
            channel=channel,
            now=now,
            resident=resident,
            requests=requests,
            facts=facts or StationFacts(),
            seed=seed,
        )
        self._matters = Matters(self._talk)
        self._idle = Idle(self._matters)
        self._alarm = Alarm(self._talk, self._all_clear)
        self._touch = Touch(self._matters, self._idle, self._alarm, self._raise)
        self._offered_person = False
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
    def history(self) -> tuple[tuple[str, str], ...]:
        """Everything so far: (`elder` or `linli`, words)."""
        return tuple(self._history)

    # --- events -----------------------------------------------------------------------------------

    def open(self) -> list[Effect]:
        """The greeting, the notice of recording, and the open question."""
        self._talk.ask_service(f"greet_{self._talk.channel}")
        talk = self._talk
        if talk.question is not None:
            talk.question = replace(talk.question, prompt="ask_service")
        return self._take()

    def receive(self, event: Event, now: datetime) -> list[Effect]:
        """What follows from one event."""
        self._talk.now = now
        match event:
            case Heard():
                self._history.append(("elder", event.text))
                self._heard(event)
            case Chose():
                self._matters.ladder.silences = 0
                self._touch.chose(event.slot, event.value)
            case Pressed():
                self._matters.ladder.silences = 0
                self._touch.pressed(event.key)
            case Silence():
                self._silent()
            case Noise():
                self._noise()
            case HungUp():
                self._gone()
        return self._take()

    def _take(self) -> list[Effect]:
        effects = self._talk.take()
        for effect in effects:
            for sentence in getattr(effect, "sentences", ()):
                self._history.append(("linli", sentence))
        return effects

    # --- hearing --------------------------------------------------------------------------------

    def _heard(self, event: Heard) -> None:
        talk, ladder = self._talk, self._matters.ladder
        if not event.text.strip():
            self._noise()
            return
        self._offered_person = ladder.silences >= 2
        ladder.silences = 0
        talk.heard = event.text
        alarm = talk.engine.emergency(event.text)
        meant = self._understood(event.text)
        if alarm is None and meant.first.name == "emergency":
            alarm = (str(meant.first.slots.get("kind") or "other"), event.text)
        if alarm is not None and self._alarm.news(alarm[0]):
            self._raise(*alarm)
        elif self._alarm.kind is None and (picked := self._picked(event.text)) is not None:
            self._touch.chose(*picked)
        elif not self._controlled(event.text, meant):
            if self._alarm.kind is not None:
                self._alarm.heard(event.text)
            else:
                self._matter(event.text, self._best(event, meant))

    def _understood(self, text: str) -> Understanding:
        """What it means; who begins anew in mid-sentence (…算了，…) means what follows."""
        rest = self._talk.acts.after("restart", text)
        if rest and self._matters.asking_service:
            anew = self._talk.engine.understand(rest, self._talk.now)
            if self._matters.known(anew.first.name):
                return anew
        meant = self._talk.engine.understand(text, self._talk.now)
        rest = self._talk.acts.after("joint", text)
        if not rest or len(meant.intents) > 1 or not self._matters.known(meant.first.name):
            return meant
        second = self._talk.engine.understand(rest, self._talk.now).first
        if second.name not in self._talk.dialogues or second.name == meant.first.name:
            return meant
        return replace(meant, intents=(meant.first, second))

    def _best(self, event: Heard, meant: Understanding) -> Understanding:
        """Another reading of the same audio, when the first asks for nothing."""
        if meant.first.name != "out_of_scope" or not self._matters.asking_service:
            return meant
        for other in event.alternatives:
            reading = self._talk.engine.understand(other, self._talk.now)
            if reading.first.name in self._talk.dialogues and not reading.unsure:
                return reading
        return meant

    def _controlled(self, text: str, meant: Understanding) -> bool:
        """A person, again, louder, slower, no recording: in every state."""
        talk = self._talk
        names = [intent.name for intent in meant.intents]
        wants_person = "operator" in names or self._talk.acts.found("person", text)
        if wants_person and self._alarm.kind is None:
            self._matters.hand_over("asked")
            return True
        asks_for_more = any(self._matters.known(name) for name in names)
        if talk.acts.found("unrecorded", text):
            talk.out.append(Adjust("unrecorded"))
            talk.say("unrecorded")
            if not asks_for_more:
                talk.ask_again()
            return not asks_for_more
        if asks_for_more or not {"louder", "slower", "repeat"} & set(names):
            return False
        for what in _VOICE:
            if what in names:
                talk.out.append(Adjust(what))
                talk.say(what)
        talk.repeat()
        return True

    def _matter(self, text: str, meant: Understanding) -> None:
        talk, matters = self._talk, self._matters
        if talk.ended and self._closed(meant):
            return
        courtesy = self._courtesy(text) if meant.first.name == "out_of_scope" else None
        if courtesy is not None:
            talk.say(courtesy)
            talk.ask_again()
        elif matters.order.draft is not None:
            if not self._aside(meant):
                matters.order.heard(text, meant)
        elif matters.amend.kind is not None:
            if not self._switches(meant):
                matters.amend.heard(text, meant)
        else:
            self._idle.heard(text, meant, offered_person=self._offered_person)

    def _courtesy(self, text: str) -> str | None:
        """The prompt that answers 等一下, 喂 or 你是哪个, which are no failures."""
        for act, prompt in _COURTESIES:
            if self._talk.acts.found(act, text):
                return prompt
        return None

    def _picked(self, text: str) -> tuple[str, Any] | None:
        """The choice that was said word for word, or as its dialect forms say it."""
        question = self._talk.question
        if question is None:
            return None
        plain = bare(text)
        core = re.sub(str(self._talk.words.data["around_answers"]), "", plain)
        for choice in (*question.choices, *self.choices):
            if {plain, core} & {choice.label, *choice.heard_as}:
                return question.slot, choice.value
        return None

    def _closed(self, meant: Understanding) -> bool:
        """After the end: once a person was fetched, only a clear request opens the talk again."""
        if self._matters.handed_over and not self._matters.known(meant.first.name):
            self._talk.say("operator_waiting")
            return True
        self._talk.ended = False
        return False

    def _aside(self, meant: Understanding) -> bool:
        """Another booking comes up in the middle of a request: it is taken up afterwards."""
        talk, draft = self._talk, self._matters.order.draft
        first = meant.first
        if draft is None or first.name not in AMENDS or meant.unsure:
            return False
        about = first.slots.get("about")
        if about in (None, draft.intent) or not talk.bookings.matching(str(about), {}):
            return False
        talk.queue.append(first)
        talk.say("remembered", {"name": talk.name(str(about))})
        talk.ask_again()
        return True

    def _switches(self, meant: Understanding) -> bool:
        """A new request in the middle of a change: the change is let go of."""
        talk = self._talk
        name = meant.first.name
        mine = talk.question.intent if talk.question else None
        if meant.unsure or name not in talk.dialogues or name == mine:
            return False
        agrees = talk.engine.polarity(talk.heard) == "yes" and not talk.acts.found(
            "also", talk.heard
        )
        if (self.asking == "confirm" and agrees) or talk.acts.found("times_only", talk.heard):
            return False
        if self.asking == "which" and any(row.intent == name for row in talk.bookings.open()):
            return False
        self._matters.amend.leave()
        self._matters.begin(list(meant.intents))
        return True

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
        elif not self._talk.ended:
            self._matters.ladder.silence()
            if self._talk.ended:
                self._matters.forget()

    def _noise(self) -> None:
        if self._alarm.kind is not None:
            self._alarm.noise()
        elif not self._talk.ended:
            self._matters.ladder.noise()

    def _gone(self) -> None:
        if self._alarm.kind is not None:
            self._alarm.gone()
        elif not self._talk.ended:
            self._matters.leave_unfinished(unfinished=True)
            self._talk.end("none", final=True)
