"""A leg as a loudspeaker: what a player on its own thread speaks into.

The leg lives on the event loop, the player does not: everything passes through
`call_soon_threadsafe`. A little is sent ahead, so that a busy moment of the
machine is not heard; falling silent forgets it again.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import numpy as np

from voices.audio import Resampler, to_pcm16
from voices.types import Pcm

from .leg import Leg

LEAD_S: Final = 1.0
"""Seconds the player may be ahead of what is heard."""
BATCH_S: Final = 0.1
"""Seconds handed over at a time, once sound is flowing."""
LATE_S: Final = 2.0
"""Seconds a mark may be late; then the sound is taken for heard."""


class Wire:
    """See `voices.sinks.Sink`; made on the event loop, used on any thread."""

    def __init__(self, leg: Leg, rate: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._leg = leg
        self._loop = asyncio.get_running_loop()
        self._rate = rate
        self._clock = clock
        self._changed = threading.Condition()
        self._resampler: Resampler | None = None
        self._source = 0
        self._batch: list[Pcm] = []
        self._batched = 0
        self._until = 0.0
        self._aborts = 0
        self._marks = 0
        self._heard = ""
        self._dead = False

    # --- what the player does -----------------------------------------------------------------

    def open(self, rate: int) -> None:
        """Get ready for audio at `rate`."""
        if rate != self._source or self._resampler is None:
            self._source = rate
            self._resampler = Resampler(rate, self._rate) if rate != self._rate else None

    def write(self, block: Pcm) -> None:
        """Send this, once it is not too far ahead."""
        with self._changed:
            now = self._clock()
            flowing = self._until > now
            self._until = max(self._until, now) + len(block) / self._source
            self._batch.append(block)
            self._batched += len(block)
            if not flowing or self._batched >= BATCH_S * self._source:
                self._hand_over()
            aborts = self._aborts
            self._changed.wait_for(
                lambda: self._dead or aborts != self._aborts,
                timeout=max(0.0, self._until - LEAD_S - self._clock()),
            )

    def abort(self) -> None:
        """Silence at once."""
        with self._changed:
            self._aborts += 1
            self._batch, self._batched = [], 0
            self._until = 0.0
            self._resampler = Resampler(self._source, self._rate) if self._source else None
            self._changed.notify_all()
            self._sound(self._leg.flush)

    def drain(self) -> None:
        """Wait until the far end has played everything."""
        with self._changed:
            self._hand_over(last=True)
            self._marks += 1
            mark = f"m{self._marks}"
            self._sound(self._leg.play, b"", mark)
            aborts = self._aborts
            self._changed.wait_for(
                lambda: self._dead or aborts != self._aborts or self._heard == mark,
                timeout=max(0.0, self._until - self._clock()) + LATE_S,
            )

    def close(self) -> None:
        """Nothing to let go of: the leg is ended by `hang_up`."""

    # --- what the call does ---------------------------------------------------------------------

    @property
    def ahead(self) -> float:
        """Seconds between what was written last and what is heard now."""
        return max(0.0, self._until - self._clock())

    def played(self, mark: str) -> None:
        """The far end has come to this mark."""
        with self._changed:
            self._heard = mark
            self._changed.notify_all()

    def dead(self) -> None:
        """The far end is gone: nobody waits for it any more, and nothing is sent to it."""
        with self._changed:
            self._dead = True
            self._changed.notify_all()

    def hang_up(self) -> None:
        """End the leg."""
        self._call(self._leg.hang_up)

    def _hand_over(self, *, last: bool = False) -> None:
        if not self._batch and not (last and self._resampler):
            return
        pcm = np.concatenate(self._batch) if self._batch else np.zeros(0, np.float32)
        self._batch, self._batched = [], 0
        if self._resampler is not None:
            pcm = self._resampler.feed(pcm, last=last)
            if last:
                self._resampler = Resampler(self._source, self._rate)
        if len(pcm):
            self._sound(self._leg.play, to_pcm16(pcm))

    def _sound(self, do: Callable[..., None], *given: object) -> None:
        """What is heard, or no longer: only while somebody is there."""
        if not self._dead:
            self._call(do, *given)

    def _call(self, do: Callable[..., None], *given: object) -> None:
        """On the event loop; a loop that is closed has no leg any more."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(do, *given)
