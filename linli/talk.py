"""A live conversation: a microphone, a loudspeaker, and one call between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import yaml
from rich.console import Console
from rich.markup import escape

from intents.types import Chose, Event, Heard
from station.settings import Settings
from voices.errors import NoAudioDevice
from voices.player import Player
from voices.sinks import Loudspeaker, NullSink, Sink
from voices.sources import Microphone
from voices.types import Channel, Pcm, Speech

from .call import Call
from .ears import Caught
from .errors import UsageError
from .paths import ASSETS
from .session import Turn
from .stage import Station


def talk(settings: Settings, *, channel: str, engine: str | None) -> None:
    """Talk with whoever is at the microphone until the conversation has ended.

    Raises NoAudioDevice without a microphone; without a loudspeaker the words are only shown.
    """
    words: Mapping[str, Any] = yaml.safe_load((ASSETS / "text" / "demo.yaml").read_text("utf-8"))
    face = _channel(channel)
    console = Console(highlight=False, soft_wrap=True)
    with Microphone() as microphone:
        player = Player(_sink(console, words))
        try:
            with Station.live(settings, engine=engine) as station, station.call(face) as call:
                console.print(words["ready"])
                Dialogue(call, player, console, words).run(microphone)
        finally:
            player.close()


def _channel(name: str) -> Channel:
    if name == "kiosk":
        return "kiosk"
    if name == "phone":
        return "phone"
    raise UsageError(f"--channel {name}: no such channel; use kiosk or phone")


def _sink(console: Console, words: Mapping[str, Any]) -> Sink:
    try:
        return Loudspeaker()
    except NoAudioDevice:
        console.print(words["no_sound"])
        return NullSink()


class Voice(Protocol):
    """A player, as far as a talk needs it."""

    @property
    def playing(self) -> bool:
        """Whether something is sounding or waits to."""

    def play(self, speech: Iterable[Speech]) -> object:
        """Play after what is playing; returns at once."""

    def stop(self) -> None:
        """Silence, at once."""

    def louder(self) -> bool:
        """One step up."""


class Dialogue:
    """One call carried through, piece of sound by piece of sound.

    While Linli speaks it does not listen (half duplex): without echo
    cancellation it would hear itself.
    """

    def __init__(
        self, call: Call, player: Voice, console: Console, words: Mapping[str, Any]
    ) -> None:
        self._call = call
        self._player = player
        self._console = console
        self._words = words
        self._turn = Turn()

    def run(self, pieces: Iterable[Pcm]) -> None:
        """Talk until the conversation has ended or no more sound comes."""
        self._speak(self._call.session.open())
        ears = self._call.ears
        for piece in pieces:
            speaking = self._player.playing
            if ears.listener.muted and not speaking:
                ears.expect(self._turn.ask, self._turn.say[-1] if self._turn.say else "")
            ears.listener.muted = speaking
            if self._turn.final and not speaking:
                return
            for caught in ears.feed(piece):
                self._take(caught)

    def _take(self, caught: Caught) -> None:
        if caught.reopened:
            self._player.stop()
            return
        if caught.event is None:
            return
        self._show(caught.event)
        self._speak(self._call.receive(caught))

    def _speak(self, turn: Turn) -> None:
        self._turn = turn
        for adjust in turn.adjust:
            if adjust.what == "louder":
                self._player.louder()
        for alert in turn.alerts:
            line = self._words["alarm"].format(kind=alert.kind, heard=alert.heard)
            self._console.print(f"[bold red]{escape(line)}[/bold red]")
        for filed in turn.filed:
            line = self._words["filed"].format(
                number=filed.number, intent=filed.intent, slots=filed.slots, status=filed.status
            )
            self._console.print(f"[green]{escape(line)}[/green]")
        for sentence in turn.say:
            self._console.print(f"{self._words['machine']} [cyan]{escape(sentence)}[/cyan]")
        self._player.play(self._call.stream(turn))
        self._call.ears.listener.muted = True
        self._call.desk.settle()

    def _show(self, event: Event) -> None:
        text = event.text if isinstance(event, Heard) else ""
        if isinstance(event, Chose):
            text = f"{event.slot} = {event.value}"
        self._console.print(f"{self._words['elder']} {escape(text) or self._words['nothing']}")
