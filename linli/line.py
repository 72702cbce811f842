"""One telephone call: its ears, its conversation, its mouth, on a thread of its own.

The event loop hands over what the leg brings (`hear`, `key`, `gone`) and never
waits; here it may take as long as it takes. Keys and speech fall silent first and
are thought about afterwards.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

import structlog

from intents.conversation.prompts import load_prompts, sentences
from intents.types import Event, HungUp, Pressed
from ivr.leg import Started
from ivr.wire import Wire

from .call import Call
from .departure import Departure
from .ears import Caught
from .errands import staff_wanted
from .family import Family
from .floor import Floor, Said
from .inbox import Gone, Key, Sounds, Thing
from .limits import limit
from .line_ears import LONG_S, LineEars
from .line_voice import LineVoice
from .patience import Waits
from .phone_sounds import words
from .rescue import THROUGH_S, Rescue
from .session import Turn
from .stage import Station
from .switchboard import NoSwitchboard, Switchboard

log = structlog.get_logger(__name__)

STARTING: Final = threading.Semaphore(2)
"""Calls that are begun at the same moment: a flood must not slow those that talk already."""


class Line:
    """Carries one call from the greeting to whoever comes next."""

    def __init__(
        self,
        station: Station,
        started: Started,
        wire: Wire,
        switch: Switchboard | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._station, self._started, self._wire = station, started, wire
        self._switch: Switchboard = switch or NoSwitchboard()
        self._clock, self._log = clock, log.bind(call=started.call_id)
        self._ears = LineEars(started.rate)
        self.voice = LineVoice(started.call_id, wire, clock)
        """What this caller hears."""
        self._floor = Floor(limit("phone.barge_in_s"), limit("phone.barge_in_most_s"))
        self._patience = Waits()
        self._rescue = Rescue(started.call_id, self._switch, clock)
        self._departure = Departure(started.call_id, self._switch, clock)
        self._family = Family(started.call_id, self._switch, None)
        self._round_at = clock()
        self.turn = Turn()
        """What was said and asked last."""
        self.call: Call
        """The conversation with its ears; there once the thread runs."""
        self.number = started.number
        """Who calls; empty when withheld."""
        self.last: Event | None = None
        """What the conversation was given last."""
        self.interrupted_at = 0.0
        """When the caller last took the floor by speaking, on the line's clock."""
        self.taken = 0
        """How much it was given."""
        self.call_id = started.call_id
        """As the exchange knows this call."""

    @property
    def asks(self) -> str | None:
        """The slot whose answer is waited for in silence; None while Linli speaks or is done."""
        silent = not (self._departure.over or self._floor.speaking)
        return self.turn.ask.slot if silent and self.turn.ask is not None else None

    @property
    def over(self) -> bool:
        """Whether this end has let go of the call."""
        return self._departure.over

    @property
    def quiet_s(self) -> float:
        """Seconds since its thread was last seen at work; it hangs when they are many."""
        return self._clock() - self._round_at

    # --- from the event loop ------------------------------------------------------------------

    def hear(self, pcm: bytes) -> None:
        """The caller's sound."""
        self._ears.hear(pcm)

    def key(self, key: str) -> None:
        """A key: silence first."""
        self.voice.hush()
        self._ears.key(key)

    def gone(self) -> None:
        """The caller has hung up, or somebody else has taken them."""
        self._ears.gone()

    def helped(self) -> None:
        """In an emergency somebody has answered and is being put through."""
        self._rescue.helped()
        self.voice.hush()

    # --- the thread -----------------------------------------------------------------------------

    def run(self) -> None:
        """Talk until the call is over; never raises."""
        try:
            self._talk()
        except Exception as error:  # noqa: BLE001 - one call must not end the others
            self._log.critical(
                "call_broke", reason=f"{type(error).__name__}: {error}", exc_info=True
            )
            self.voice.apologise(self._station.mouth)  # then a person: nobody told the dialplan
        finally:
            self.voice.close()
            self._wire.hang_up()

    def _talk(self) -> None:
        ledger = self._station.ledger
        resident, by = ledger.caller(self.number)
        with STARTING:
            call = self._station.call("phone", resident=resident, phone=self.number, by=by)
        with call:
            self.call = call
            self._ears.listen(call.ears)
            self._log.info("call_begun", known=resident is not None, rate=self._started.rate)
            self._family = Family(self.call_id, self._switch, resident)
            opening = call.session.open()
            self._answer(self._family.back(opening) if self._started.why == "family" else opening)
            while not self._departure.over:
                self._round_at = self._clock()
                for thing in self._ears.waiting(speaking=self._floor.speaking):
                    self._happened(thing)
                self._look_at_the_clock()

    # --- what comes in ----------------------------------------------------------------------------

    def _happened(self, thing: Thing) -> None:
        match thing:
            case Sounds(pcm):
                self._caught(self._ears.feed(pcm))
            case Key(key, at):
                self._pressed(key, at)
            case Gone():
                self._hung_up()

    def _look_at_the_clock(self) -> None:
        """What happens because time goes by."""
        if self._departure.over:
            return
        listener = self._ears.listener
        self._caught(self._ears.silence())
        if self.voice.asking:
            self._floor.question_begun()
        if not self._departure.over and self._floor.voice(listener.voiced):
            self.interrupted_at = self._clock()
            self.voice.hush()
            self._departure.stay()
        if self._floor.speaking and not self.voice.playing:
            self._floor.silent()
            self._said_everything()
        elif self._departure.due:
            self._departure.leave("end")
        self._wait(thinking=listener.thinking)
        self._ring_again()

    def _wait(self, *, thinking: bool) -> None:
        """A text or a voice is late: say so, and in the end fetch a person."""
        silent = self.voice.silent
        late = self._patience.late(self._clock(), text=thinking, voice=silent)
        if late == "lost":
            self._log.error("nothing_came", text=thinking, voice=silent)
            self.voice.apologise(self._station.mouth)
            self._departure.leave("operator", urgent=self._rescue.urgent)
        elif late == "hold_on":
            self.voice.add(self.call, load_prompts().variants("hold_on")[:1])

    def _ring_again(self) -> None:
        """In an emergency nobody has answered yet: ring again, and say so where nobody speaks."""
        if self._departure.over or not self._rescue.due:
            return
        if not self._rescue.ring():
            self._departure.leave("operator", urgent=True)
            return
        listener = self._ears.listener
        if not (self._floor.speaking or listener.speaking or listener.thinking):
            self._floor.speak(urgent=True)
            self._ears.expect(self.turn, spoken=False)
            self.voice.add(self.call, sentences(words()["said"][self._rescue.told]))

    def _caught(self, found: list[Caught]) -> None:
        for caught in found:
            if self._departure.over:
                return
            if caught.reopened:
                self.voice.hush()
                self._floor.voice(LONG_S)
            if caught.event is not None:
                self._weigh(caught, caught.event)
            elif caught.turn is not None:
                self._listen_on()

    def _weigh(self, caught: Caught, event: Event) -> None:
        said = Said.of(event, caught.began, self.call.engine, self.call.now())
        verdict = self._floor.take(said)
        self._log.debug("caught", what=type(event).__name__, verdict=verdict)
        if verdict == "again":
            self._speak(self.turn)
        elif verdict == "take":
            self.voice.heard(caught)
            self.last, self.taken = event, self.taken + 1
            self._answer(self.call.receive(caught, self._ears.delay(caught) * 1000))
        else:
            self._listen_on()

    def _pressed(self, key: str, at: float) -> None:
        tremor = self._ears.tremor(key, at)
        self._log.debug("key", tremor=tremor)
        self._floor.key(self._ears.listener.now)
        self.last, self.taken = Pressed(key), self.taken + 1
        if not tremor:
            self._answer(self.call.session.receive(Pressed(key)))
        else:
            self._speak(self.turn)

    def _hung_up(self) -> None:
        """What was being said is still heard; what was begun is written down for staff."""
        self._wire.dead()
        self.voice.hush()
        if self._departure.over or self._rescue.took_over(THROUGH_S):
            self._departure.over = True
            return
        for caught in self._ears.last_words():
            self.call.receive(caught)
        if self.call.session.receive(HungUp()).alerts:
            self._switch.alarm(self.call_id)
        self._departure.over = True

    # --- what goes out -----------------------------------------------------------------------

    def _answer(self, turn: Turn) -> None:
        """Carry on with what the conversation says; what had to be filed is filed already."""
        self._patience.answered()
        self._departure.stay()
        self.voice.adjust(turn)
        self.call.adjust(turn)
        staff_wanted(self.call.desk, turn)
        turn = self._family.told(turn)
        if turn.alerts and turn.connect is not None:
            self._rescue.ring()
        elif turn.ask is not None and turn.ask.slot == "service":
            self._rescue.enough()
        self._log.debug("asked", slot=turn.ask.slot if turn.ask else "", final=turn.final)
        self._speak(turn)
        self.call.desk.settle()

    def _speak(self, turn: Turn) -> None:
        if self._rescue.here:
            self.turn = turn
            return
        reads_back = turn.ask is not None and turn.ask.slot == "confirm"
        self.voice.hush()
        fetching = self._rescue.going_on
        leaving = turn.connect is not None and not fetching
        self._floor.speak(reads_back=reads_back, leaving=leaving, urgent=fetching)
        self.turn = turn
        self._ears.expect(turn, spoken=False)
        # Where Linli cannot stay, the person who comes asks the rest.
        leaves = turn.alerts and turn.ask is not None and not fetching
        said = turn.say[:-1] if leaves else turn.say
        self.voice.ask(self.call, said, turn.say[-1] if turn.say else "")
        self.call.prepare(turn)

    def _listen_on(self) -> None:
        """The question still stands; from now on silence counts."""
        if not self._floor.speaking:
            self._ears.expect(self.turn)

    def _said_everything(self) -> None:
        turn = self.turn
        self._listen_on()
        if turn.connect is not None and not self._rescue.going_on:
            there = self._station.facts.operator_now(self.call.now()) or bool(turn.alerts)
            self._departure.leave("operator" if there else "message", urgent=bool(turn.alerts))
        elif self._family.number:
            self._departure.over = self._family.put_through()
            if not self._departure.over:
                self._departure.leave("operator")
        elif turn.final:
            self._departure.soon()
