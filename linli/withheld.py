"""What Linli would say while an elder still cries for help: it waits until they have finished.

The alarm itself does not wait. Speaking at once would drown the words that tell
those who come what has happened and where.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

LONGEST_S: Final = 3.0
"""A cry that goes on for longer is answered all the same."""


class Withheld:
    """At most one answer that has not been spoken yet."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._speak: Callable[[], None] | None = None
        self._since = 0.0

    def keep(self, speak: Callable[[], None]) -> None:
        """`speak` when they have finished; takes the place of what was kept before."""
        self._speak, self._since = speak, self._clock()

    def drop(self) -> None:
        """There is a better answer."""
        self._speak = None

    def release(self) -> None:
        """They have finished: speak now."""
        speak, self._speak = self._speak, None
        if speak is not None:
            speak()

    def tick(self) -> None:
        """Speak when it has waited for too long; call it now and then."""
        if self._speak is not None and self._clock() - self._since > LONGEST_S:
            self.release()
