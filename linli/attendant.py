"""The kiosk's worker: one thread that listens, talks and files, so that the screen never waits.

It is told what to do with `do`, and tells the screen what has happened through
`news`. While Linli speaks it does not listen (half duplex): without echo
cancellation it would hear itself. A touch makes it fall silent at once.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import structlog

from intents.types import Ask, Event, Heard, HungUp
from kiosk.aloud import aloud
from kiosk.turned import (
    Begin,
    Command,
    Hush,
    Identify,
    Leave,
    Print,
    Send,
    Speak,
    StepBack,
    TakeBack,
)
from voices.sinks import Sink
from voices.types import Pcm

from .call import Call
from .cards import Cards, known_of
from .ears import Caught, Ears
from .errands import all_of, meant_for_us, print_slip, shown_of, staff_wanted
from .hearing_from import Ear
from .heed import Heed
from .kiosk_ears import KioskEars
from .kiosk_voice import KioskVoice
from .screen_news import News, ScreenNews
from .session import Turn
from .stage import Station
from .steady_ear import AGAIN, SteadyEar

log = structlog.get_logger(__name__)

WAIT: Final = 0.05
"""Seconds to wait for sound; commands wait no longer than this."""


class Attendant:
    """Serves one elder after the other.

    `open_station` loads models and ledger; `open_ear` the microphone. Both are
    called on the worker's thread, and again after they broke; `alive` in every round, `renewed`
    where nobody talks: whether the ears are others now.
    """

    def __init__(
        self,
        open_station: Callable[[], Station],
        open_ear: Callable[[], Ear],
        sink: Sink,
        *,
        listens: bool = True,
        alive: Callable[[], None] = lambda: None,
        renewed: Callable[[], bool] = lambda: False,
    ) -> None:
        self.news = ScreenNews()
        """For the screen."""
        self.ready = threading.Event()
        """Set when the station is open."""
        self._open_station = open_station
        self._alive, self._renewed = alive, renewed
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="attendant", daemon=True)
        self._ear = SteadyEar(open_ear, lambda lost: self.news.trouble("microphone", there=lost))
        self._ears = KioskEars(listens=listens)
        self._voice = KioskVoice(sink, self._ears.mute)
        self._call: Call | None = None
        self._turn = Turn()
        self._heed = Heed()
        self._spoke = False

    @property
    def speaking(self) -> bool:
        """Whether Linli speaks, or is about to."""
        return self._voice.speaking

    @property
    def level(self) -> float:
        """How loud it is now, 0–1."""
        return self._ears.level

    @property
    def volume(self) -> int:
        """The step of the volume; `FIRST_STEP` for everybody new."""
        return self._voice.volume

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def do(self, command: Command) -> None:
        """Have something done; returns at once. Silence comes before everything else."""
        if isinstance(command, Hush):
            self._voice.hush()
        else:
            self._commands.put(command)

    def told(self) -> Iterator[News]:
        """What has happened since; returns at once. A worker that is stuck is news too."""
        return self.news.told()

    def close(self) -> None:
        """Stop listening and talking."""
        self._stop.set()
        self._voice.hush()
        if self._thread.is_alive():
            self._thread.join(timeout=30)
        self._voice.close()

    # --- the thread ---------------------------------------------------------------------------

    def _run(self) -> None:
        """Work until told to stop; what dies is begun anew."""
        broken = False
        while not self._stop.is_set():
            try:
                with self._open_station() as station:
                    if broken:
                        self.news.trouble("broken", there=False)
                    broken = False
                    self.ready.set()
                    self._work(station)
            except Exception as error:
                log.critical(
                    "kiosk_stopped", reason=f"{type(error).__name__}: {error}", exc_info=True
                )
                broken = True
                self.news.at_rest()
                self.news.trouble("broken", there=True)
                self._forget()
                self._alive()
                self._stop.wait(AGAIN)
        self._ear.close()
        self._ears.close()

    def _work(self, station: Station) -> None:
        self._ears.idle(station)
        while not self._stop.is_set():
            self.news.at_work()
            self._alive()
            while True:
                try:
                    command = self._commands.get_nowait()
                except queue.Empty:
                    break
                self._carry_out(station, command)
            if self._call is None and self._renewed():
                self._forget()
                self._ears.idle(station)
            self._hear(station, self._ear.get(WAIT))
        self._forget()

    # --- listening ----------------------------------------------------------------------------

    def _hear(self, station: Station, piece: Pcm | None) -> None:
        speaking = self.speaking
        if speaking != self._spoke:
            self._spoke = speaking
            self.news.tell(lambda p, now: p.speaking(now, speaking=speaking))
        ears = self._ears.opened(speaking=speaking)
        if ears is not None:
            self._expect(ears)
        self._voice.tick()
        if piece is None:
            return
        for caught in self._ears.feed(piece):
            if self._call is not None:
                self._take(caught)
            else:
                self._overheard(station, caught)

    def _expect(self, ears: Ears) -> None:
        ask = self._turn.ask if self._call else Ask("service")
        ears.expect(ask, self._turn.say[-1] if self._turn.say else "")
        self._ear.asked(ask)

    def _overheard(self, station: Station, caught: Caught) -> None:
        """Said near the waiting screen: only a request or a cry for help begins a talk."""
        event = caught.event
        if not isinstance(event, Heard) or not meant_for_us(station, event.text):
            return
        self.news.tell(lambda p, now: p.begun(now))
        self._begin(station.call("kiosk"))
        self._take(caught)

    def _take(self, caught: Caught) -> None:
        """Something was caught in a talk."""
        if caught.reopened:
            self._voice.hush()
        if caught.partial:
            self.news.tell(lambda p, now: p.hearing(caught.partial, now))
        event = caught.event
        if event is None or not self._heed.concerns(event) or self._call is None:
            if not caught.speaking:
                self._voice.finished()
            return
        text = shown_of(event, self._turn.ask)
        if text:
            self.news.tell(lambda p, now: p.heard(text, now))
        self._answer(self._call.receive(caught), wait=caught.speaking)

    # --- talking ------------------------------------------------------------------------------

    def _carry_out(self, station: Station, command: Command) -> None:
        match command:
            case Begin(events):
                self._begin(station.call("kiosk"))
                self._say_first(events)
            case Send(events) if self._call is not None:
                self._answer(self._received(self._call, events))
            case StepBack() if self._call is not None:
                self._step_back(self._call)
            case Speak(sentences):
                self._voice.read(self._call, station, sentences)
            case Identify(card):
                self._identify(station, card)
            case TakeBack(number):
                station.ledger.cancel(number, by="elder", note="pressed by mistake")
                self._forget()
                self._ears.idle(station)
            case Leave(gone):
                self._leave(station, gone=gone)
            case Print(number):
                print_slip(station, number)

    def _begin(self, call: Call) -> None:
        self._forget()
        self._call = call
        self._ears.use(call.ears)
        self._turn = call.session.open()

    def _say_first(self, events: Sequence[Event]) -> None:
        if self._call is None:
            return
        self._answer(self._received(self._call, events) if events else self._turn)

    @staticmethod
    def _received(call: Call, events: Sequence[Event]) -> Turn:
        """Several events, of which only the last is answered aloud; what was filed is kept."""
        return all_of([call.session.receive(event) for event in events])

    def _answer(self, turn: Turn, *, wait: bool = False) -> None:
        """Do and show what follows now, and say it; `wait` until the elder has finished."""
        call = self._call
        if call is None:
            return
        self._turn = turn
        self._heed.answered(turn)
        staff_wanted(call.desk, turn)
        station = call.station
        cards = Cards.of(station.settings, call.desk.resident, call.now(), station.facts)
        shown = cards.turned(call.session, turn)
        self.news.tell(lambda p, now: p.turned(shown, now))
        self._voice.answer(call, turn, aloud(shown), wait=wait)
        call.desk.settle()

    def _step_back(self, call: Call) -> None:
        turn = call.session.back()
        if turn is None:
            self.news.tell(lambda p, now: p.nothing_to_take_back(now))
        else:
            self._answer(turn)

    def _identify(self, station: Station, card: str) -> None:
        resident = station.ledger.resident_by_card(card)
        if resident is None:
            self.news.tell(lambda p, now: p.known(None, now))
            return
        known = known_of(station.settings, resident)
        self.news.tell(lambda p, now: p.known(known, now))
        self._begin(station.call("kiosk", resident=resident))
        self._say_first(())

    def _leave(self, station: Station, *, gone: bool) -> None:
        if gone and self._call is not None:
            self._call.session.receive(HungUp())
        self._forget()
        self._ears.idle(station)

    def _forget(self) -> None:
        """Nothing of the last elder stays."""
        if self._call is not None:
            self._call.desk.settle()
        self._voice.forget()
        self._ears.use(None)
        self._call = None
        self._turn, self._heed = Turn(), Heed()
