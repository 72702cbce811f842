"""What Linli says at the kiosk: at once, or when an elder who still cries for help has finished."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from voices.player import FIRST_STEP, Player
from voices.sinks import Sink

from .call import Call
from .session import Turn
from .stage import Station
from .withheld import Withheld


class KioskVoice:
    """Speaks into a loudspeaker; `about_to_speak` is told before each prompt.

    On the worker's thread, except `hush`, which any thread may call.
    """

    def __init__(self, sink: Sink, about_to_speak: Callable[[], None]) -> None:
        self._player = Player(sink)
        self._about_to_speak = about_to_speak
        self._withheld = Withheld()

    @property
    def speaking(self) -> bool:
        """Something sounds, or is about to."""
        return self._player.playing

    @property
    def volume(self) -> int:
        """The step of the volume; `FIRST_STEP` for everybody new."""
        return self._player.step

    def hush(self) -> None:
        """Fall silent at once."""
        self._player.stop()

    def answer(self, call: Call, turn: Turn, said: Sequence[str], *, wait: bool) -> None:
        """Do what the turn asks for, and say this; `wait` until the elder has finished."""
        for adjust in turn.adjust:
            if adjust.what == "louder":
                self._player.louder()
        self._player.stop()
        self._withheld.keep(lambda: self._say(call, replace(turn, say=tuple(said))))
        if not wait:
            self._withheld.release()

    def finished(self) -> None:
        """The elder has finished: what waited for that is said."""
        self._withheld.release()

    def tick(self) -> None:
        """What has waited for too long is said; call it now and then."""
        self._withheld.tick()

    def read(self, call: Call | None, station: Station, sentences: Sequence[str]) -> None:
        """Say this and nothing else, at the pace of the talk where there is one."""
        self._player.stop()
        if call is not None:
            self._player.play(call.stream(Turn(say=tuple(sentences))))
        else:
            pace = station.settings.speech.pace
            self._player.play(
                piece for said in sentences for piece in station.mouth.stream(said, pace=pace)
            )
        self._about_to_speak()

    def forget(self) -> None:
        """Nothing of the last elder stays: not what they were to hear, not their volume."""
        self._withheld.drop()
        self._player.stop()
        self._player.step = FIRST_STEP

    def close(self) -> None:
        """Speak no more."""
        self._player.close()

    def _say(self, call: Call, turn: Turn) -> None:
        if turn.say:
            self._player.play(call.stream(turn))
        self._about_to_speak()
