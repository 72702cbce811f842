"""One telephone call: its ears, its conversation, its mouth, on a thread of its own.

The event loop hands over what the leg brings (`hear`, `key`, `gone`) and never
waits; here it may take as long as it takes. Keys and speech fall silent first and
are thought about afterwards.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import structlog

from intents.prompts import load_prompts, sentences
from intents.types import Chose, Event, Heard, HungUp, Pressed
from ivr.leg import Started
from ivr.wire import Wire
from voices.audio import Resampler, from_pcm16
from voices.listener import Listener
from voices.player import Player
from voices.types import RATE, Speech

from .call import Call
from .ears import Caught
from .errands import staff_wanted
from .family import Family
from .floor import Floor, Said
from .inbox import Gone, Inbox, Key, Sounds
from .limits import limit
from .pace import Pace
from .patience import Patience
from .phone_sounds import words
from .rescue import THROUGH_S, Rescue
from .session import Turn
from .stage import Station
from .switchboard import Next, NoSwitchboard, Switchboard

log = structlog.get_logger(__name__)

WAIT_S: Final = 0.1
"""Seconds to wait for sound before looking at the clock again."""
BATCH_S: Final = 0.05
"""Seconds of sound that are worth waking up for while Linli only listens."""
IDLE_S: Final = 0.2
"""The same while nobody speaks at all."""
NO_SOUND_S: Final = 0.8
"""Seconds without any sound after which the line is taken for silent."""
LATER: Final = 4
"""From this round of ringing on, the caller is told whom else they may ring."""
LONG_S: Final = 600.0
"""A prompt lasts no longer; silence is counted from its end."""
STARTING: Final = threading.Semaphore(2)
"""Calls that are begun at the same moment: a flood must not slow those that talk already."""
LAST_WORDS_S: Final = 10.0
"""Seconds the text of somebody who has hung up in mid-sentence may take."""


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
        self._clock = clock
        self._log = log.bind(call=started.call_id)
        self._inbox = Inbox()
        self._batch = round(BATCH_S * started.rate) * 2
        self._resampler = Resampler(started.rate) if started.rate != RATE else None
        self._player = Player(wire)
        self._floor = Floor(limit("phone.barge_in_s"), limit("phone.barge_in_most_s"))
        self.pace = Pace()
        """How fast this caller is spoken to."""
        self._patience, self._voice = Patience(), Patience()
        self._rescue = Rescue(started.call_id, self._switch, clock)
        self._urgent = False
        self._family = Family(started.call_id, self._switch, None)
        self._round_at = clock()
        self.turn = Turn()
        """What was said and asked last."""
        self._keys: dict[str, float] = {}
        self._leave_at: float | None = None
        self._question_at: float | None = None
        self._done = False
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
        if self._done or self._floor.speaking or self.turn.ask is None:
            return None
        return self.turn.ask.slot

    @property
    def over(self) -> bool:
        """Whether this end has let go of the call."""
        return self._done

    @property
    def quiet_s(self) -> float:
        """Seconds since its thread was last seen at work; it hangs when they are many."""
        return self._clock() - self._round_at

    # --- from the event loop ------------------------------------------------------------------

    def hear(self, pcm: bytes) -> None:
        """The caller's sound."""
        self._inbox.sound(pcm)

    def key(self, key: str) -> None:
        """A key: silence first."""
        self._player.stop()
        self._inbox.key(key)

    def gone(self) -> None:
        """The caller has hung up, or somebody else has taken them."""
        self._inbox.gone()

    def helped(self) -> None:
        """In an emergency somebody has answered and is being put through."""
        self._rescue.helped()
        self._player.stop()

    # --- the thread -----------------------------------------------------------------------------

    def run(self) -> None:
        """Talk until the call is over; never raises."""
        try:
            self._talk()
        except Exception as error:  # noqa: BLE001 - one call must not end the others
            self._log.critical(
                "call_broke", reason=f"{type(error).__name__}: {error}", exc_info=True
            )
            self._apologise()
        finally:
            self._player.close()
            self._wire.hang_up()

    def _talk(self) -> None:
        number = self._started.number
        resident = self._station.ledger.resident_by_phone(number) if number else None
        with STARTING:
            call = self._station.call("phone", resident=resident, phone=number)
        with call:
            self.call = call
            self._log.info("call_begun", known=resident is not None, rate=self._started.rate)
            self._family = Family(self.call_id, self._switch, resident)
            opening = call.session.open()
            self._answer(self._family.back(opening) if self._started.why == "family" else opening)
            while not self._done:
                self._round_at = self._clock()
                for thing in self._inbox.get(*self._attention()):
                    self._happened(thing)
                self._look_at_the_clock()

    def _attention(self) -> tuple[float, int]:
        """How long to wait, for how much sound: whoever may interrupt is heard frame by frame."""
        listener = self.call.ears.listener
        if self._floor.speaking or listener.voiced or listener.thinking:
            return WAIT_S, 0 if self._floor.speaking else self._batch
        return IDLE_S, self._batch * 4

    def _apologise(self) -> None:
        """Something is broken: a clear sentence, then a person (who comes when the leg ends)."""
        try:
            self._player.stop()
            sorry = sentences(load_prompts().variants("not_filed")[0])
            mouth = self._station.mouth
            said = self._player.play(piece for text in sorry for piece in mouth.stream(text))
            said.wait(limit("speech.prompt_s"))
        except Exception as error:  # noqa: BLE001 - one call must not end the others
            self._log.critical(
                "not_even_sorry", reason=f"{type(error).__name__}: {error}", exc_info=True
            )

    # --- what comes in ----------------------------------------------------------------------------

    def _happened(self, thing: Sounds | Key | Gone) -> None:
        match thing:
            case Sounds(pcm):
                sound = from_pcm16(pcm)
                self._caught(
                    self.call.ears.feed(
                        sound if self._resampler is None else self._resampler.feed(sound)
                    )
                )
            case Key(key, at):
                self._pressed(key, at)
            case Gone():
                self._hung_up()

    def _look_at_the_clock(self) -> None:
        """What happens because time goes by."""
        if self._done:
            return
        listener = self.call.ears.listener
        # No sound comes while a key is held: the clock on the wall counts then.
        missing = self._inbox.missing(NO_SOUND_S)
        self._caught(self.call.ears.feed(np.zeros(round(missing * RATE), np.float32)))
        if self._question_at is not None and self._clock() >= self._question_at:
            self._floor.question_begun()
        if not self._done and self._floor.voice(listener.voiced):
            self.interrupted_at = self._clock()
            self._player.stop()
            self._leave_at = None
        if self._floor.speaking and not self._player.playing:
            self._floor.silent()
            self._said_everything()
        elif self._leave_at is not None and self._clock() >= self._leave_at:
            self._leave("end")
        self._wait(thinking=listener.thinking)
        self._ring_again(listener)

    def _wait(self, *, thinking: bool) -> None:
        """A text or a voice is late: say so, and in the end fetch a person."""
        now, silent = self._clock(), self._player.playing and not self._wire.ahead
        text = self._patience.late(now, waiting=thinking)
        voice = self._voice.late(now, waiting=silent)
        if "lost" in (text, voice):
            self._log.error("nothing_came", text=text, voice=voice)
            self._apologise()
            self._leave("operator", urgent=self._urgent)
        elif text == "hold_on":
            self._player.play(self._sounds((load_prompts().variants("hold_on")[0],)))

    def _ring_again(self, listener: Listener) -> None:
        """In an emergency nobody has answered yet: ring again, and say so where nobody speaks."""
        if self._done or not self._rescue.due:
            return
        if not self._rescue.ring():
            self._leave("operator", urgent=True)
        elif not (self._floor.speaking or listener.speaking or listener.thinking):
            self._floor.speak()
            self.call.ears.expect(self.turn.ask, after=LONG_S)
            said = words()["said"]["nobody-yet" if self._rescue.rounds < LATER else "nobody-urgent"]
            self._player.play(self._sounds(sentences(said)))

    def _caught(self, found: list[Caught]) -> None:
        for caught in found:
            if self._done:
                return
            if caught.reopened:
                self._player.stop()
                self._floor.voice(LONG_S)
            if caught.event is not None:
                self._weigh(caught, caught.event)
            elif caught.turn is not None:
                self._listen_on()

    def _weigh(self, caught: Caught, event: Event) -> None:
        verdict = self._floor.take(self._said(event, caught.began))
        self._log.debug("caught", what=type(event).__name__, verdict=verdict)
        if verdict == "again":
            self._speak(self.turn)
        elif verdict == "take":
            if caught.turn is not None:
                turn = caught.turn
                self.pace.heard(turn.transcript.text, turn.speech_end - turn.speech_start)
            self.last, self.taken = event, self.taken + 1
            self._answer(self.call.receive(caught, self._delay(caught) * 1000))
        else:
            self._listen_on()

    def _said(self, event: Event, began: float | None) -> Said:
        engine = self.call.engine
        if isinstance(event, Chose):
            return Said(event, began, agrees=event.value == "yes", meant=True)
        if not isinstance(event, Heard):
            return Said(event, began)
        if engine.emergency(event.text) is not None:
            return Said(event, began, urgent=True)
        meant = engine.understand(event.text, self.call.now()).first.name != "out_of_scope"
        return Said(event, began, agrees=engine.polarity(event.text) == "yes", meant=meant)

    def _delay(self, caught: Caught) -> float:
        """Seconds from the caller's last voice to now."""
        return self.call.ears.listener.now - caught.turn.speech_end if caught.turn else 0.0

    def _pressed(self, key: str, at: float) -> None:
        tremor = at - self._keys.get(key, -LONG_S) < limit("phone.key_again_s")
        self._keys[key] = at
        self._log.debug("key", tremor=tremor)
        self._floor.key(self.call.ears.listener.now)
        self.last, self.taken = Pressed(key), self.taken + 1
        if not tremor:
            self._answer(self.call.session.receive(Pressed(key)))
        else:
            self._speak(self.turn)

    def _hung_up(self) -> None:
        """What was being said is still heard; what was begun is written down for staff."""
        self._wire.dead()
        self._player.stop()
        if self._done or self._rescue.took_over(THROUGH_S):
            self._done = True
            return
        ears = self.call.ears
        if ears.listener.speaking or ears.listener.thinking:
            for caught in ears.last_words(LAST_WORDS_S):
                if caught.event is not None and isinstance(caught.event, Heard | Chose):
                    self.call.receive(caught)
        if self.call.session.receive(HungUp()).alerts:
            self._switch.alarm(self.call_id)
        self._done = True

    # --- what goes out -----------------------------------------------------------------------

    def _answer(self, turn: Turn) -> None:
        """Carry on with what the conversation says; what had to be filed is filed already."""
        self._patience = Patience()
        self._leave_at = None
        for adjust in turn.adjust:
            if adjust.what == "louder":
                self._player.louder()
        staff_wanted(self.call.desk, turn)
        turn = self._family.told(turn)
        self.turn = turn
        if turn.alerts and turn.connect is not None:
            self._urgent = True
            self._rescue.ring()
        elif turn.ask is not None and turn.ask.slot == "service":
            self._rescue.enough()
        self._log.debug("asked", slot=turn.ask.slot if turn.ask else "", final=turn.final)
        self._speak(turn)

    def _speak(self, turn: Turn) -> None:
        if self._rescue.here:
            return
        reads_back = turn.ask is not None and turn.ask.slot == "confirm"
        self._player.stop()
        self._question_at = None
        self._floor.speak(reads_back=reads_back, leaving=turn.connect is not None)
        self.call.ears.expect(turn.ask, turn.say[-1] if turn.say else "", after=LONG_S)
        self.call.prepare(turn)
        # Where Linli cannot stay, the person who comes asks the rest.
        leaves = turn.alerts and turn.ask is not None and not self._rescue.going_on
        said = turn.say[:-1] if leaves else turn.say
        self._player.play(self._sounds(said), on_position=self._position)

    def _sounds(self, said: tuple[str, ...]) -> Iterator[Speech]:
        """What is spoken, each piece with the sentence it belongs to."""
        for text in said:
            for piece in self.call.sentence(text, pace=self.pace.factor):
                yield Speech(piece.pcm, piece.rate, text, piece.source)

    def _position(self, speech: Speech, _: float) -> None:
        """From the player's thread: a piece of this sentence was sent."""
        last = self.turn.say[-1:] == (speech.text,)
        if last and self._question_at is None:
            self._question_at = self._clock() + self._wire.ahead

    def _listen_on(self) -> None:
        """The question still stands; from now on silence counts."""
        if not self._floor.speaking:
            turn = self.turn
            self.call.ears.expect(turn.ask, turn.say[-1] if turn.say else "")

    def _said_everything(self) -> None:
        turn = self.turn
        self._listen_on()
        if turn.connect is not None and not self._rescue.going_on:
            there = self._station.facts.operator_now(self.call.now()) or bool(turn.alerts)
            self._leave("operator" if there else "message", urgent=bool(turn.alerts))
        elif self._family.number:
            self._done = self._family.put_through()
            if not self._done:
                self._leave("operator")
        elif turn.final:
            self._leave_at = self._clock() + limit("phone.farewell_s")

    def _leave(self, what: Next, *, urgent: bool = False) -> None:
        """End our leg; the dialplan goes on with `what`, untold with a person."""
        told = self._switch.set_next(self.call_id, what, urgent=urgent)
        self._log.info("call_left", what=what, urgent=urgent, told=told)
        self._done = True
