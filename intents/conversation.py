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

from .alarm import Alarm
from .amend import Amend
from .facts import StationFacts
from .ladder import Ladder
from .order import Order
from .talk import Engine, Question, Talk
from .types import (
    Adjust,
    Channel,
    Choice,
    Chose,
    Connect,
    Effect,
    Event,
    Heard,
    HungUp,
    Intent,
    Noise,
    Pressed,
    Silence,
    Understanding,
)

_AMENDS = frozenset({"status", "cancel", "change"})
_VOICE = ("louder", "slower")


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
        self._ladder = Ladder(self._talk, self._hand_over)
        self._order = Order(self._talk, self._next, self._ladder.failed)
        self._amend = Amend(self._talk, self._next, self._ladder.failed)
        self._alarm = Alarm(self._talk, self._calm_again)
        self._handed_over = False
        self._maybe: dict[str, Intent] = {}
        self._silences_before = 0
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
        if self._order.draft is not None:
            return self._order.draft.intent
        return self._amend.kind

    @property
    def summary(self) -> tuple[tuple[str, str], ...]:
        """What is known of the request being taken: (slot, words)."""
        draft = self._order.draft
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
                self._ladder.silences = 0
                self._chose(event.slot, event.value)
            case Pressed():
                self._ladder.silences = 0
                self._pressed(event.key)
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

    # --- hearing ----------------------------------------------------------------------------------

    def _heard(self, event: Heard) -> None:
        talk, text = self._talk, event.text
        self._silences_before = self._ladder.silences
        self._ladder.silences = 0
        if not text.strip():
            self._noise()
            return
        alarm = talk.engine.emergency(text)
        meant = talk.engine.understand(text, talk.now)
        if alarm is None and meant.first.name == "emergency":
            alarm = (str(meant.first.slots.get("kind") or "other"), text)
        if alarm is not None and alarm[0] != self._alarm.kind:
            self._raise(*alarm)
        elif self._controlled(text, meant):
            return
        elif self._alarm.kind is not None:
            self._alarm.heard(text)
        else:
            self._matter(text, self._best(event, meant))

    def _best(self, event: Heard, meant: Understanding) -> Understanding:
        """Another reading of the same audio, when the first asks for nothing."""
        if meant.first.name != "out_of_scope" or not self._open:
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
        asks_for_more = any(name in talk.dialogues or name in _AMENDS for name in names)
        if "operator" in names:
            if self._alarm.kind is not None:
                self._alarm.heard(text)
            else:
                self._hand_over("asked")
            return True
        if talk.acts.found("unrecorded", text):
            talk.out.append(Adjust("unrecorded"))
            talk.say("unrecorded")
            if not asks_for_more:
                talk.ask_again()
            return not asks_for_more
        voice = [name for name in names if name in _VOICE]
        if (voice or "repeat" in names) and not asks_for_more:
            for name in voice:
                talk.out.append(Adjust("louder" if name == "louder" else "slower"))
                talk.say(name)
            talk.repeat()
            return True
        return False

    def _matter(self, text: str, meant: Understanding) -> None:
        talk = self._talk
        if talk.ended and self._closed(meant):
            return
        if self._waits(text, meant):
            talk.say("unhurried")
            talk.ask_again()
        elif self._order.draft is not None:
            if not self._aside(meant):
                self._order.heard(text, meant)
        elif self._amend.kind is not None:
            if not self._switches(meant):
                self._amend.heard(text, meant)
        else:
            self._idle(text, meant)

    def _waits(self, text: str, meant: Understanding) -> bool:
        return meant.first.name == "out_of_scope" and self._talk.acts.found("wait", text)

    def _closed(self, meant: Understanding) -> bool:
        """After the end: only a clear request opens the talk again."""
        names = {intent.name for intent in meant.intents}
        if names & (self._talk.dialogues.keys() | _AMENDS):
            self._talk.ended = self._handed_over = False
            return False
        if self._handed_over:
            self._talk.say("operator_waiting")
            return True
        self._talk.ended = False
        return False

    def _aside(self, meant: Understanding) -> bool:
        """A question about another booking, or its cancellation, in the middle of a request."""
        talk, draft = self._talk, self._order.draft
        first = meant.first
        if draft is None or first.name not in _AMENDS or meant.unsure:
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
        first = meant.first
        row_intent = talk.question.intent if talk.question else None
        if meant.unsure or first.name not in talk.dialogues or first.name == row_intent:
            return False
        if self.asking == "which" and any(r.intent == first.name for r in talk.bookings.open()):
            return False
        self._amend.leave()
        self._begin(list(meant.intents))
        return True

    def _idle(self, text: str, meant: Understanding) -> None:
        talk = self._talk
        wanted = [i for i in meant.intents if i.name in talk.dialogues or i.name in _AMENDS]
        answer = talk.engine.polarity(text)
        offered = talk.question.choices if talk.question else ()
        if meant.unsure and self._either(meant):
            return
        if wanted:
            self._begin(wanted)
        elif answer == "yes" and len(offered) == 2 and self._open:
            self._chose("service", offered[0].value)
        elif talk.acts.found("have_more", text) and talk.outcomes:
            talk.ask_service("say_on")
        elif self._silences_before >= 2 and answer == "yes" and talk.channel == "phone":
            self._hand_over("asked")
        elif (talk.outcomes and self._finished(text, answer)) or (
            answer == "no" and talk.acts.found("nothing_more", text)
        ):
            self._farewell()
        else:
            self._ladder.failed(text, meant)

    def _finished(self, text: str, answer: str | None) -> bool:
        acts = self._talk.acts
        return answer is not None or acts.found("nothing_more", text) or acts.found("thanks", text)

    def _either(self, meant: Understanding) -> bool:
        """Two readings scored close: ask which, once."""
        talk = self._talk
        readings = [meant.first.name, *(guess.intent for guess in meant.alternatives)]
        close = [name for name in dict.fromkeys(readings) if name in talk.dialogues][:2]
        if len(close) < 2 or talk.failures:
            return False
        talk.failures += 1
        offered = tuple(Choice(name, talk.name(name)) for name in close)
        fields = {"options": talk.words.options([choice.label for choice in offered])}
        self._maybe = {intent.name: intent for intent in meant.intents}
        talk.pose(Question("service", "either", "service_again", fields, offered, keys=True))
        return True

    # --- matters --------------------------------------------------------------------------------

    def _begin(self, wanted: list[Intent]) -> None:
        talk = self._talk
        wanted = [i for i in wanted if i.name in talk.dialogues or i.name in _AMENDS]
        talk.failures = 0
        talk.queue.extend(wanted[1:])
        self._start(wanted[0])

    def _start(self, intent: Intent) -> None:
        if intent.name in _AMENDS:
            self._amend.start(intent)
        else:
            self._order.start(intent)

    def _next(self) -> None:
        """A matter is over: the next one that was mentioned, or is there anything else?"""
        talk = self._talk
        if not talk.queue:
            choices = tuple(Choice(intent, d.name) for intent, d in talk.ranked())
            talk.pose(Question("service", "more", "service_again", choices=choices))
            return
        intent = talk.queue.pop(0)
        if intent.name in talk.dialogues:
            talk.say("next_one", {"name": talk.name(intent.name)})
            intent = self._inherit(intent)
        self._start(intent)

    def _inherit(self, intent: Intent) -> Intent:
        """What was said of the matter before holds for the next where it fits."""
        before = [row for row in self._talk.bookings.rows if row.here][-1:]
        slots = dict(intent.slots)
        for row in before:
            names = self._talk.dialogues[intent.name].inherits.get(row.intent, {})
            for mine, theirs in names.items():
                if slots.get(mine) is None and row.slots.get(theirs) is not None:
                    slots[mine] = row.slots[theirs]
        return Intent(intent.name, slots, intent.fuzzy)

    def _farewell(self) -> None:
        talk = self._talk
        talk.say("farewell_phone" if talk.channel == "phone" else "farewell")
        talk.end("none", final=True)

    # --- a person, an alarm, an end -------------------------------------------------------------

    def _unfinished(self, *, unfinished: bool) -> None:
        """What was begun is written down for staff."""
        talk = self._talk
        if self._order.draft is not None:
            intent = self._order.draft.intent
            slots = self._order.filed_slots()
            talk.file(intent, slots, "handed_over", unfinished=unfinished)
            self._order.draft = None
        for waiting in talk.queue:
            if waiting.name in talk.dialogues:
                talk.file(waiting.name, waiting.slots, "handed_over", unfinished=unfinished)
        talk.queue.clear()
        self._amend.leave()

    def _hand_over(self, reason: str) -> None:
        talk = self._talk
        self._unfinished(unfinished=False)
        talk.out.append(Connect(reason))
        if reason in ("failures", "silence"):
            talk.say(f"operator_{reason}")
        if not talk.facts.operator_now(talk.now):
            talk.say("operator_closed")
            opening = talk.facts.operator_next(talk.now)
            talk.say("operator_callback", {"when": talk.words.moment(opening, talk.now)})
        elif reason == "asked":
            talk.say("operator_now" if talk.channel == "phone" else "operator_now_kiosk")
        talk.failures = 0
        self._handed_over = True
        talk.end("operator", final=True)

    def _raise(self, kind: str, words: str) -> None:
        """An emergency ends whatever was going on."""
        talk = self._talk
        self._order.draft = None
        self._amend.leave()
        talk.queue.clear()
        talk.failures = 0
        self._handed_over = False
        self._alarm.raised(kind, words)

    def _calm_again(self) -> None:
        self._ladder.silences = 0
        self._talk.failures = 0

    def _silent(self) -> None:
        if self._alarm.kind is not None:
            self._alarm.unanswered()
        elif not self._talk.ended:
            self._ladder.silence()

    def _noise(self) -> None:
        if self._alarm.kind is not None:
            self._alarm.noise()
        elif not self._talk.ended:
            self._ladder.noise()

    def _gone(self) -> None:
        talk = self._talk
        if self._alarm.kind is not None:
            self._alarm.gone()
        elif not talk.ended:
            self._unfinished(unfinished=True)
            talk.end("none", final=True)

    # --- keys and tiles -------------------------------------------------------------------------

    def _pressed(self, key: str) -> None:
        talk = self._talk
        if key == "9":
            self._raise("other", "")
        elif key == "0":
            if self._alarm.kind is not None:
                self._alarm.unanswered()
            else:
                self._hand_over("asked")
        elif self._alarm.kind is not None:
            self._alarm.answered(key)
        elif talk.ended:
            return
        elif key == "*":
            talk.repeat()
        else:
            self._numbered(key)

    def _numbered(self, key: str) -> None:
        offered = self.choices
        place = int(key) - 1 if key.isdigit() else -1
        question = self._talk.question
        if question is not None and question.keys and 0 <= place < len(offered):
            self._chose(self.asking or "", offered[place].value)
        else:
            self._talk.failures += 1
            if self._talk.failures >= 3:
                self._hand_over("failures")
                return
            self._talk.say("key_unused")
            self._talk.ask_again()

    def _chose(self, slot: str, value: Any) -> None:
        talk = self._talk
        if slot == "operator" or value == "operator":
            self._hand_over("asked")
            return
        if slot == "emergency":
            self._raise("other", "")
            return
        if self._alarm.kind is not None:
            self._alarm.answered(value)
            return
        if talk.ended and slot != "service":
            return
        value = self._resolve(value)
        talk.failures = 0
        if value == "more" and talk.question is not None:
            talk.next_page()
        elif slot == "service" and (self._open or talk.question is None or self._service(value)):
            self._chose_service(str(value))
        elif self._order.draft is not None:
            self._order.chose(slot, value)
        elif self._amend.kind is not None:
            self._amend.chose(slot, value)
        else:
            talk.ask_again()

    def _resolve(self, value: Any) -> Any:
        """A label stands for its value."""
        question = self._talk.question
        for choice in question.choices if question else ():
            if value == choice.label:
                return choice.value
        return (self._talk.words.data["more"] == value and "more") or value

    @property
    def _open(self) -> bool:
        """Whether the open question is what the elder needs at all."""
        return self._talk.question is not None and self._talk.question.open

    def _service(self, value: Any) -> bool:
        return isinstance(value, str) and (value in self._talk.dialogues or value in _AMENDS)

    def _chose_service(self, value: str) -> None:
        talk = self._talk
        maybe = self._maybe.pop(value, Intent(value))
        self._maybe.clear()
        if self._service(value):
            talk.ended = self._handed_over = False
            self._order.draft = None
            self._amend.leave()
            self._begin([maybe])
        else:
            talk.ask_service()
