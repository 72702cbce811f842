"""How was it done? The answer of a closing call, by key or by word, put beside the request.

What was said lies in a sound file until it is recognised, a few seconds, then it is deleted:
only 1, 2 or 3 is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import soundfile
import structlog

from ivr.events import SwitchEvent
from ivr.folders import Folders
from ivr.office_events import Scored
from station import owed_calls, satisfaction
from station.ledger import Ledger
from station.satisfaction import How, Score
from voices.audio import resample
from voices.types import RATE, Recognizer

from .clerk import Clerk
from .phone_sounds import words

log = structlog.get_logger(__name__)

_EVERY_S: Final = 60.0
_TASK: Final = "owed-"
_OLD_S: Final = 3600.0
_SCORES: Final[dict[str, Score]] = {"1": 1, "2": 2, "3": 3}

Hears = Callable[[Path], str]
"""The text of a sound file; empty where nothing is understood."""


def hears(recognizer: Recognizer) -> Hears:
    """By a recogniser, as on the telephone."""

    def text(path: Path) -> str:
        pcm, rate = soundfile.read(path, dtype="float32", always_2d=True)
        stream = recognizer.open("phone")
        try:
            stream.feed(resample(pcm[:, 0], rate, RATE))
            return stream.finish().text
        finally:
            stream.close()

    return text


def said_file(folders: Folders, call: int) -> Path:
    """Where Asterisk writes what is answered in a closing call (the owed call's row)."""
    return folders.missed / f"closing-{call}.wav"


def score_of(text: str) -> Score | None:
    """1 good, 2 so-so, 3 not good; None where it is none of them."""
    for score in (3, 2, 1):  # 不好 has 好 in it
        if any(re.search(pattern, text) for pattern in words()["closing"]["heard"][score]):
            return score
    return None


class Closing(Clerk):
    """Takes answers down; without `hear` only keys are understood."""

    def __init__(
        self,
        ledger: Ledger,
        folders: Folders,
        clock: Callable[[], datetime],
        hear: Hears | None = None,
    ) -> None:
        super().__init__("closing", every_s=_EVERY_S)
        self._ledger, self._folders, self._clock, self._hear = ledger, folders, clock, hear

    def wants(self, event: SwitchEvent) -> bool:
        """Closing calls that are over."""
        return isinstance(event, Scored)

    def round(self) -> None:
        """Delete what nobody recognised."""
        before = self._clock().timestamp() - _OLD_S
        for path in self._folders.missed.glob("closing-*.wav"):
            if path.stat().st_mtime < before:
                path.unlink(missing_ok=True)

    def happened(self, event: SwitchEvent) -> None:
        """A closing call is over: what was the answer?"""
        if not isinstance(event, Scored):
            return
        number = event.task.removeprefix(_TASK)
        call = owed_calls.by_id(self._ledger.store, int(number)) if number.isdecimal() else None
        if call is None or call.kind != "closing" or call.request is None:
            return
        path = said_file(self._folders, call.id)
        try:
            how: How = "key" if event.key in _SCORES else "word"
            score = _SCORES.get(event.key) or self._spoken(path)
        finally:
            path.unlink(missing_ok=True)
        self._keep(call.request, score, how)

    def _spoken(self, path: Path) -> Score | None:
        if self._hear is None or not path.is_file():
            return None
        try:
            return score_of(self._hear(path))
        except (OSError, soundfile.SoundFileError) as error:
            log.warning("answer_not_heard", reason=f"{type(error).__name__}: {error}")
            return None

    def _keep(self, request: int, score: Score | None, how: How) -> None:
        store = self._ledger.store
        if score is not None:
            satisfaction.keep(store, request, score, how, self._clock())
        log.info("closing_call", score=score, how=how)
        row = store.first("SELECT number FROM requests WHERE id = ?", (request,), what="read it")
        if row:
            told = words()["closing"]["story"]
            self._ledger.remark(row["number"], told.get(score, told[0]), by="linli")
