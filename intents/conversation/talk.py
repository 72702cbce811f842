"""The ground a conversation stands on: what was said, asked and decided so far.

`Talk` collects the effects of one turn and remembers the question that is
open. It knows nothing of services; those who do (`Order`, `Amend`, `Alarm`)
speak through it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any, Literal, Protocol

from intents import HOME
from intents.types import Ask, Channel, Choice, Effect, End, File, Heard, Intent, Say, Understanding

from .acts import Acts, load_acts
from .asides import Asides, load_asides
from .bookings import Bookings
from .defaults import Surroundings
from .dialogue import Dialogue, load_dialogues
from .facts import StationFacts
from .prompts import Prompts, load_prompts
from .spoken import Words, load_words, load_yaml
from .verdict import Doing, Verdict, Verdicts, load_verdicts, spoken
from .wording import Wording

NAMED = HOME / "rules" / "named.yaml"
"""How elders name bookings and the parts of a request."""
PAGE = 4
"""Choices on offer at a time."""
_SURE = 0.5
"""Confidence of the recogniser from which on a yes is taken at once."""

Outcome = Literal["created", "changed", "cancelled", "operator", "emergency", "none"]
Status = Literal["new", "changed", "cancelled", "handed_over", "emergency"]
Priority = Literal["ordinary", "urgent", "emergency"]


class Engine(Protocol):
    """What a conversation needs of an engine."""

    def understand(self, text: str, now: datetime) -> Understanding:
        """What one utterance means."""

    def extract(
        self, text: str, now: datetime, intent: str, asked: str | None = None
    ) -> Mapping[str, Any]:
        """Slot values of an answer."""

    def correction(
        self, text: str, now: datetime, intent: str, current: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        """New values, when something is being corrected."""

    def settled(self, text: str) -> str:
        """The text without a value that was only thought of."""

    def polarity(self, text: str) -> str | None:
        """yes, no or None."""

    def worry(self, text: str) -> tuple[str, str] | None:
        """Kind and words of what may be an emergency, where nobody can tell."""

    def vocabulary(self, list_name: str) -> Sequence[str]:
        """The standard words of a list."""

    def standard(self, list_name: str, text: str) -> str:
        """The text with the words of a list in their standard form."""

    def emergency(self, text: str) -> tuple[str, str] | None:
        """(kind, words), when something is wrong now."""


@cache
def load_named() -> Mapping[str, Any]:
    """How elders name bookings and the parts of a request; read once."""
    return dict(load_yaml(NAMED))


@dataclass(frozen=True, slots=True)
class Question:
    """A question that can be asked again in other words."""

    slot: str
    """What it is about: a slot, `confirm`, `service` or `which`."""
    prompt: str
    """The prompt that asks it."""
    again: str
    """The prompt that rephrases it with an example."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """What the prompts are filled with."""
    choices: tuple[Choice, ...] = ()
    """All of them; shown `PAGE` at a time."""
    intent: str | None = None
    """The service it belongs to."""
    page: int = 0
    """Which page of choices is shown."""
    keys: bool = False
    """The choices were named in this order, so that a telephone key can mean one."""
    recap: tuple[str, ...] = ()
    """What is said again before it is asked once more: the read-back of a `confirm`."""

    @property
    def open(self) -> bool:
        """Whether it asks what the elder needs at all (a housekeeping job is a `service` too)."""
        return self.slot == "service" and self.intent is None


class Talk:
    """One conversation's memory and its voice."""

    def __init__(
        self,
        engine: Engine,
        *,
        channel: Channel,
        now: datetime,
        resident: Mapping[str, Any] | None,
        requests: Sequence[Mapping[str, Any]],
        facts: StationFacts,
        asked_for: str = "",
        seed: int = 0,
    ) -> None:
        self.engine = engine
        self.channel: Channel = channel
        self.resident: Mapping[str, Any] = resident or {}
        self.facts = facts
        self.asked_for = asked_for
        self.now = now
        self.bookings = Bookings.of(requests)
        self.prompts: Prompts = load_prompts()
        self.dialogues: Mapping[str, Dialogue] = load_dialogues()
        self.words: Words = load_words()
        self.acts: Acts = load_acts()
        self.named: Mapping[str, Any] = load_named()
        self.asides: Asides = load_asides()
        self._verdicts: Verdicts = load_verdicts()
        self.out: list[Effect] = []
        self.question: Question | None = None
        self.last_turn: tuple[Say, ...] = ()
        self.queue: list[Intent] = []
        self.outcomes: list[str] = []
        self.failures = 0
        self.heard = ""
        self.otherwise: tuple[str, ...] = ()
        """Other readings of the sound that was heard, best first."""
        self.sure = True
        self.chatted: str | None = None
        self.told = 0
        self.listed: list[int] = []
        self.unclaimed: list[str] = []
        self.ended = False
        self._spoken: Counter[str] = Counter()
        self._seed = seed
        self._last: tuple[str, ...] = ()
        self._replayed = False

    # --- what is known ------------------------------------------------------------------------

    @property
    def around(self) -> Surroundings:
        """Channel, moment, resident and station."""
        return Surroundings(self.channel, self.now, self.resident, self.facts)

    @property
    def wording(self) -> Wording:
        """Puts slots into words as of now."""
        return Wording(self.around, self.words)

    def name(self, intent: str) -> str:
        """What a service is called."""
        return self.dialogues[intent].name if intent in self.dialogues else ""

    def listen(self, event: Heard) -> None:
        """Remember what is being answered now, and how well it was heard."""
        self.heard, self.sure = event.text, event.confidence >= _SURE
        self.otherwise = event.alternatives

    def verdict(self, text: str, doing: Doing = "book", *, echo: bool = False) -> Verdict | None:
        """The answer to what was last read back, whose words may be said again.

        `echo`: the words hold values, all of them as they were understood.
        """
        recap = self.question.recap if self.question else ()
        about = self.question.intent if self.question else None
        nouns = self.named["bookings"].get(about, ())
        known = spoken((*self._last, *recap))
        return self._verdicts(text, doing, known, nouns=nouns, echo=echo)

    # --- speaking -------------------------------------------------------------------------------

    def say(self, prompt: str, fields: Mapping[str, str] | None = None) -> None:
        """Speak a prompt, in other words than last time."""
        avoid = set(self._last) | {s for e in self.out if isinstance(e, Say) for s in e.sentences}
        turn = self._seed + self._spoken[prompt]
        said = self.prompts.pick(prompt, turn, fields, avoid)
        self._spoken[prompt] += 1
        self.out.append(Say(said, prompt))

    def say_sentences(self, sentences: Sequence[str], prompt: str) -> None:
        """Speak sentences that were put together elsewhere."""
        self.out.append(Say(tuple(sentences), prompt))

    def pose(self, question: Question, prompt: str | None = None) -> None:
        """Ask, with the question's own prompt or another wording of it."""
        self.say(prompt or question.prompt, question.fields)
        self.expect(question)

    def expect(self, question: Question) -> None:
        """Leave this question open; its words have been spoken already."""
        self.question = question
        self.ended = False
        self.out.append(Ask(question.slot, self.page(question), question.intent))

    def page(self, question: Question) -> tuple[Choice, ...]:
        """The choices on offer now, with one for the rest when there are more."""
        choices = question.choices
        if len(choices) <= PAGE:
            return choices
        size = PAGE - 1
        start = question.page * size % (-(-len(choices) // size) * size)
        return (*choices[start : start + size], Choice("more", str(self.words.data["more"])))

    def next_page(self) -> None:
        """Show the other choices."""
        if self.question is None:
            return
        turned = replace(self.question, page=self.question.page + 1)
        if self.channel == "phone":
            labels = [choice.label for choice in self.page(turned)[: PAGE - 1]]
            self.say("offers", {"options": self.words.join(labels)})
        self.say("more_choices")
        self.expect(turned)

    def ask_again(self) -> None:
        """Ask the open question once more, in other words."""
        if self.question is None:
            self.ask_service()
            return
        self.recap()
        self.pose(self.question)

    def recap(self) -> None:
        """Read back once more what the open question is about, if it is about a read-back."""
        if self.question is not None and self.question.recap:
            self.say_sentences(self.question.recap, "recap")

    def repeat(self) -> None:
        """Say the last turn again, word for word."""
        self.out.extend(self.last_turn)
        self._replayed = True
        if self.question is not None:
            self.expect(self.question)
        elif not self.ended:
            self.ask_service()

    def ask_service(self, prompt: str = "ask_service") -> None:
        """The open question."""
        choices = tuple(Choice(intent, d.name) for intent, d in self.ranked())
        fields = {"who": self.asked_for}
        self.pose(Question("service", prompt, "service_again", fields, choices=choices))

    def ranked(self) -> list[tuple[str, Dialogue]]:
        """The services, the most wanted first."""
        order = [str(intent) for intent in self.words.data["services"]]
        return sorted(
            self.dialogues.items(),
            key=lambda item: order.index(item[0]) if item[0] in order else len(order),
        )

    # --- deciding -------------------------------------------------------------------------------

    def file(
        self,
        intent: str,
        slots: Mapping[str, Any],
        status: Status = "new",
        *,
        target: int | None = None,
        priority: Priority = "ordinary",
        unfinished: bool = False,
    ) -> int:
        """Make a request durable, and remember it; gives its index."""
        self.out.append(
            File(intent, dict(slots), status, target=target, priority=priority,
                 unfinished=unfinished)
        )  # fmt: skip
        self.listed = []
        if target is None:
            return self.bookings.add(intent, slots, status).index
        row = self.bookings.rows[target]
        row.slots, row.status = dict(slots), status
        return target

    def end(self, outcome: Outcome, *, final: bool = False) -> None:
        """A matter, or with `final` the whole talk, is over."""
        self.outcomes.append(outcome)
        self.out.append(End(outcome, final=final))
        if final:
            self.question, self.ended = None, True

    def take(self) -> list[Effect]:
        """The turn's effects; what was spoken is remembered for a repeat."""
        effects, self.out = self.out, []
        says = tuple(effect for effect in effects if isinstance(effect, Say))
        if says and not self._replayed:
            self.last_turn = says
        self._replayed = False
        if says:
            self._last = tuple(s for said in says for s in said.sentences)
        return effects
