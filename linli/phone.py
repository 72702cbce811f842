"""The telephone server: Asterisk brings calls here, each gets a line of its own.

`linli phone serve` runs it. Sound is carried by one event loop, every call has a
thread, recognition has processes of its own.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final

import numpy as np
import structlog

from intents.conversation import Conversation
from intents.prompts import load_prompts, sentences
from ivr.events import CallCame, SwitchEvent
from ivr.leg import Digit, Ended, Event, Leg, Played, Sound, Started
from ivr.media import Doors, MediaServer
from ivr.wire import Wire
from voices.types import RATE
from voices.vad import VoiceActivity

from .line import Line, Switchboard
from .stage import Station

log = structlog.get_logger(__name__)

ENDS_S: Final = 3.0
"""Seconds Asterisk may take to close a leg that was hung up."""
REMEMBERED: Final = 1000
"""Calls whose number is remembered until their leg comes."""
WORDS_S: Final = 15.0
"""Seconds a call may take to write down the last words of a caller who has hung up."""


class Phone:
    """Answers the legs a `MediaServer` brings, with a station behind it."""

    def __init__(self, station: Station, switch: Switchboard | None = None) -> None:
        self._station = station
        self._switch = switch
        self.lines: set[Line] = set()
        """The calls there are now."""
        self._came: OrderedDict[str, CallCame] = OrderedDict()

    def direct(self, switch: Switchboard) -> None:
        """From now on this is who is told what comes after a call."""
        self._switch = switch

    def told(self, event: SwitchEvent) -> None:
        """What the switch tells, on its own thread: who is behind a leg that cannot say it."""
        if isinstance(event, CallCame):
            self._came[event.media] = event
            while len(self._came) > REMEMBERED:
                self._came.popitem(last=False)

    def _known(self, started: Started) -> Started:
        came = self._came.get(started.call_id)
        if started.number or came is None:
            return started
        return replace(started, number=came.number, line=came.line)

    def warm_up(self) -> None:
        """Do once what the first caller would wait for: models loaded, the greeting decoded."""
        station, now = self._station, self._station.clock()
        activity = VoiceActivity("phone")
        activity.feed(np.zeros(RATE, np.float32))
        station.engine.understand(load_prompts().variants("ask_service")[0], now)
        talk = Conversation(station.engine, channel="phone", now=now, facts=station.facts)
        talk.open()
        for words in load_prompts().variants("greet_phone"):
            for text in sentences(words):
                station.mouth.say(text, pace=station.settings.speech.pace)

    def server(self, doors: Doors) -> MediaServer:
        """A server whose calls come here."""
        return MediaServer(doors, self.answer)

    async def answer(self, leg: Leg, started: Started, events: AsyncIterator[Event]) -> None:
        """Carry one call; see `ivr.media.Answer`."""
        loop = asyncio.get_running_loop()
        wire = Wire(leg, started.rate)
        line = Line(self._station, self._known(started), wire, self._switch)
        over = asyncio.Event()

        def run() -> None:
            try:
                line.run()
            finally:
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(over.set)

        self.lines.add(line)
        threading.Thread(target=run, name=f"call-{started.call_id}", daemon=True).start()
        try:
            await self._carry(line, wire, events, over)
        finally:
            wire.dead()
            line.gone()
            self.lines.discard(line)

    @staticmethod
    async def _carry(
        line: Line, wire: Wire, events: AsyncIterator[Event], over: asyncio.Event
    ) -> None:
        """Until the leg has ended and the line has written down what there is."""
        pump = asyncio.create_task(_pump(line, wire, events))
        waiting = asyncio.create_task(over.wait())
        try:
            await asyncio.wait({pump, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if pump.done():
                pump.result()
                await asyncio.wait({waiting}, timeout=WORDS_S)
            else:
                await asyncio.wait({pump}, timeout=ENDS_S)
        finally:
            pump.cancel()
            waiting.cancel()


async def _pump(line: Line, wire: Wire, events: AsyncIterator[Event]) -> None:
    """Hand over what the leg brings; never waits for the line."""
    async for event in events:
        match event:
            case Sound(pcm):
                line.hear(pcm)
            case Digit(key):
                line.key(key)
            case Played(mark):
                wire.played(mark)
            case Ended(reason):
                log.info("leg_ended", reason=reason)
                wire.dead()
                line.gone()


async def serve(
    phone: Phone,
    doors: Doors,
    *,
    stop: asyncio.Event | None = None,
    ready: Callable[[MediaServer], None] = lambda _: None,
) -> None:
    """Take calls until told to stop; whoever is talking then is sent on to a person."""
    server = phone.server(doors)
    async with server.running():
        ready(server)
        await (stop or asyncio.Event()).wait()
