"""The telephone server: Asterisk brings calls here, each gets a line of its own.

`linli phone serve` runs it. Sound is carried by one event loop, every call has a
thread, recognition has processes of its own.
"""

from __future__ import annotations

import asyncio
import faulthandler
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final

import numpy as np
import structlog

from intents.conversation import Conversation
from intents.conversation.prompts import load_prompts, sentences
from ivr.events import CallCame, Helped, SwitchEvent
from ivr.leg import Digit, Ended, Event, Leg, Played, Sound, Started
from ivr.media import Doors, MediaServer
from ivr.recent import Recent
from ivr.wire import Wire
from station import residents
from voices.audio import to_pcm16
from voices.types import RATE
from voices.vad import VoiceActivity

from .heart import EVERY, Heart
from .limits import limit
from .line import Line
from .stage import Station
from .switchboard import Switchboard

log = structlog.get_logger(__name__)

ENDS_S: Final = 3.0
"""Seconds Asterisk may take to close a leg that was hung up."""
REMEMBERED: Final = 1000
"""Calls whose number is remembered until their leg comes."""
WORDS_S: Final = 15.0
"""Seconds a call may take to write down the last words of a caller who has hung up."""
LOOK_S: Final = 0.5
"""Seconds between two looks whether a call's thread is still at work."""
PARTING_S: Final = 0.5
"""Seconds between our last word and the end of a leg."""
WORD_S: Final = 2.0
"""Seconds a sentence out of the pack may take."""


class Phone:
    """Answers the legs a `MediaServer` brings, with a station behind it."""

    def __init__(self, station: Station, switch: Switchboard | None = None) -> None:
        self._station = station
        self._switch = switch
        self.lines: set[Line] = set()
        """The calls there are now."""
        self._stuck: set[Line] = set()
        self._came: Recent[str, CallCame] = Recent(REMEMBERED)

    def direct(self, switch: Switchboard) -> None:
        """From now on this is who is told what comes after a call."""
        self._switch = switch

    def told(self, event: SwitchEvent) -> None:
        """What the switch tells, on its own thread.

        Who is behind a leg that cannot say it, and who is with a person now.
        """
        if isinstance(event, CallCame):
            self._came[event.media] = event
        elif isinstance(event, Helped):
            for line in list(self.lines):
                came = self._came.get(line.call_id)
                if event.call in {line.call_id, came.call if came else ""}:
                    line.helped()

    @property
    def well(self) -> bool:
        """False when calls hang and nobody else is talking: then it is best started anew."""
        return not self._stuck or any(line not in self._stuck for line in list(self.lines))

    def _known(self, started: Started) -> Started:
        came = self._came.get(started.call_id)
        if started.number or came is None:
            return started
        return replace(started, number=came.number, line=came.line, why=came.why)

    def warm_up(self) -> None:
        """Do once what the first caller would wait for: models loaded, the greeting decoded."""
        station, now = self._station, self._station.clock()
        activity = VoiceActivity("phone")
        activity.feed(np.zeros(RATE, np.float32))
        station.engine.understand(load_prompts().variants("ask_service")[0], now)
        for region in residents.dialects(station.ledger.store):
            station.accents.of(region)
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
                self._stuck.discard(line)
                with suppress(RuntimeError):
                    loop.call_soon_threadsafe(over.set)

        self.lines.add(line)
        threading.Thread(target=run, name=f"call-{started.call_id}", daemon=True).start()
        guard = asyncio.create_task(self._guard(line, leg, wire, started.rate))
        try:
            await self._carry(line, wire, events, over)
        finally:
            guard.cancel()
            wire.dead()
            line.gone()
            self.lines.discard(line)

    async def _guard(self, line: Line, leg: Leg, wire: Wire, rate: int) -> None:
        """A call whose thread hangs: its caller is asked to wait, then given to a person."""
        told = False
        while (quiet := line.quiet_s) < limit("phone.lost_s"):
            waits = leg.answered and not (line.over or wire.ahead)
            late = waits and quiet > limit("phone.hold_on_s")
            if late and not told:
                leg.play(await self._words("hold_on", rate))
            told = late
            await asyncio.sleep(LOOK_S)
        if line.over:  # the caller is elsewhere; the thread waits for a text nobody needs any more
            leg.hang_up()
            return
        log.critical("call_hangs", call=line.call_id, seconds=round(quiet, 1))
        faulthandler.dump_traceback()
        self._stuck.add(line)
        wire.dead()
        leg.flush()
        sorry = await self._words("not_filed", rate)
        leg.play(sorry)
        await asyncio.sleep(len(sorry) / 2 / rate + PARTING_S)  # a leg ends with what waits unheard
        leg.hang_up()

    async def _words(self, prompt: str, rate: int) -> bytes:
        """A sentence out of the pack, at the leg's rate; nothing where even that takes long."""

        def said() -> bytes:
            mouth = self._station.mouth
            found = sentences(load_prompts().variants(prompt)[0])
            return b"".join(to_pcm16(mouth.say(text, rate=rate).pcm) for text in found)

        try:
            return await asyncio.wait_for(asyncio.to_thread(said), WORD_S)
        except TimeoutError:
            return b""

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
    heart: Heart | None = None,
) -> None:
    """Take calls until told to stop; whoever is talking then is sent on to a person.

    `heart` beats as long as sound is carried.
    """
    server, stop = phone.server(doors), stop or asyncio.Event()
    async with server.running():
        ready(server)
        beating = asyncio.create_task(_beat(phone, heart or Heart(), stop))
        await stop.wait()
        beating.cancel()


async def _beat(phone: Phone, heart: Heart, stop: asyncio.Event) -> None:
    while not heart.alone:
        if phone.well:
            heart.beat("line")
        await asyncio.sleep(EVERY)
    log.error("watcher_gone")
    stop.set()  # another one is on its way, and wants the same door
