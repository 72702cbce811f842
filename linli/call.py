"""One call of a station: a conversation with its ears, its mouth and its place in the ledger."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from intents.conversation import Conversation
from intents.conversation.introduction import Introduced
from intents.conversation.prompts import load_prompts, sentences
from station.residents import Contact, Resident
from voices.listener import Listener
from voices.types import Channel, Speech

from .desk import LedgerDesk
from .ears import Caught, Ears
from .session import Session, Talking, Turn

if TYPE_CHECKING:
    from .stage import Station

SLOWER = 0.8
"""What 慢点说 does to the pace."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One sentence on its way to the elder."""

    speech: Speech
    """The sound."""
    first_sound_ms: float
    """From wanting to say it to having its first sound."""


class Call:
    """One conversation with its ears, its mouth and its place in the ledger."""

    def __init__(
        self,
        station: Station,
        channel: Channel,
        resident: Resident | None,
        *,
        seed: int,
        phone: str = "",
        by: Contact | None = None,
    ) -> None:
        self.station = station
        self.channel = channel
        self.now = station.clock
        self.pace = station.settings.speech.pace
        owner = resident.id if resident else None
        waiting = station.ledger.open_requests(owner, phone=phone)
        known = [
            {"intent": each.intent, "slots": dict(each.slots), "status": each.status}
            for each in waiting
        ]
        self.engine = station.mind(None if by else resident)
        self.desk = LedgerDesk(
            station.ledger,
            channel=channel,
            now=station.clock,
            resident=resident,
            phone=phone,
            by=by,
            recordings=station.recordings,
        )
        self.session = Session(
            self._beginning(known, seed),
            self.desk,
            numbers=[each.number for each in waiting],
            sorry=_sorry(),
            clock=station.clock,
        )
        for name in filter(None, [self._asked_for(), *_names(resident)]):
            station.mouth.prepare(name)
        self.ears = self._listening()

    def _asked_for(self) -> str:
        """How the resident is spoken of to whoever asks in their place; empty where nobody does."""
        resident = self.desk.resident
        return (resident.called or resident.name) if resident and self.desk.by else ""

    def _beginning(self, known: Sequence[Mapping[str, Any]], seed: int) -> Callable[[], Talking]:
        """What begins the conversation, also anew; `known` are this caller's open requests."""
        resident, began = self.desk.resident, self.now()
        facts = resident.facts() | self._last(resident) if resident else None

        def begin() -> Talking:
            talk = Conversation(
                self.engine,
                channel=self.channel,
                now=began,
                resident=facts,
                asked_for=self._asked_for(),
                requests=known,
                facts=self.station.facts,
                seed=seed,
            )
            stranger = self.channel == "phone" and resident is None
            return Introduced(talk, self.engine, len(known), seed) if stranger else talk

        return begin

    def _last(self, resident: Resident) -> dict[str, Any]:
        """What was done for a resident the last time, by service; for 老样子."""
        done = self.station.ledger.last_done(resident.id) if resident.id is not None else []
        return {"last": {each.intent: dict(each.slots) for each in done}}

    def _listening(self) -> Ears:
        station = self.station
        listener = Listener(
            station.recognizer,
            channel=self.channel,
            completeness=self.engine.completeness,
            wait=station.wait,
        )
        return Ears(
            listener,
            station.judge,
            self.engine.emergency,
            self.channel,
            agreed=lambda readings: self.engine.agreed(readings, self.now()),
        )

    def receive(self, caught: Caught, delay_ms: float = 0.0) -> Turn:
        """Hand what the ears caught to the conversation, together with its sound."""
        if caught.event is None:
            raise ValueError("the ears caught nothing that concerns the conversation")
        self.desk.listened(caught.turn, delay_ms)
        if caught.turn is not None and caught.turn.reopens:
            return self.session.amend(caught.event)
        return self.session.receive(caught.event)

    def speak(self, turn: Turn) -> Iterator[Spoken]:
        """What is to be said in a turn, sentence by sentence, as it becomes ready."""
        self.adjust(turn)
        self.prepare(turn)
        for sentence in turn.say:
            start = time.perf_counter()
            speech = self.station.mouth.say(sentence, pace=self.pace)
            yield Spoken(replace(speech, text=sentence), (time.perf_counter() - start) * 1000)

    def stream(self, turn: Turn, *, pace: float = 1.0) -> Iterator[Speech]:
        """The same for a player: each piece as soon as it can sound, at `pace` times the pace."""
        self.adjust(turn)
        self.prepare(turn)
        for sentence in turn.say:
            yield from self.sentence(sentence, pace=pace)

    def sentence(self, text: str, *, pace: float = 1.0) -> Iterator[Speech]:
        """One sentence, piece by piece."""
        yield from self.station.mouth.stream(text, pace=self.pace * pace)

    def adjust(self, turn: Turn) -> None:
        """Speak slower from now on, where this turn asks for it."""
        for adjust in turn.adjust:
            if adjust.what == "slower":
                self.pace *= SLOWER

    def prepare(self, turn: Turn) -> None:
        """Have ready the sounds of a turn that nobody recorded; they are rendered meanwhile."""
        for sentence in turn.say:
            self.station.mouth.prepare(sentence)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.desk.settle()
        self.ears.listener.close()


def _names(resident: Resident | None) -> Iterator[str]:
    """What will be spoken of this resident and lies in no pack: rendered while they are greeted."""
    if resident is None:
        return
    yield from (resident.address, resident.hospital)
    yield from (contact.name for contact in resident.contacts)


def _sorry() -> tuple[str, ...]:
    """Spoken when nothing could be written."""
    return sentences(load_prompts().variants("not_filed")[0])
