"""The kiosk without sound: touches and words in, screens out, requests in a ledger.

Everything is the real thing (engine, conversation, session, ledger, presenter)
but ears, mouth and glass; one call does what a worker and a window do in turns.
Pictures for the manual, tests and benches are made with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from intents.conversation import Conversation
from intents.engine import Engine
from intents.types import Event, Heard, HungUp
from kiosk.aloud import aloud
from kiosk.presenter import Presenter
from kiosk.turned import (
    Begin,
    Command,
    Identify,
    Leave,
    Send,
    Speak,
    StepBack,
    TakeBack,
)
from kiosk.view import Action, View
from station.ledger import Ledger
from station.residents import Resident
from station.settings import Settings

from .cards import Cards, known_of
from .desk import LedgerDesk
from .errands import all_of, staff_wanted
from .session import Session, Turn
from .wiring import station_facts

_TOUCH_S: Final = 2.0
"""Seconds between two touches."""


class Rehearsal:
    """One kiosk; `clock` gives the day, `self.now` the seconds, which only go by when told."""

    def __init__(
        self, settings: Settings, engine: Engine, ledger: Ledger, clock: Callable[[], datetime]
    ) -> None:
        self.settings, self.engine, self.ledger, self.clock = settings, engine, ledger, clock
        self.presenter = Presenter(clock, listens=True)
        self.now = 0.0
        self.said: list[str] = []
        """What would have been spoken."""
        self.done: list[Command] = []
        """What the presenter asked for."""
        self.session: Session | None = None
        self._desk: LedgerDesk | None = None
        self._resident: Resident | None = None
        self._facts = station_facts(settings)

    @property
    def view(self) -> View:
        """What the screen shows."""
        return self.presenter.view(self.now)

    def touch(self, name: str, slot: str = "", value: object = None) -> View:
        """Touch something; gives what is shown then."""
        self.now += _TOUCH_S
        self._do(self.presenter.touched(Action(name, slot, value), self.now))
        return self.view

    def say(self, text: str) -> View:
        """Say something aloud, also to the waiting screen."""
        self.now += _TOUCH_S
        if self.session is None:
            self.presenter.begun(self.now)
            self._begin(None)
        self.presenter.hearing(text, self.now)
        self.presenter.heard(text, self.now)
        self._answer(self._received([Heard(text)]))
        return self.view

    def wait(self, seconds: float) -> View:
        """Let time go by."""
        until = self.now + seconds
        while self.now < until:
            self.now = min(until, self.now + 0.5)
            self._do(self.presenter.tick(self.now))
        return self.view

    # --- what a worker does -------------------------------------------------------------------

    def _do(self, commands: Sequence[Command]) -> None:
        for command in commands:
            self.done.append(command)
            match command:
                case Begin(events):
                    opened = self._begin(None)
                    self._answer(self._received(events) if events else opened)
                case Send(events):
                    self._answer(self._received(events))
                case StepBack():
                    self._step_back()
                case Speak(sentences):
                    self.said += sentences
                case Identify(card):
                    self._identify(card)
                case TakeBack(number):
                    self.ledger.cancel(number, by="elder", note="pressed by mistake")
                    self.session = None
                case Leave(gone):
                    if gone and self.session is not None:
                        self.session.receive(HungUp())
                    self.session = None

    def _begin(self, resident: Resident | None) -> Turn:
        self._resident = resident
        waiting = self.ledger.open_requests(resident.id) if resident else []
        known = [
            {"intent": each.intent, "slots": dict(each.slots), "status": each.status}
            for each in waiting
        ]
        began = self.clock()

        def begin() -> Conversation:
            return Conversation(
                self.engine,
                channel="kiosk",
                now=began,
                resident=resident.facts() if resident else None,
                requests=known,
                facts=self._facts,
            )

        self._desk = LedgerDesk(self.ledger, channel="kiosk", now=self.clock, resident=resident)
        numbers = [each.number for each in waiting]
        self.session = Session(begin, self._desk, numbers=numbers, clock=self.clock)
        return self.session.open()

    def _received(self, events: Sequence[Event]) -> Turn:
        if self.session is None:
            raise ValueError("nobody is talking")
        return all_of([self.session.receive(event) for event in events])

    def _answer(self, turn: Turn) -> None:
        if self.session is None or self._desk is None:
            return
        staff_wanted(self._desk, turn)
        cards = Cards.of(self.settings, self._resident, self.clock(), self._facts)
        shown = cards.turned(self.session, turn)
        self.said += aloud(shown)
        self.presenter.turned(shown, self.now)

    def _step_back(self) -> None:
        turn = self.session.back() if self.session else None
        if turn is None:
            self._do(self.presenter.nothing_to_take_back(self.now))
        else:
            self._answer(turn)

    def _identify(self, card: str) -> None:
        resident = self.ledger.resident_by_card(card)
        if resident is None:
            self._do(self.presenter.known(None, self.now))
            return
        self._do(self.presenter.known(known_of(self.settings, resident), self.now))
        self._answer(self._begin(resident))
