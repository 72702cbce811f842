"""The kiosk's worker: one thread that listens, talks and files, so that the screen never waits.

It is told what to do with `do`, and tells the screen what has happened through
`news`. While Linli speaks it does not listen (half duplex): without echo
cancellation it would hear itself. A touch makes it fall silent at once.
"""

from __future__ import annotations

import math
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import structlog

from intents.types import Ask, Chose, Event, Heard, HungUp, Noise, Silence
from kiosk.aloud import aloud
from kiosk.presenter import Presenter
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
from voices.listener import Listener
from voices.player import FIRST_STEP, Player
from voices.sinks import Sink
from voices.types import Pcm

from .call import Call
from .cards import Cards, known_of
from .ears import Caught, Ears
from .errands import all_of, meant_for_us, print_slip, staff_wanted
from .gate import Gate
from .hearing_from import Ear
from .session import Turn
from .stage import Station
from .steady_ear import AGAIN, SteadyEar
from .withheld import Withheld

log = structlog.get_logger(__name__)

News = Callable[[Presenter, float], list[Command] | None]
"""Something to tell the presenter: called by the screen's thread with its time."""

WAIT: Final = 0.05
"""Seconds to wait for sound; commands wait no longer than this."""
STUCK: Final = 30.0
"""Seconds without a round of the worker after which it is taken for stuck."""
_FULL = 0.12
"""Loudness (RMS) that fills the ring."""


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
        self.news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self.level = 0.0
        """How loud it is now, 0–1."""
        self.ready = threading.Event()
        """Set when the station is open."""
        self._open_station = open_station
        self._player = Player(sink)
        self._listens, self._alive, self._renewed = listens, alive, renewed
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="attendant", daemon=True)
        self._ear = SteadyEar(open_ear, self._microphone_lost)
        self._idle: Ears | None = None
        self._call: Call | None = None
        self._turn = Turn()
        self._alarm = False
        self._noises = 0
        self._spoke = False
        self._gate = Gate()
        self._withheld = Withheld()
        self._closing: list[threading.Thread] = []
        self._beat, self._stuck = math.inf, False

    @property
    def speaking(self) -> bool:
        """Whether Linli speaks, or is about to."""
        return self._player.playing

    @property
    def volume(self) -> int:
        """The step of the volume; `FIRST_STEP` for everybody new."""
        return self._player.step

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def do(self, command: Command) -> None:
        """Have something done; returns at once. Silence comes before everything else."""
        if isinstance(command, Hush):
            self._player.stop()
        else:
            self._commands.put(command)

    def told(self) -> Iterator[News]:
        """What has happened since; returns at once. A worker that is stuck is news too."""
        while True:
            try:
                yield self.news.get_nowait()
            except queue.Empty:
                break
        stuck = time.monotonic() - self._beat > STUCK
        if stuck != self._stuck:
            self._stuck = stuck
            (log.critical if stuck else log.warning)("kiosk_stuck", stuck=stuck)
            yield lambda p, now: p.trouble("broken", now, there=stuck)

    def close(self) -> None:
        """Stop listening and talking."""
        self._stop.set()
        self._player.stop()
        if self._thread.is_alive():
            self._thread.join(timeout=30)
        self._player.close()

    # --- the thread ---------------------------------------------------------------------------

    def _run(self) -> None:
        """Work until told to stop; what dies is begun anew."""
        broken = False
        while not self._stop.is_set():
            try:
                with self._open_station() as station:
                    if broken:
                        self._tell(lambda p, now: p.trouble("broken", now, there=False))
                    broken = False
                    self.ready.set()
                    self._work(station)
            except Exception as error:
                log.critical(
                    "kiosk_stopped", reason=f"{type(error).__name__}: {error}", exc_info=True
                )
                broken, self._beat = True, math.inf
                self._tell(lambda p, now: p.trouble("broken", now, there=True))
                self._forget()
                self._alive()
                self._stop.wait(AGAIN)
        self._ear.close()
        for thread in self._closing:
            thread.join()

    def _work(self, station: Station) -> None:
        self._listen_idly(station)
        while not self._stop.is_set():
            self._beat = time.monotonic()
            self._alive()
            while True:
                try:
                    command = self._commands.get_nowait()
                except queue.Empty:
                    break
                self._carry_out(station, command)
            if self._call is None and self._renewed():
                self._forget()
                self._listen_idly(station)
            self._hear(station, self._ear.get(WAIT))
        self._forget()

    def _tell(self, news: News) -> None:
        self.news.put(news)

    def _microphone_lost(self, lost: bool) -> None:
        self._tell(lambda p, now: p.trouble("microphone", now, there=lost))

    # --- listening ----------------------------------------------------------------------------

    def _hear(self, station: Station, piece: Pcm | None) -> None:
        speaking = self._player.playing
        if speaking != self._spoke:
            self._spoke = speaking
            self._tell(lambda p, now: p.speaking(now, speaking=speaking))
        ears = self._call.ears if self._call else self._idle
        if ears is None:
            return
        closed = self._gate.closed(time.monotonic(), speaking=speaking)
        if ears.listener.muted and not closed:
            self._expect(ears)
        ears.listener.muted = closed
        self._withheld.tick()
        if piece is None:
            return
        self.level = min(1.0, float(np.sqrt(np.mean(piece**2))) / _FULL)
        for caught in ears.feed(piece):
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
        self._tell(lambda p, now: p.begun(now))
        self._begin(station.call("kiosk"))
        self._take(caught)

    def _take(self, caught: Caught) -> None:
        """Something was caught in a talk."""
        if caught.reopened:
            self._player.stop()
        if caught.partial:
            self._tell(lambda p, now: p.hearing(caught.partial, now))
        event = caught.event
        if event is None or not self._concerns(event) or self._call is None:
            if not caught.speaking:
                self._withheld.release()
            return
        text = self._told(event)
        if text:
            self._tell(lambda p, now: p.heard(text, now))
        self._answer(self._call.receive(caught), wait=caught.speaking)

    def _concerns(self, event: Event) -> bool:
        """Thinking takes as long as it takes: silence matters only in an emergency, noise once."""
        if isinstance(event, Noise):
            self._noises += 1
            return self._alarm or self._noises == 1
        return self._alarm or not isinstance(event, Silence)

    def _told(self, event: Event) -> str:
        """What was said, for the screen."""
        if isinstance(event, Heard):
            return event.text
        if isinstance(event, Chose) and self._turn.ask:
            labels = (each.label for each in self._turn.ask.choices if each.value == event.value)
            return next(labels, "")
        return ""

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
                self._speak(station, sentences)
            case Identify(card):
                self._identify(station, card)
            case TakeBack(number):
                station.ledger.cancel(number, by="elder", note="pressed by mistake")
                self._forget()
                self._listen_idly(station)
            case Leave(gone):
                self._leave(station, gone=gone)
            case Print(number):
                print_slip(station, number)

    def _begin(self, call: Call) -> None:
        self._forget()
        self._call = call
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
        self._turn, self._noises = turn, 0
        open_again = turn.ask is not None and turn.ask.slot == "service" and not turn.ask.intent
        self._alarm = bool(turn.alerts) or (self._alarm and not open_again)
        staff_wanted(call.desk, turn)
        station = call.station
        cards = Cards.of(station.settings, call.desk.resident, call.now(), station.facts)
        shown = cards.turned(call.session, turn)
        self._tell(lambda p, now: p.turned(shown, now))
        for adjust in turn.adjust:
            if adjust.what == "louder":
                self._player.louder()
        self._player.stop()
        self._withheld.keep(lambda: self._say(call, replace(turn, say=aloud(shown))))
        if not wait:
            self._withheld.release()

    def _say(self, call: Call, turn: Turn) -> None:
        if turn.say:
            self._player.play(call.stream(turn))
        call.ears.listener.muted = True

    def _step_back(self, call: Call) -> None:
        turn = call.session.back()
        if turn is None:
            self._tell(lambda p, now: p.nothing_to_take_back(now))
        else:
            self._answer(turn)

    def _speak(self, station: Station, sentences: Sequence[str]) -> None:
        self._player.stop()
        if self._call is not None:
            self._player.play(self._call.stream(Turn(say=tuple(sentences))))
        else:
            pace = station.settings.speech.pace
            self._player.play(
                piece for said in sentences for piece in station.mouth.stream(said, pace=pace)
            )
        ears = self._call.ears if self._call else self._idle
        if ears is not None:
            ears.listener.muted = True

    def _identify(self, station: Station, card: str) -> None:
        resident = station.ledger.resident_by_card(card)
        if resident is None:
            self._tell(lambda p, now: p.known(None, now))
            return
        known = known_of(station.settings, resident)
        self._tell(lambda p, now: p.known(known, now))
        self._begin(station.call("kiosk", resident=resident))
        self._say_first(())

    def _leave(self, station: Station, *, gone: bool) -> None:
        if gone and self._call is not None:
            self._call.session.receive(HungUp())
        self._forget()
        self._listen_idly(station)

    def _forget(self) -> None:
        """Nothing of the last elder stays: not their words, not their volume."""
        self._withheld.drop()
        self._player.stop()
        self._player.step = FIRST_STEP
        self._closing = [thread for thread in self._closing if thread.is_alive()]
        for ears in (self._call.ears if self._call else None, self._idle):
            if ears is not None:  # closing waits for a text that is being decoded
                self._closing.append(threading.Thread(target=ears.listener.close))
                self._closing[-1].start()
        self._call, self._idle = None, None
        self._turn, self._alarm, self._noises, self.level = Turn(), False, 0, 0.0

    def _listen_idly(self, station: Station) -> None:
        if not self._listens:
            return
        listener = Listener(
            station.recognizer, completeness=station.engine.completeness, wait=station.wait
        )
        listener.muted = True
        self._idle = Ears(listener, None, station.engine.emergency)
