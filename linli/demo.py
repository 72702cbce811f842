"""The demo: recorded callers go through the whole path, from sound to filed request.

The callers' audio is fed at the speed of speech (or as fast as it goes with
`fast`); what Linli says is looked up or made, and played where there is a
loudspeaker.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import yaml
from rich.console import Console
from rich.markup import escape

from intents.types import Chose, Event, Heard, Noise, Silence
from station.settings import Settings
from voices.types import RATE, Pcm

from .call import Call
from .ears import Caught
from .errors import UsageError
from .paths import ASSETS
from .samples import Caller, Sample, load
from .session import Turn
from .stage import Station

CHUNK = RATE // 50
"""Samples fed at a time: 20 ms, as a telephone or sound card gives them."""

TURNS = 20
"""A sample call that has not ended by then never will."""


def words() -> Mapping[str, Any]:
    """What the demo writes beside what is said."""
    loaded: Mapping[str, Any] = yaml.safe_load((ASSETS / "text" / "demo.yaml").read_text("utf-8"))
    return loaded


def play(settings: Settings, *, only: str | None, fast: bool, engine: str | None) -> bool:
    """Play the sample calls; True when each ended as a reasonable person would expect."""
    console = Console(highlight=False, soft_wrap=True)
    samples = [sample for sample in load() if only is None or only in sample.name]
    if not samples:
        raise UsageError(f"--only {only}: no sample call is called so; see assets/samples")
    right = 0
    with Station.for_demo(settings, engine=engine, fast=fast) as station:
        for sample in samples:
            right += Scene(station, sample, console, words(), fast=fast).play()
    console.print(f"\n[bold]{words()['summary'].format(right=right, total=len(samples))}[/bold]")
    return right == len(samples)


@dataclass(slots=True)
class _Answer:
    """What the ears made of one answer."""

    event: Event
    """For the conversation."""
    caught: Caught
    """With its sound."""
    delay: float
    """Seconds from the caller's last sample to the event."""


class Scene:
    """One sample call on the stage; `play` tells whether it ended as it should."""

    def __init__(
        self,
        station: Station,
        sample: Sample,
        console: Console,
        words: Mapping[str, Any],
        *,
        fast: bool,
    ) -> None:
        self.sample = sample
        self.console = console
        self.words = words
        self.fast = fast
        self.engine = station.engine
        self.caller = Caller(sample)
        self.call: Call = station.call(
            sample.channel, resident=sample.resident, requests=sample.requests
        )

    def play(self) -> bool:
        """Talk until the matter has ended; True when it ended as it should."""
        self._title()
        outcome: str | None = None
        slots: dict[str, Any] = {}
        with self.call as call:
            turn = call.session.open()
            for _ in range(TURNS):
                outcome = turn.outcome or outcome
                for filed in turn.filed:
                    slots |= filed.slots
                self._speak(turn)
                if turn.final or turn.ask is None or (outcome and not self._wants(turn.ask.slot)):
                    break
                turn = self._reply(turn)
        return self._as_expected(outcome, slots)

    def _as_expected(self, outcome: str | None, slots: dict[str, Any]) -> bool:
        wanted = self.sample.filed
        found = {name: slots.get(name) for name in wanted}
        if outcome == self.sample.ends and found == wanted:
            return True
        wrong = self.words["wrong"].format(
            outcome=f"{outcome} {found}", expected=f"{self.sample.ends} {dict(wanted)}"
        )
        self.console.print(f"  [red]{escape(wrong)}[/red]")
        return False

    def _wants(self, slot: str) -> bool:
        """Whether the caller still has something to say once the matter has ended."""
        return slot != "service" and self.caller.has_more(slot)

    def _title(self) -> None:
        title = self.words["call"].format(
            title=self.sample.title,
            channel=self.words["channels"][self.sample.channel],
            resident=self.sample.resident or self.words["stranger"],
        )
        self.console.print(f"\n[bold]{self.sample.name[:2]}  {escape(title)}[/bold]")

    def _speak(self, turn: Turn) -> None:
        for alert in turn.alerts:
            alarm = self.words["alarm"].format(kind=alert.kind, heard=alert.heard)
            self.console.print(f"  [bold red]{escape(alarm)}[/bold red]")
        for filed in turn.filed:
            line = self.words["filed"].format(
                number=filed.number, intent=filed.intent, slots=filed.slots, status=filed.status
            )
            self.console.print(f"  [green]{escape(line)}[/green]")
        for spoken in self.call.speak(turn):
            how = self.words["source"][spoken.speech.source]
            self._line("machine", spoken.speech.text, f"{how} {spoken.first_sound_ms:.0f} ms")
            self.call.ears.feed(_quiet(len(spoken.speech.pcm) / spoken.speech.rate))
        if turn.connect is not None:
            self.console.print(f"  [yellow]{self.words['person']}[/yellow]")

    def _reply(self, turn: Turn) -> Turn:
        if turn.ask is None:
            raise ValueError("nothing was asked")
        said = self.caller.answer(turn.ask.slot)
        sentence, sound = said if said else (self.words["nothing"], np.zeros(0, np.float32))
        self._line("elder", sentence)
        self.call.ears.expect(turn.ask, turn.say[-1] if turn.say else "")
        answer = self._listen(sound)
        self._understood(answer)
        return self.call.receive(answer.caught, answer.delay * 1000)

    def _listen(self, sound: Pcm) -> _Answer:
        """Feed the answer, then silence, until the turn is over."""
        spoken_until = time.perf_counter()
        caught: Caught | None = None
        fed, silence = 0, _quiet(CHUNK / RATE)
        start = time.perf_counter()
        while caught is None or fed < len(sound) or self.call.ears.listener.speaking:
            chunk = sound[fed : fed + CHUNK] if fed < len(sound) else silence
            fed += len(chunk)
            self._keep_pace(start, fed)
            for found in self.call.ears.feed(chunk):
                if found.event is not None:
                    caught = found
                elif found.reopened:
                    caught = None
            if fed <= len(sound):
                spoken_until = time.perf_counter()
        if caught.event is None:
            raise ValueError("the ears ended an answer without an event")
        return _Answer(caught.event, caught, time.perf_counter() - spoken_until)

    def _keep_pace(self, start: float, fed: int) -> None:
        ahead = start + fed / RATE - time.perf_counter()
        if not self.fast and ahead > 0:
            time.sleep(ahead)

    def _understood(self, answer: _Answer) -> None:
        event = answer.event
        delay = "" if self.fast else self.words["delay"].format(delay=answer.delay)
        if isinstance(event, Heard):
            self._line("heard", event.text, delay)
            meant = self.engine.understand(event.text, self.call.now())
            for intent in meant.intents:
                self._line("understood", f"{intent.name} {dict(intent.slots)}")
        elif isinstance(event, Chose):
            turn = answer.caught.turn
            text = turn.transcript.text if turn else ""
            self._line("heard", text, delay)
            self._line("chosen", f"{event.slot} = {event.value}")
        elif isinstance(event, Noise):
            self._line("heard", self.words["noise"], delay)
        elif isinstance(event, Silence):
            self._line("heard", self.words["nothing"], delay)

    def _line(self, who: str, text: str, aside: str = "") -> None:
        tail = f"  [dim]{escape(aside)}[/dim]" if aside else ""
        style = {"machine": "cyan", "elder": "bold"}.get(who, "default")
        self.console.print(f"  {self.words[who]} [{style}]{escape(text)}[/{style}]{tail}")


def _quiet(seconds: float) -> Pcm:
    """Silence, as the ears hear it while Linli speaks."""
    return np.zeros(int(seconds * RATE), np.float32)
