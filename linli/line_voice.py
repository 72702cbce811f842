"""What Linli says on one telephone line: piece by piece, slower to whoever speaks slowly."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

import structlog

from intents.conversation.prompts import load_prompts, sentences
from ivr.wire import Wire
from voices.mouth import Mouth
from voices.player import Player
from voices.types import Speech

from .call import Call
from .ears import Caught
from .limits import limit
from .pace import Pace
from .session import Turn

log = structlog.get_logger(__name__)


class LineVoice:
    """Speaks into a wire, on a thread of its own; `hush` may be called by any thread."""

    def __init__(
        self, call_id: str, wire: Wire, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._call_id, self._wire, self._clock = call_id, wire, clock
        self._player = Player(wire)
        self._question = ""
        self._question_at: float | None = None
        self.pace = Pace()
        """How fast this caller is spoken to."""

    @property
    def playing(self) -> bool:
        """Something sounds, or is about to."""
        return self._player.playing

    @property
    def silent(self) -> bool:
        """Something is to sound, and nothing of it has come yet."""
        return self._player.playing and not self._wire.ahead

    @property
    def asking(self) -> bool:
        """The caller hears the last sentence, or has heard it."""
        return self._question_at is not None and self._clock() >= self._question_at

    def hush(self) -> None:
        """Fall silent at once."""
        self._player.stop()

    def heard(self, caught: Caught) -> None:
        """The caller has said this: they are answered a little more at their own pace."""
        if caught.turn is not None:
            turn = caught.turn
            self.pace.heard(turn.transcript.text, turn.speech_end - turn.speech_start)

    def adjust(self, turn: Turn) -> None:
        """Speak louder from now on, where this turn asks for it."""
        for adjust in turn.adjust:
            if adjust.what == "louder":
                self._player.louder()

    def ask(self, call: Call, said: tuple[str, ...], question: str) -> None:
        """Say this; `question` is the sentence with which the caller's turn begins."""
        self._question, self._question_at = question, None
        self._player.play(self._sounds(call, said), on_position=self._position)

    def add(self, call: Call, said: Iterable[str]) -> None:
        """Say this as well, after what is being said; it asks nothing."""
        self._player.play(self._sounds(call, said))

    def apologise(self, mouth: Mouth) -> None:
        """Say nothing but that something is broken, and wait until it is said; never raises."""
        try:
            self._player.stop()
            sorry = sentences(load_prompts().variants("not_filed")[0])
            said = self._player.play(piece for text in sorry for piece in mouth.stream(text))
            said.wait(limit("speech.prompt_s"))
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            log.critical("not_even_sorry", call=self._call_id, reason=reason, exc_info=True)

    def close(self) -> None:
        """Speak no more."""
        self._player.close()

    def _sounds(self, call: Call, said: Iterable[str]) -> Iterator[Speech]:
        """What is spoken, each piece with the sentence it belongs to."""
        for text in said:
            for piece in call.sentence(text, pace=self.pace.factor):
                yield Speech(piece.pcm, piece.rate, text, piece.source)

    def _position(self, speech: Speech, _: float) -> None:
        """From the player's thread: a piece of this sentence was sent."""
        if speech.text == self._question and self._question_at is None:
            self._question_at = self._clock() + self._wire.ahead
