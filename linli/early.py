"""A short answer is judged while it is still waited whether more of it comes.

To judge takes about a third of a second. Begun at the first moment of silence, it is over before
the turn is, so that nobody waits for it; and whoever has plainly answered need not be waited for
as long as somebody who may go on. What was judged is void when they do.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

from voices.answers import Verdict
from voices.types import Pcm

LONGEST_S: Final = 2.0
"""Longer speech is no short answer."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """One answer that is being judged."""

    end: float
    """End of its last voiced sample, seconds into the stream."""
    verdict: Future[Verdict]
    """What comes of it."""


class Early:
    """The verdict on what was said last; `waits` until it is there where time does not count."""

    def __init__(self, judge: Callable[[Pcm], Verdict], *, waits: bool = False) -> None:
        self._judge, self._waits = judge, waits
        self._begun: _Begun | None = None

    def begin(self, audio: Pcm, start: float, end: float) -> None:
        """Judge what was said between these seconds of the stream, unless it is too long."""
        self.forget()
        if end - start > LONGEST_S:
            return
        begun = self._begun = _Begun(end, Future())
        judging = threading.Thread(target=self._work, args=(audio, begun.verdict), daemon=True)
        judging.start()
        if self._waits:
            judging.join()

    def forget(self) -> None:
        """Another question is asked, or they go on."""
        self._begun = None

    @property
    def decided(self) -> bool:
        """Whether what was said last is known to be one of the answers."""
        begun = self._begun
        if begun is None or not begun.verdict.done() or begun.verdict.exception() is not None:
            return False
        return begun.verdict.result().kind == "decided"

    def of(self, end: float) -> Verdict | None:
        """The verdict on speech that ended then; None where that was not judged."""
        begun = self._begun
        return begun.verdict.result() if begun is not None and begun.end == end else None

    def _work(self, audio: Pcm, verdict: Future[Verdict]) -> None:
        try:
            verdict.set_result(self._judge(audio))
        except Exception as error:  # noqa: BLE001 - told to whoever asks for the verdict
            verdict.set_exception(error)
