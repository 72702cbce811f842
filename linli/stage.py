"""A station at work: everything a conversation needs, and the calls that use it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

import yaml

from intents.conversation import Conversation
from intents.engine import Engine
from intents.prompts import sentences
from station import clock as station_clock
from station.ledger import Ledger
from station.recordings import Recordings
from station.requests import FiledRequest
from station.residents import Contact, Resident
from station.settings import Settings
from voices.answers import AnswerJudge
from voices.listener import Listener
from voices.mouth import Mouth
from voices.types import Channel, Recognizer, Speech

from .desk import LedgerDesk
from .ears import Caught, Ears
from .mouths import load_mouth
from .paths import MODELS, VAR
from .samples import SAMPLES
from .session import Session, Turn
from .wiring import load_engine, load_recognizer, open_ledger, station_facts

Clock = Callable[[], datetime]

SLOWER = 0.8
"""What 慢点说 does to the pace."""

OPENING_HOUR = 9
"""The demo's calls come in at nine in the morning of the present day."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One sentence on its way to the elder."""

    speech: Speech
    """The sound."""
    first_sound_ms: float
    """From wanting to say it to having its first sound."""


class Station:
    """The parts that all calls share: ears, mind, mouth and ledger."""

    def __init__(
        self,
        settings: Settings,
        ledger: Ledger,
        *,
        engine: str | None = None,
        clock: Clock = station_clock.now,
        wait: bool = False,
        recordings: Recordings | None = None,
    ) -> None:
        self.settings = settings
        self.ledger = ledger
        self.clock = clock
        self.wait = wait
        self.recordings = recordings
        self.engine: Engine = load_engine(settings)
        self.facts = station_facts(settings)
        self.recognizer: Recognizer = load_recognizer(settings, engine)
        self.judge = AnswerJudge(MODELS / "whisper-base")
        self.mouth: Mouth = load_mouth(settings)
        self._calls = 0

    @classmethod
    def live(cls, settings: Settings, *, engine: str | None = None) -> Self:
        """The station itself, with its own ledger and clock."""
        recordings = settings.kept_recordings()
        return cls(settings, open_ledger(settings), engine=engine, recordings=recordings)

    @classmethod
    def for_demo(cls, settings: Settings, *, engine: str | None, fast: bool) -> Self:
        """A station with an empty ledger, an invented register, at nine in the morning."""
        folder = VAR / "demo"
        shutil.rmtree(folder, ignore_errors=True)
        began, real = time.monotonic(), station_clock.now()
        nine = real.replace(hour=OPENING_HOUR, minute=0, second=0, microsecond=0)

        def clock() -> datetime:
            return nine + timedelta(seconds=time.monotonic() - began)

        ledger = Ledger.open(folder / "ledger.db", spool=folder / "spool", clock=clock)
        for resident in _register():
            ledger.upsert_resident(resident)
        recordings = replace(settings.kept_recordings(), folder=folder / "recordings")
        return cls(settings, ledger, engine=engine, clock=clock, wait=fast, recordings=recordings)

    def call(
        self,
        channel: Channel,
        *,
        resident: str | None = None,
        requests: Sequence[Mapping[str, Any]] = (),
    ) -> Call:
        """A new conversation; `resident` by name, `requests` are filed for them before."""
        self._calls += 1
        known = self._resident(resident)
        for request in requests:
            self._file_before(request, known, channel)
        return Call(self, channel, known, seed=self._calls)

    def _resident(self, name: str | None) -> Resident | None:
        if name is None:
            return None
        return next(iter(self.ledger.residents_by_name(name)), None)

    def _file_before(
        self, request: Mapping[str, Any], resident: Resident | None, channel: Channel
    ) -> None:
        slots = dict(request["slots"])
        if slots.get("date") == "tomorrow":
            slots["date"] = (self.clock() + timedelta(days=1)).date().isoformat()
        self.ledger.file(
            FiledRequest(
                intent=request["intent"],
                slots=slots,
                channel=channel,
                resident=resident.id if resident else None,
            )
        )

    def close(self) -> None:
        """Release the ledger and the mouth."""
        self.mouth.close()
        self.ledger.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Call:
    """One conversation with its ears, its mouth and its place in the ledger."""

    def __init__(
        self, station: Station, channel: Channel, resident: Resident | None, *, seed: int
    ) -> None:
        self.station = station
        self.channel = channel
        self.now = station.clock
        self.pace = station.settings.speech.pace
        waiting = station.ledger.open_requests(resident.id) if resident else []
        known = [
            {"intent": each.intent, "slots": dict(each.slots), "status": each.status}
            for each in waiting
        ]
        began = station.clock()

        def begin() -> Conversation:
            return Conversation(
                station.engine,
                channel=channel,
                now=began,
                resident=resident.facts() if resident else None,
                requests=known,
                facts=station.facts,
                seed=seed,
            )

        self.desk = LedgerDesk(
            station.ledger,
            channel=channel,
            now=station.clock,
            resident=resident,
            recordings=station.recordings,
        )
        self.session = Session(
            begin,
            self.desk,
            numbers=[each.number for each in waiting],
            sorry=_sorry(),
            clock=station.clock,
        )
        for name in filter(None, _names(resident)):
            station.mouth.prepare(name)
        self.ears = Ears(
            Listener(
                station.recognizer,
                channel=channel,
                completeness=station.engine.completeness,
                wait=station.wait,
            ),
            station.judge,
            station.engine.emergency,
            channel,
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
        self._prepare(turn)
        for sentence in turn.say:
            start = time.perf_counter()
            speech = self.station.mouth.say(sentence, pace=self.pace)
            yield Spoken(replace(speech, text=sentence), (time.perf_counter() - start) * 1000)

    def stream(self, turn: Turn) -> Iterator[Speech]:
        """The same for a player: each piece as soon as it can sound."""
        self._prepare(turn)
        for sentence in turn.say:
            yield from self.station.mouth.stream(sentence, pace=self.pace)

    def _prepare(self, turn: Turn) -> None:
        for adjust in turn.adjust:
            if adjust.what == "slower":
                self.pace *= SLOWER
        for sentence in turn.say:
            self.station.mouth.prepare(sentence)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.ears.listener.close()


def _names(resident: Resident | None) -> Iterator[str]:
    """What will be spoken of this resident and lies in no pack: rendered while they are greeted."""
    if resident is None:
        return
    yield from (resident.address, resident.hospital)
    yield from (contact.name for contact in resident.contacts)


def _register() -> Iterator[Resident]:
    rows = yaml.safe_load((SAMPLES / "register" / "residents.yaml").read_text("utf-8"))
    for row in rows:
        contacts = tuple(
            Contact(**{**each, "words": tuple(each["words"])}) for each in row.pop("contacts", [])
        )
        yield Resident(**{**row, "phones": tuple(row["phones"])}, contacts=contacts)


def _sorry() -> tuple[str, ...]:
    """Spoken when nothing could be written."""
    from intents.prompts import load_prompts

    return sentences(load_prompts().variants("not_filed")[0])
