"""One telephone call: its ears, its conversation, its mouth, on a thread of its own.

The event loop hands over what the leg brings (`hear`, `key`, `gone`) and never
waits; here it may take as long as it takes. Keys and speech fall silent first and
are thought about afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias

import numpy as np
import structlog

from intents.prompts import load_prompts, sentences
from intents.types import Chose, Event, Heard, HungUp, Pressed
from ivr.leg import Started
from ivr.wire import Wire
from voices.audio import Resampler, from_pcm16
from voices.player import Player
from voices.types import RATE, Speech

from .call import Call
from .ears import Caught
from .errands import staff_wanted
from .floor import Floor, Said
from .inbox import Gone, Inbox, Key, Sounds
from .limits import limit
from .pace import Pace
from .session import Turn
from .stage import Station

log = structlog.get_logger(__name__)

Next: TypeAlias = Literal["operator", "message", "end"]
"""What the dialplan does when our leg has ended."""

WAIT_S: Final = 0.1
"""Seconds to wait for sound before looking at the clock again."""
BATCH_S: Final = 0.05
"""Seconds of sound that are worth waking up for while Linli only listens."""
NO_SOUND_S: Final = 0.8
"""Seconds without any sound after which the line is taken for silent."""
LONG_S: Final = 600.0
"""A prompt lasts no longer; silence is counted from its end."""
LAST_WORDS_S: Final = 10.0
"""Seconds the text of somebody who has hung up in mid-sentence may take."""


class Switchboard(Protocol):
    """The telephone exchange, as far as a call needs it; never raises, never waits long."""

    def set_next(self, call_id: str, what: Next, *, urgent: bool = False) -> bool:
        """What happens when our leg ends; False when the exchange cannot be told."""

    def alarm(self, call_id: str) -> bool:
        """Ring staff now; False when nobody can be rung."""


class NoSwitchboard:
    """Where nobody can be told anything, whoever leaves us reaches a person."""

    def set_next(self, call_id: str, what: Next, *, urgent: bool = False) -> bool:
        """Nobody to tell."""
        del call_id, what, urgent
        return False

    def alarm(self, call_id: str) -> bool:
        """Nobody to tell."""
        del call_id
        return False


@dataclass(slots=True)
class Patience:
    """Waiting for a text that does not come."""

    since: float | None = None
    """When the turn ended."""
    told: bool = False
    """The caller was asked to wait."""


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
        self._patience = Patience()
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
        call = self._station.call("phone", resident=resident, phone=number)
        with call:
            self.call = call
            self._log.info("call_begun", known=resident is not None, rate=self._started.rate)
            self._answer(call.session.open())
            while not self._done:
                # Whoever may be interrupting is looked at frame by frame, others less often.
                batch = 0 if self._floor.speaking else self._batch
                for thing in self._inbox.get(WAIT_S, batch=batch):
                    self._happened(thing)
                self._look_at_the_clock()

    def _apologise(self) -> None:
        """Something is broken: a clear sentence, then a person (who comes when the leg ends)."""
        try:
            self._player.stop()
            words = sentences(load_prompts().variants("not_filed")[0])
            mouth = self._station.mouth
            said = self._player.play(piece for text in words for piece in mouth.stream(text))
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
        self._think(thinking=listener.thinking)

    def _think(self, *, thinking: bool) -> None:
        """The text of a turn is late: say so, and in the end fetch a person."""
        if not thinking:
            self._patience = Patience()
            return
        if self._patience.since is None:
            self._patience.since = self._clock()
        late = self._clock() - self._patience.since
        if late > limit("phone.lost_s"):
            self._log.error("text_lost", seconds=round(late, 1))
            self._apologise()
            self._leave("operator")
        elif late > limit("phone.hold_on_s") and not self._patience.told:
            self._patience.told = True
            self._player.play(self._sounds((load_prompts().variants("hold_on")[0],)))

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
        engine = self._station.engine
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
        if self._done:
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
        self.turn = turn
        self._log.debug("asked", slot=turn.ask.slot if turn.ask else "", final=turn.final)
        self._speak(turn)

    def _speak(self, turn: Turn) -> None:
        reads_back = turn.ask is not None and turn.ask.slot == "confirm"
        self._player.stop()
        self._question_at = None
        self._floor.speak(reads_back=reads_back, leaving=turn.connect is not None)
        self.call.ears.expect(turn.ask, turn.say[-1] if turn.say else "", after=LONG_S)
        self.call.prepare(turn)
        # Whoever needs help hears what to do, and is asked the rest by the person who comes.
        words = turn.say[:-1] if turn.alerts and turn.ask is not None else turn.say
        self._player.play(self._sounds(words), on_position=self._position)

    def _sounds(self, words: tuple[str, ...]) -> Iterator[Speech]:
        """What is spoken, each piece with the sentence it belongs to."""
        for text in words:
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
        if turn.connect is not None:
            there = self._station.facts.operator_now(self.call.now()) or bool(turn.alerts)
            self._leave("operator" if there else "message", urgent=bool(turn.alerts))
        elif turn.final:
            self._leave_at = self._clock() + limit("phone.farewell_s")

    def _leave(self, what: Next, *, urgent: bool = False) -> None:
        """End our leg; the dialplan goes on with `what`, untold with a person."""
        told = self._switch.set_next(self.call_id, what, urgent=urgent)
        self._log.info("call_left", what=what, urgent=urgent, told=told)
        self._done = True
