"""A station at work: what all its calls share."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Self

import yaml

from intents.engine import Engine
from station import clock as station_clock
from station.ledger import Ledger
from station.recordings import Recordings
from station.requests import FiledRequest
from station.residents import Contact, Resident
from station.settings import Settings
from voices.answers import AnswerJudge
from voices.mouth import Mouth
from voices.types import Channel, Recognizer

from .accents import Accents
from .call import Call
from .ears import Judge
from .mouths import load_mouth
from .paths import MODELS, VAR
from .pool import Pool, Voice
from .samples import SAMPLES
from .taught import Taught, folder_of
from .wiring import load_engine, load_recognizer, open_ledger, station_facts

Clock = Callable[[], datetime]

OPENING_HOUR = 9
"""The demo's calls come in at nine in the morning of the present day."""


class Station:
    """The parts that all calls share: ears, mind, mouth and ledger.

    `pool`, `voice`: processes to hear and to speak with, instead of models in this one.
    """

    def __init__(
        self,
        settings: Settings,
        ledger: Ledger,
        *,
        engine: str | None = None,
        clock: Clock = station_clock.now,
        wait: bool = False,
        recordings: Recordings | None = None,
        pool: Pool | None = None,
        voice: Voice | None = None,
    ) -> None:
        self.settings = settings
        self.ledger = ledger
        self.clock = clock
        self.wait = wait
        self.recordings = recordings
        self.engine: Engine = load_engine(settings)
        self.accents = Accents(settings)
        self._taught = Taught(self.engine, folder_of(settings))
        self.facts = station_facts(settings)
        self.recognizer: Recognizer = pool or load_recognizer(settings, engine)
        self.judge: Judge = pool or AnswerJudge(MODELS / "whisper-base")
        self.mouth: Mouth = load_mouth(settings, voice) if voice else load_mouth(settings)
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

        ledger = cls.ledger_of_demo(clock)
        for resident in register():
            ledger.upsert_resident(resident)
        recordings = replace(settings.kept_recordings(), folder=folder / "recordings")
        return cls(settings, ledger, engine=engine, clock=clock, wait=fast, recordings=recordings)

    @staticmethod
    def ledger_of_demo(clock: Clock) -> Ledger:
        """The ledger of the demo that plays, or played last."""
        folder = VAR / "demo"
        return Ledger.open(folder / "ledger.db", spool=folder / "spool", clock=clock)

    def call(
        self,
        channel: Channel,
        *,
        resident: str | Resident | None = None,
        requests: Sequence[Mapping[str, Any]] = (),
        phone: str = "",
        by: Contact | None = None,
    ) -> Call:
        """A new conversation; `resident` by name or row, `requests` are filed for them before.

        `phone` is the number that calls, `by` whoever speaks in the resident's place.
        """
        self._calls += 1
        self.engine = self._taught()
        known = self._resident(resident) if isinstance(resident, str | None) else resident
        self.file_before(requests, known, channel)
        return Call(self, channel, known, seed=self._calls, phone=phone, by=by)

    def mind(self, resident: Resident | None) -> Engine:
        """The engine that listens with this resident's accent, or with the station's."""
        own = self.accents.of(resident.dialect) if resident else None
        return own or self.engine

    def _resident(self, name: str | None) -> Resident | None:
        if name is None:
            return None
        return next(iter(self.ledger.residents_by_name(name)), None)

    def file_before(
        self,
        requests: Sequence[Mapping[str, Any]],
        resident: str | Resident | None,
        channel: Channel,
    ) -> None:
        """What somebody asked for before they come or ring; `date: tomorrow` is worked out."""
        known = self._resident(resident) if isinstance(resident, str | None) else resident
        for request in requests:
            slots = dict(request["slots"])
            if slots.get("date") == "tomorrow":
                slots["date"] = (self.clock() + timedelta(days=1)).date().isoformat()
            self.ledger.file(
                FiledRequest(
                    intent=request["intent"],
                    slots=slots,
                    channel=channel,
                    resident=known.id if known else None,
                )
            )

    def hear_with(self, name: str) -> None:
        """Another recogniser from the next call on; the present one stays when it does not load.

        Raises LinliError, VoicesError or RuntimeError.
        """
        if isinstance(self.recognizer, Pool):
            self.recognizer.change(name)
        else:
            self.recognizer = load_recognizer(self.settings, name)

    def close(self) -> None:
        """Release the ledger and the mouth."""
        self.mouth.close()
        self.ledger.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def register() -> Iterator[Resident]:
    """The invented residents of the demo."""
    rows = yaml.safe_load((SAMPLES / "register" / "residents.yaml").read_text("utf-8"))
    for row in rows:
        contacts = tuple(
            Contact(**{**each, "words": tuple(each["words"])}) for each in row.pop("contacts", [])
        )
        yield Resident(**{**row, "phones": tuple(row["phones"])}, contacts=contacts)
