"""Whom an emergency fetches while the caller stays with Linli and is spoken to.

Everybody is rung at once, again and again until somebody answers; who answers first
is put through, and Linli falls silent.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from .limits import limit
from .switchboard import Switchboard

BREATH_S: Final = 3.0
"""Seconds after a round of ringing until the next one."""
THROUGH_S: Final = 3.0
"""Seconds putting somebody through may take; then the caller is Linli's again."""

LATER: Final = 4
"""From this round of ringing on, the caller is told whom else they may ring."""


class Rescue:
    """The emergency of one call; `helped` may be called by any thread."""

    def __init__(
        self, call_id: str, switch: Switchboard, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._call_id, self._switch, self._clock = call_id, switch, clock
        self._rung_at: float | None = None
        self._helped_at = 0.0
        self._helped = threading.Event()
        self.urgent = False
        """Somebody was to be rung in this call."""
        self.rounds = 0
        """How often everybody was rung."""

    @property
    def going_on(self) -> bool:
        """People are being rung."""
        return self._rung_at is not None

    def ring(self) -> bool:
        """Ring everybody, unless they are being rung; False when nobody can be rung."""
        if self.going_on and not self.due:
            return True
        self.urgent = True
        self._rung_at = self._clock() if self._switch.fetch(self._call_id) else None
        self.rounds += self.going_on
        return self.going_on

    @property
    def due(self) -> bool:
        """Nobody has answered: time to ring again."""
        if self._rung_at is None or self.here:
            return False
        wait_s: float = limit("phone.person_answers_s") + BREATH_S
        return self._clock() - self._rung_at > wait_s

    @property
    def told(self) -> str:
        """Which of the telephone's words (`said`) a caller hears for whom nobody has come yet."""
        return "nobody-yet" if self.rounds < LATER else "nobody-urgent"

    def enough(self) -> None:
        """The caller is well again: nobody is rung any more who is not ringing already."""
        self._rung_at = None

    def helped(self) -> None:
        """Somebody has answered and is being put through."""
        self._helped_at = self._clock()
        self._helped.set()

    @property
    def here(self) -> bool:
        """Somebody is there: Linli has nothing more to say."""
        if self._helped.is_set() and self._clock() - self._helped_at > THROUGH_S:
            self._helped.clear()  # they are not: the caller would not be with us any more
        return self._helped.is_set()

    def took_over(self, seconds: float) -> bool:
        """Whether a leg that has ended went to who helps; the news may come a moment later."""
        return self.going_on and self._helped.wait(seconds)
