"""What one caller says and presses, in the order in which it came; time without sound is silence.

The event loop puts in (`hear`, `key`, `gone`) and never waits; the call's thread takes out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from intents.types import Chose, Heard
from voices.audio import Resampler, from_pcm16
from voices.listener import Listener
from voices.types import RATE

from .ears import Caught, Ears
from .inbox import Inbox, Thing, attention
from .limits import limit
from .session import Turn

NO_SOUND_S: Final = 0.8
"""Seconds without any sound after which the line is taken for silent."""
LONG_S: Final = 600.0
"""A prompt lasts no longer; silence is counted from its end."""
LAST_WORDS_S: Final = 10.0
"""Seconds the text of somebody who has hung up in mid-sentence may take."""


class LineEars:
    """The ears of one line; `listen` hands over those of its conversation, once it is there."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._inbox = Inbox()
        self._resampler = Resampler(rate) if rate != RATE else None
        self._pressed: dict[str, float] = {}
        self._ears: Ears

    def listen(self, ears: Ears) -> None:
        """From now on these ears hear what comes."""
        self._ears = ears

    @property
    def listener(self) -> Listener:
        """Who takes the turns."""
        return self._ears.listener

    # --- from the event loop ------------------------------------------------------------------

    def hear(self, pcm: bytes) -> None:
        """16-bit mono sound at the line's rate."""
        self._inbox.sound(pcm)

    def key(self, key: str) -> None:
        """A key, one of 0–9 * #."""
        self._inbox.key(key)

    def gone(self) -> None:
        """The line has ended."""
        self._inbox.gone()

    # --- the thread ---------------------------------------------------------------------------

    def waiting(self, *, speaking: bool) -> list[Thing]:
        """What has come; waits a moment for something. `speaking`: Linli is, and may be cut off."""
        busy = bool(self.listener.voiced) or self.listener.thinking
        return self._inbox.get(*attention(self._rate, speaking=speaking, busy=busy))

    def feed(self, pcm: bytes) -> list[Caught]:
        """What is caught in this sound."""
        sound = from_pcm16(pcm)
        return self._ears.feed(sound if self._resampler is None else self._resampler.feed(sound))

    def silence(self) -> list[Caught]:
        """What is caught because time goes by: no sound comes while a key is held."""
        missing = self._inbox.missing(NO_SOUND_S)
        return self._ears.feed(np.zeros(round(missing * RATE), np.float32))

    def tremor(self, key: str, at: float) -> bool:
        """Whether a hand that shakes has pressed this key once more; `at` on the inbox's clock."""
        again: bool = at - self._pressed.get(key, -LONG_S) < limit("phone.key_again_s")
        self._pressed[key] = at
        return again

    def expect(self, turn: Turn, *, spoken: bool = True) -> None:
        """The question of this turn; not `spoken` yet, its silence does not count."""
        question = turn.say[-1] if turn.say else ""
        self._ears.expect(turn.ask, question, after=0.0 if spoken else LONG_S)

    def last_words(self) -> Iterator[Caught]:
        """What was being said when the line ended; waits for its text."""
        if self.listener.speaking or self.listener.thinking:
            for caught in self._ears.last_words(LAST_WORDS_S):
                if isinstance(caught.event, Heard | Chose):
                    yield caught

    def delay(self, caught: Caught) -> float:
        """Seconds from the caller's last voice to now; 0 where there was none."""
        return self.listener.now - caught.turn.speech_end if caught.turn else 0.0
