"""How a call leaves Linli: to a person, to a message, or to its end."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from .limits import limit
from .switchboard import Next, Switchboard

log = structlog.get_logger(__name__)


class Departure:
    """Of one call; once it is `over`, the exchange has the caller."""

    def __init__(
        self, call_id: str, switch: Switchboard, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._call_id, self._switch, self._clock = call_id, switch, clock
        self._at: float | None = None
        self.over = False
        """Whether this end has let go of the call."""

    @property
    def due(self) -> bool:
        """Good-bye was said, and nobody has answered it."""
        return self._at is not None and self._clock() >= self._at

    def soon(self) -> None:
        """Good-bye was said: leave, unless the caller says something."""
        self._at = self._clock() + limit("phone.farewell_s")

    def stay(self) -> None:
        """There is more to talk about."""
        self._at = None

    def leave(self, what: Next, *, urgent: bool = False) -> None:
        """End our leg; the dialplan goes on with `what`, untold with a person."""
        told = self._switch.set_next(self._call_id, what, urgent=urgent)
        log.info("call_left", call=self._call_id, what=what, urgent=urgent, told=told)
        self.over = True
