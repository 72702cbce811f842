"""The mouth the faces speak with: recorded first, composed next, rendered behind the scenes.

Nothing here waits for synthesis when the pack has the words. A sentence with a
stretch nobody recorded is spoken up to it at once, while the stretch is being
rendered on another thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal

import structlog

from .background import REST, Background, Urgency
from .cache import SpeechCache
from .compose import Part, parts
from .pack import Pack, unified
from .phonemes import written_out
from .shape import joined, resampled, silence
from .stretch import slower
from .types import Pcm, Speaker, Speech

log = structlog.get_logger(__name__)

PATIENCE = 1.5
"""Seconds of silence in mid-sentence, at most, while a missing stretch is rendered."""

_NATIVE = 24_000
_HOPELESS = 15.0

Source = Literal["pack", "composed", "rendered", "silence"]


class Mouth:
    """Speaker for kiosk and telephone.

    `pack` holds what was recorded ahead, `engine` renders what is missing (on
    its own thread), `cache` keeps what was rendered, `fallback` speaks what is
    still missing after `PATIENCE`. All but the pack may be left out. Composed
    sentences are rendered whole for next time after `rest` seconds of quiet.
    """

    name = "mouth"

    def __init__(
        self,
        pack: Pack,
        engine: Speaker | None = None,
        *,
        cache: SpeechCache | None = None,
        fallback: Speaker | None = None,
        rest: float = REST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pack = pack
        self._background = Background(engine, cache, rest=rest) if engine is not None else None
        self._fallback = fallback
        self._clock = clock

    def prepare(self, text: str) -> None:
        """Begin rendering what `text` needs and the pack does not have; returns at once."""
        text = written_out(text)
        if self._background is None or self._whole(text) is not None:
            return
        for part in parts(text, self._pack):
            if not part.known:
                self._background.want(part.text, Urgency.SOON)
        self._background.want(unified(text), Urgency.SOMETIME)

    def say(self, text: str, *, rate: int = _NATIVE, pace: float = 1.0) -> Speech:
        """The whole sentence as one piece of audio.

        Immediate when the pack or the cache has its words; otherwise it waits
        up to `PATIENCE` for each missing stretch. Faces that can play in parts
        use `stream`.
        """
        spoken = list(self._pieces(written_out(text), spoken_ahead=False))
        pcm = joined([speech.pcm for speech in spoken])
        source: Source = "composed" if spoken else "silence"
        if len(spoken) == 1:
            source = spoken[0].source
        return self._finished(Speech(pcm, _NATIVE, text, source), rate, pace)

    def stream(self, text: str, *, rate: int = _NATIVE, pace: float = 1.0) -> Iterator[Speech]:
        """The sentence in the order it is said, each piece as soon as it is ready.

        The first piece is there at once when the sentence begins with known
        words. Meant to be pulled while the piece before is playing.
        """
        for speech in self._pieces(written_out(text), spoken_ahead=True):
            yield self._finished(speech, rate, pace)

    def close(self) -> None:
        """Stop rendering."""
        if self._background is not None:
            self._background.close()

    def idle(self, seconds: float) -> bool:
        """Wait until everything asked for is rendered; False when that takes longer."""
        return self._background is None or self._background.idle(seconds)

    # --- where the audio comes from --------------------------------------------------------

    def _whole(self, text: str) -> Speech | None:
        found = self._pack.get(text)
        if found is not None or self._background is None:
            return found
        pcm = self._background.get(unified(text))
        return None if pcm is None else Speech(pcm, _NATIVE, text, "rendered")

    def _pieces(self, text: str, *, spoken_ahead: bool) -> Iterator[Speech]:
        whole = self._whole(text)
        if whole is not None:
            yield whole
            return
        plan = self._plan(text)
        self._ask_for(plan, text)
        until = self._clock()
        for run in _runs(plan):
            speech = self._composed(run) if run[0].known else self._missing(run[0], until)
            yield speech
            if spoken_ahead:
                until = max(until, self._clock()) + len(speech.pcm) / speech.rate
            else:
                until = self._clock()

    def _plan(self, text: str) -> list[Part]:
        """The parts of a sentence; one whose file is damaged counts as missing."""
        return [
            part if not part.known or self._pack.get(part.text) else replace(part, kind="")
            for part in parts(text, self._pack)
        ]

    def _ask_for(self, plan: list[Part], text: str) -> None:
        if self._background is None:
            return
        for part in plan:
            if not part.known:
                self._background.want(part.text, Urgency.NOW)
        if len(plan) > 1:
            self._background.want(unified(text), Urgency.SOMETIME)

    def _composed(self, run: list[Part]) -> Speech:
        """Known parts in a row as one piece."""
        sound: list[Pcm] = []
        for part in run:
            recorded = self._pack.get(part.text)
            if recorded is not None:
                sound += [recorded.pcm, silence(part.pause, _NATIVE)]
        return Speech(joined(sound), _NATIVE, "".join(p.text for p in run), "composed")

    def _missing(self, part: Part, until: float) -> Speech:
        """A stretch nobody recorded, as soon as it is rendered; `until` the sound lasts anyway."""
        pcm = self._awaited(part.text, until + PATIENCE - self._clock())
        if pcm is None and self._fallback is not None:
            try:
                pcm = self._fallback.say(part.text, rate=_NATIVE).pcm
            except Exception as error:  # noqa: BLE001 - the elder must hear the rest
                log.warning("fallback_failed", text=part.text, reason=str(error))
        if pcm is None:
            pcm = self._awaited(part.text, _HOPELESS)
        if pcm is None:
            log.warning("words_not_spoken", text=part.text)
            return Speech(silence(0.3 + part.pause, _NATIVE), _NATIVE, part.text, "silence")
        with_pause = joined([pcm, silence(part.pause, _NATIVE)])
        return Speech(with_pause, _NATIVE, part.text, "rendered")

    def _awaited(self, text: str, seconds: float) -> Pcm | None:
        if self._background is None:
            return None
        found = self._background.get(text)
        return found if found is not None else self._background.wait(text, max(0.0, seconds))

    @staticmethod
    def _finished(speech: Speech, rate: int, pace: float) -> Speech:
        pcm = resampled(slower(speech.pcm, speech.rate, pace), speech.rate, rate)
        return Speech(pcm, rate, speech.text, speech.source)


def _runs(plan: list[Part]) -> Iterator[list[Part]]:
    """Known parts in a row go together; a missing one stays alone."""
    run: list[Part] = []
    for part in plan:
        if part.known:
            run.append(part)
            continue
        if run:
            yield run
        run = []
        yield [part]
    if run:
        yield run
