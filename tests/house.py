"""A telephone line for tests: real Asterisk, recognisers and ledger, and callers with voices."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import soundfile
import telephone
from patience import until

from ivr.events import OperatorRinging, SwitchEvent
from linli.exchange import Exchange
from linli.line import Line as Call
from linli.phone import Phone, serve
from linli.phone_serve import doors_of
from linli.phone_sounds import write as write_sounds
from linli.pool import Pool, Voice
from linli.samples import Caller, Sample, load
from linli.stage import Station, register
from station.ledger import Ledger
from station.requests import Request
from voices.types import RATE, Pcm

PATIENCE = 90.0


class House:
    """Everything of one line; see the module."""

    def __init__(self, line: telephone.Line, station: Station, phone: Phone, pool: Pool) -> None:
        self.line, self.station, self.phone, self.pool = line, station, phone, pool
        self.ledger: Ledger = station.ledger
        self.events: list[SwitchEvent] = []
        """What Asterisk told."""
        self.samples = {sample.name: sample for sample in load()}

    def caller(self, sample: str | Sample, **more: Any) -> CallerOnLine:
        """Somebody rings on telephone 101 (or `extension`), or from outside with `number`."""
        found = self.samples[sample] if isinstance(sample, str) else sample
        return CallerOnLine(self, found, **more)

    def rung_for(self, call: str) -> list[bool]:
        """Whether a person was rung for this call, each time: True when urgently."""
        return [
            event.urgent
            for event in list(self.events)
            if isinstance(event, OperatorRinging) and event.call == call
        ]

    def requests(self, number: str) -> list[Request]:
        """What callers from this number asked for."""
        digits = "".join(filter(str.isdigit, number))
        found = self.ledger.residents_by_phone(number)
        ids = {resident.id for resident in found}
        return [
            each
            for each in self.ledger.requests()
            if each.resident in ids or "".join(filter(str.isdigit, each.phone)) == digits
        ]


class CallerOnLine:
    """One caller: a telephone that rings Linli and a voice that answers what is asked."""

    def __init__(
        self,
        house: House,
        sample: Sample,
        *,
        extension: str = "101",
        number: str = "",
        codec: str = "PCMA/8000/1",
    ) -> None:
        self.house, self.sample = house, sample
        self.record = house.line.folder / f"heard-{time.monotonic_ns()}.wav"
        self._voice = Caller(sample)
        self._before = set(house.phone.lines)
        options: dict[str, Any] = {"record": self.record, "codec": codec, "longest": 90}
        if number:
            self.phone = house.line.carrier(number, **options)
        else:
            self.phone = house.line.phone(extension, **options)
        self.number = number or {"101": "03765550601", "102": "03765550602"}[extension]
        self.told: dict[str, Any] = {}
        self.phone.wait_for("answered")
        self.begun = time.monotonic()
        self.call = self._my_call()

    def _my_call(self) -> Call:
        """Our end of this call."""

        def mine() -> list[Call]:
            new = self.house.phone.lines - self._before
            return [each for each in new if each.number == self.number]

        found: list[Call] = until(mine)
        return found[0]

    def asked(self, slot: str | None = None, seconds: float = PATIENCE) -> str:
        """Wait until something (or just this) is asked and Linli is silent."""

        def now() -> str | None:
            asks = self.call.asks
            if self.over:
                raise AssertionError("the call is over")
            return asks if slot is None or asks == slot else None

        try:
            return str(until(now, seconds))
        except AssertionError as error:
            raise AssertionError(f"{error}: {slot or 'anything'} asked; {self._so_far()}") from None

    def asked_again(self) -> str:
        """Wait until Linli has spoken on what was just said, and listens again."""
        until(lambda: self.over or self.call.asks is None)
        return self.asked()

    def _so_far(self) -> str:
        """What this call has come to, for whoever reads a failure."""
        conversation = self.call.call.desk.conversation
        heard = [(each.kind, each.text) for each in self.house.ledger.utterances(conversation)]
        return f"{'over' if self.over else self.call.turn.ask}, after {heard}"

    @property
    def over(self) -> bool:
        """Whether our end has let go of the call."""
        return self.call not in self.house.phone.lines

    def say(self, pcm: Pcm) -> None:
        """Speak; returns when it is said."""
        path = self.house.line.folder / f"said-{time.monotonic_ns()}.wav"
        soundfile.write(path, pcm, RATE, subtype="PCM_16")
        self.phone.order(f"play {path}")
        self.phone.wait_for("spoke")
        time.sleep(len(pcm) / RATE)

    def answer(self, slot: str) -> bool:
        """Say what this caller says to that; False when speechless."""
        said = self._voice.answer(slot)
        if said is None:
            return False
        self.say(said[1])
        return True

    def talk(self, before: str = "") -> None:
        """Answer what is asked, each question once, until `before` is asked or all is said."""
        while not self.over:
            try:
                slot = self.asked()
            except AssertionError:
                if self.over:
                    return
                raise
            again = slot == "service" and not self._voice.has_more("service")
            if slot == before or again or not self.answer(slot):
                return
            until(lambda: self.over or self.call.asks is None)

    def press(self, keys: str) -> None:
        """Press keys."""
        self.phone.order(f"keys {keys}")

    def hang_up(self) -> None:
        """Put the receiver down; returns when Linli has written down what there is."""
        self.phone.order("hangup")
        self.finish()
        until(lambda: self.over)

    def finish(self, seconds: float = 60) -> None:
        """Wait until the other end hangs up."""
        with self.phone:
            self.told = self.phone.finish(seconds)

    def sound(self) -> Pcm:
        """What was heard since the call was answered, mono at 16 kHz."""
        pcm, rate = soundfile.read(self.record, dtype="float32")
        assert rate == RATE
        return np.asarray(pcm, np.float32)

    def heard(self, first: float | None = None) -> str:
        """What was heard (in the `first` seconds), recognised sentence by sentence."""
        texts = []
        for part in sentences(self.sound()[: first and round(first * RATE)]):
            stream = self.house.pool.open("phone")
            stream.feed(part)
            texts.append(stream.finish().text)
            stream.close()
        return "".join(texts)


def sentences(pcm: Pcm, pause: float = 0.35) -> Iterator[Pcm]:
    """A recording cut at its pauses."""
    frame = RATE // 50
    blocks = pcm[: len(pcm) // frame * frame].reshape(-1, frame)
    loud = np.flatnonzero(np.sqrt((blocks**2).mean(axis=1)) > 0.01)
    for run in np.split(loud, np.flatnonzero(np.diff(loud) > pause * 50) + 1):
        if len(run) > 10:
            yield pcm[max(0, run[0] - 10) * frame : (run[-1] + 10) * frame]


@contextmanager
def house(**changes: Any) -> Iterator[House]:
    """The line for a block; residents of the example register live on telephones 101 and 102."""
    with ExitStack() as over:
        pool = Pool("whisper", 2)
        over.callback(pool.close)
        voice = Voice("zf_xiaobei")
        over.callback(voice.close)
        line = over.enter_context(telephone.telephone_line(**changes))
        ledger = Ledger.open(line.settings.data.ledger, spool=line.settings.data.spool)
        for resident, number in zip(register(), ("0376-5550601", "0376-5550602"), strict=False):
            ledger.upsert_resident(replace(resident, phones=(number,)))
        recordings = line.settings.kept_recordings()
        station = over.enter_context(
            Station(line.settings, ledger, pool=pool, voice=voice, recordings=recordings)
        )
        write_sounds(line.settings, station.mouth, line.folders.sounds)
        phone = Phone(station)
        home = House(line, station, phone, pool)

        def told(event: SwitchEvent) -> None:
            phone.told(event)
            home.events.append(event)

        exchange = over.enter_context(Exchange(line.settings, ledger, station.mouth, told))
        phone.direct(exchange.switch)
        phone.warm_up()
        pool.ready()
        over.enter_context(_served(phone, line))
        assert exchange.switch.wait(PATIENCE)
        yield home


@contextmanager
def _served(phone: Phone, line: telephone.Line) -> Iterator[None]:
    """Our server on a thread with a loop of its own."""
    loop, ready = asyncio.new_event_loop(), threading.Event()
    stop = asyncio.Event()

    def run() -> None:
        doors = doors_of(line.settings, line.passwords)
        loop.run_until_complete(serve(phone, doors, stop=stop, ready=lambda _: ready.set()))

    thread = threading.Thread(target=run, name="media-loop")
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        loop.close()
