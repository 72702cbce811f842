"""From what the listener hears to what the conversation takes in.

Three things meet here: the listener (when has the elder finished, and what was
said), the judge of short answers (对 or 不对?), and the engine (is this an
emergency?). Both faces use this one way from sound to event.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Protocol

import numpy as np
import yaml

from intents.types import Ask, Choice, Chose, Event, Heard, Noise, Silence
from voices.answers import Verdict
from voices.events import NoiseHeard, PartialText, Reopened, StartTimeout, TurnEnded
from voices.listener import Listener
from voices.options import Option, load_options
from voices.turn import Completeness, Kind
from voices.turn import Verdict as Completed
from voices.types import RATE, Agreed, Channel, Pcm, Transcript

from .early import Early
from .paths import ASSETS

EmergencyCheck = Callable[[str], "tuple[str, str] | None"]
"""Text → (kind, words) where it tells of an emergency."""


class Judge(Protocol):
    """Scores a short answer against the answers that were on offer."""

    def judge(
        self,
        audio: Pcm,
        options: Sequence[Option],
        *,
        question: str = "",
        transcript: Transcript | None = None,
        channel: Channel = "kiosk",
    ) -> Verdict:
        """Which of the options was said."""


@dataclass(frozen=True, slots=True)
class Caught:
    """One thing the ears caught."""

    event: Event | None = None
    """For the conversation; None for what only concerns the face."""
    partial: str = ""
    """Text so far, for the screen."""
    turn: TurnEnded | None = None
    """The turn behind the event."""
    verdict: Verdict | None = None
    """How a short answer was scored."""
    reopened: bool = False
    """The elder goes on: stop speaking, a longer text will follow."""
    began: float | None = None
    """First voiced sample, seconds into the stream; None for what has no sound."""
    speaking: bool = False
    """They have not finished: more of it follows."""


@cache
def _kinds() -> Mapping[str, Kind]:
    """Slot → how patient to be, from `assets/limits.yaml`."""
    data = yaml.safe_load((ASSETS / "limits.yaml").read_text("utf-8"))
    return {slot: kind for kind, slots in data["patience_by_slot"].items() for slot in slots}


def kind_of(ask: Ask | None) -> Kind:
    """How patiently to wait for the answer to a question."""
    if ask is None:
        return "open"
    if ask.slot == "confirm":
        return "yes_no"
    return _kinds().get(ask.slot, "choice" if ask.choices else "open")


def options_of(ask: Ask) -> tuple[Option, ...]:
    """The answers on offer as the judge takes them; its values are places in `ask.choices`."""
    if ask.slot == "confirm":
        return load_options("yes_no")
    return tuple(
        Option(str(place), (choice.label, *choice.heard_as))
        for place, choice in enumerate(ask.choices)
    )


@dataclass(slots=True)
class Ears:
    """The listener of one conversation together with the judge and the alarm."""

    listener: Listener
    """Hears and takes turns."""
    judge: Judge | None
    """Scores short answers; None where only the text counts."""
    emergency: EmergencyCheck
    """The engine's look for emergencies."""
    channel: Channel = "kiosk"
    """Which path the sound comes by."""
    agreed: Agreed | None = None
    """Which reading to believe where anything may be asked for; None: the first."""
    _early: Early = field(init=False)
    _ask: Ask | None = field(default=None, init=False)
    _question: str = field(default="", init=False)
    _alarm: tuple[str, str] | None = field(default=None, init=False)
    _alarmed: tuple[str, str] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._early = Early(lambda audio: self._judge(audio, None), waits=self.listener.waits)
        self.listener.on_pause = self._paused
        self.listener.completeness = partial(self._completeness, self.listener.completeness)

    def expect(self, ask: Ask | None, question: str = "", *, after: float = 0.0) -> None:
        """A question is being asked; its prompt still plays for `after` seconds."""
        if ask != self._ask:
            self._early.forget()
        self._ask, self._question = ask, question
        self.listener.expect(kind_of(ask), after=after)

    def feed(self, pcm: Pcm) -> list[Caught]:
        """Hear mono float32 audio at 16 kHz."""
        return [caught for heard in self.listener.feed(pcm) for caught in self._catch(heard)]

    def tick(self) -> list[Caught]:
        """What has happened since; call it now and then, also when no audio comes."""
        return [caught for heard in self.listener.tick() for caught in self._catch(heard)]

    def last_words(self, seconds: float) -> list[Caught]:
        """What was being said when the sound ended for good; waits so long for its text."""
        caught = self.feed(np.zeros(round(_NO_MORE_S * RATE), np.float32))
        until = time.monotonic() + seconds
        while self.listener.thinking and time.monotonic() < until:
            time.sleep(0.02)
            caught += self.tick()
        return caught

    def _catch(self, heard: object) -> list[Caught]:
        if isinstance(heard, PartialText):
            return self._partial(heard.text)
        if isinstance(heard, TurnEnded):
            return self._turn(heard)
        if isinstance(heard, NoiseHeard):
            return [self._noise(heard)]
        if isinstance(heard, StartTimeout):
            return [Caught(Silence())]
        if isinstance(heard, Reopened):
            return [Caught(reopened=True, speaking=True)]
        return []

    def _partial(self, text: str) -> list[Caught]:
        """Two partial texts in a row that tell of an emergency raise it at once."""
        found = self.emergency(text)
        agreed = found is not None and self._alarm is not None and found[0] == self._alarm[0]
        self._alarm = found
        if found is not None and agreed and not self._alarmed:
            self._alarmed = (found[0], text)
            return [Caught(Heard(text), partial=text, speaking=True)]
        return [Caught(partial=text, speaking=True)]

    def _turn(self, turn: TurnEnded) -> list[Caught]:
        alarmed, self._alarmed, self._alarm = self._alarmed, None, None
        turn = replace(turn, transcript=self._believed(turn.transcript))
        found = self.emergency(turn.transcript.text)
        if alarmed and not _says_more(alarmed, turn.transcript.text, found):
            return [Caught(turn=turn, began=turn.speech_start)]
        early = None if found or turn.reopens else self._early.of(turn.speech_end)
        verdict = None if found else early or self._judged(turn.audio, turn.transcript)
        event = self._event(verdict, turn.transcript)
        return [Caught(event, turn=turn, verdict=verdict, began=turn.speech_start)]

    def _believed(self, heard: Transcript) -> Transcript:
        """The reading that most readings agree with; a cry for help is heard in any of them.

        To a question of its own the first reading answers, for its words say more than its sense.
        """
        if self.agreed is None or self.emergency(heard.text):
            return heard
        believed = heard.believed(self.agreed)
        return believed if self._open or self.emergency(believed.text) else heard

    def _noise(self, noise: NoiseHeard) -> Caught:
        self._alarmed, self._alarm = None, None
        verdict = self._early.of(noise.speech_end) or self._judged(noise.audio, None)
        if verdict is not None and verdict.kind == "decided":
            event = self._event(verdict, Transcript(""))
            return Caught(event, verdict=verdict, began=noise.speech_start)
        return Caught(Noise(), verdict=verdict, began=noise.speech_start)

    @property
    def _open(self) -> bool:
        """Whether anything may be asked for now."""
        ask = self._ask
        return ask is None or (ask.slot == "service" and ask.intent is None)

    @property
    def _offers(self) -> bool:
        """Whether the question has answers to choose among, and somebody to judge them."""
        ask = self._ask
        return self.judge is not None and ask is not None and bool(options_of(ask))

    def _paused(self, audio: Pcm, start: float, end: float) -> None:
        self._early.forget()
        if self._offers:
            self._early.begin(audio, start, end)

    def _completeness(self, judges: Completeness | None, text: str) -> Completed:
        """What was plainly one of the answers is complete, whatever else its text may be."""
        if self._early.decided:
            return "complete"
        return judges(text) if judges else "unknown"

    def _judged(self, audio: Pcm, transcript: Transcript | None) -> Verdict | None:
        return self._judge(audio, transcript) if self._offers else None

    def _judge(self, audio: Pcm, transcript: Transcript | None) -> Verdict:
        if self.judge is None or self._ask is None:
            raise ValueError("nothing was asked that has answers to choose among")
        return self.judge.judge(
            audio,
            options_of(self._ask),
            question=self._question,
            transcript=transcript,
            channel=self.channel,
        )

    def _event(self, verdict: Verdict | None, transcript: Transcript) -> Event:
        if verdict is not None and self._ask is not None:
            if verdict.kind == "decided" and verdict.value is not None:
                return Chose(self._ask.slot, _value(self._ask, verdict.value))
            if verdict.kind == "unsure":
                return Noise()
        return Heard(transcript.text, transcript.alternatives, transcript.confidence)


_NO_MORE_S = 4.0
"""Seconds of silence that end every turn."""
_NEWS = 6
"""Characters by which a whole text must be longer than the alarm to be heard again."""


def _says_more(alarmed: tuple[str, str], text: str, found: tuple[str, str] | None) -> bool:
    """Whether the whole text tells more than the first words that raised the alarm: what it is."""
    kind, early = alarmed
    return len(text) > len(early) + _NEWS or (found is not None and found[0] != kind)


def _value(ask: Ask, place: str) -> object:
    if ask.slot == "confirm":
        return place
    chosen: Choice = ask.choices[int(place)]
    return chosen.value
