"""Is an elder cut off, and how long does the wait after the last word take?

Unfinished sentences are put together of pieces spoken apart, with a pause of
exactly so many seconds of voice-free room noise between them. Of those of
`linli/hesitations.py` only those are counted that nothing was tuned on: those
written without sight of the words and rules bind, those counted before stand beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from linli.bench.row import Row
from linli.clips import CLIPS, Clip, load
from linli.hesitations import Half, Hesitation, hesitations
from linli.limits import limit
from linli.paths import MODELS
from linli.score import median_and_p95, share
from linli.wiring import load_engine, load_settings
from voices.audio import phone
from voices.listener import Listener, TurnEnded
from voices.turn import Completeness, Verdict
from voices.types import RATE, Channel, Pcm, Recognizer
from voices.vad import VoiceActivity
from voices.whisper import Tuning, Whisper

MANIFEST = CLIPS / "pauses" / "manifest.json"
PAUSES = (1.0, 1.2, 1.5)
BINDING = 1.2
_FEW_VOICES = 3
_CHANNELS: dict[Channel, str] = {"kiosk": "16 kHz", "phone": "8 kHz µ-law"}
_UNTUNED: dict[Half, str] = {
    "blind": "sentences nothing was tuned on",
    "counted": "sentences counted before",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one sentence with pauses."""

    cut: bool
    """The turn was ended at a pause."""
    lost: bool
    """… and what followed was not merged into it."""
    waited: float
    """Silence waited for after the last word, seconds."""


def run(quick: bool) -> list[Row]:
    """False cut-offs by length of the pause; 1.2 s in every voice, the others in a few.

    Quick: one voice, 1.2 s, and every tenth of the sentences nothing was tuned on.
    """
    whisper = Whisper(MODELS / "whisper-base", tuning=Tuning(partial_every=0))
    engine = load_engine(load_settings())
    rows: list[Row] = []
    for pause in (BINDING,) if quick else PAUSES:
        voices = 1 if quick else None if pause == BINDING else _FEW_VOICES
        heard = [listen(whisper, pcm, engine.completeness) for pcm in sentences(pause, voices)]
        rows += _rows(f"{pause:g} s pauses", heard, binding=pause == BINDING)
    if not quick:
        heard = [listen(whisper, pcm, _hasty) for pcm in sentences(BINDING, _FEW_VOICES)]
        rows += _rows(f"{BINDING:g} s pauses and the hastiest judge", heard, binding=False)
    for half, name in _UNTUNED.items():
        said = hesitations(half)[:: 10 if quick else 1]
        rows += _untuned(whisper, engine.completeness, name, said, binding=half == "blind")
    return rows


def _untuned(
    whisper: Whisper,
    completeness: Completeness,
    name: str,
    said: Sequence[Hesitation],
    *,
    binding: bool,
) -> list[Row]:
    """Sentences nothing was tuned on; those that begin with a whole request apart."""
    found: dict[tuple[Channel, bool], list[Outcome]] = {}
    for channel in _CHANNELS:
        for one in said:
            pcm = with_pauses([clip.pcm() for clip in one.pieces], BINDING)
            heard = phone(pcm) if channel == "phone" else pcm
            outcome = listen(whisper, heard, completeness, channel)
            found.setdefault((channel, one.whole), []).append(outcome)
    every = [outcome for outcomes in found.values() for outcome in outcomes]
    rows = _rows(name, every, binding=binding)
    for channel, rate in _CHANNELS.items():
        both = [*found.get((channel, False), []), *found.get((channel, True), [])]
        rows += _rows(f"{name}, {rate}", both, binding=False)
    for whole, kind in ((False, "not a request at first"), (True, "a whole request at first")):
        same = [o for (_, first), outcomes in found.items() for o in outcomes if first == whole]
        rows += _rows(f"{name}, {kind}", same, binding=False)
    return rows


def _hasty(_: str) -> Verdict:
    """The worst judge there can be: whatever does not plainly dangle is complete."""
    return "complete"


def sentences(pause: float, voices: int | None = None) -> Iterator[Pcm]:
    """Every sentence in every voice, with its pauses and 4 s of room noise after it."""

    def key(clip: Clip) -> tuple[str, str]:
        return clip.voice, clip.id[:3]

    clips = sorted(load(MANIFEST), key=lambda clip: (*key(clip), clip.id))
    names = sorted({clip.voice for clip in clips})[:voices]
    for (voice, _), pieces in groupby(clips, key):
        if voice in names:
            yield with_pauses([clip.pcm() for clip in pieces], pause)


def with_pauses(pieces: list[Pcm], pause: float) -> Pcm:
    """The pieces' voiced parts, `pause` seconds apart, in a quiet room."""
    gap = np.zeros(int(pause * RATE), np.float32)
    parts = [np.zeros(RATE // 2, np.float32)]
    for place, piece in enumerate(pieces):
        parts += [gap, voiced(piece)] if place else [voiced(piece)]
    whole = np.concatenate([*parts, np.zeros(4 * RATE, np.float32)])
    room = np.random.default_rng(len(whole)).standard_normal(len(whole)) * 3e-4
    return whole + room.astype(np.float32)


def voiced(piece: Pcm) -> Pcm:
    """A piece without the silence before and after its voice."""
    activity = VoiceActivity(join=1e9)
    activity.feed(np.concatenate([piece, np.zeros(RATE // 5, np.float32)]))
    first, last = activity.onset or 0, activity.last or len(piece)
    return piece[max(0, first - RATE // 20) : last]


def listen(
    recognizer: Recognizer,
    pcm: Pcm,
    completeness: Completeness | None = None,
    channel: Channel = "kiosk",
) -> Outcome:
    """Let a listener hear one sentence; audio faster than real time, the same outcome."""
    listener = Listener(recognizer, channel=channel, completeness=completeness, wait=True)
    listener.expect("open")
    ended = [event for event in listener.feed(pcm) if isinstance(event, TurnEnded)]
    listener.close()
    turns = sum(not event.reopens for event in ended)
    return Outcome(len(ended) > 1, turns > 1, ended[-1].silence if ended else 0.0)


def _rows(name: str, outcomes: list[Outcome], *, binding: bool) -> list[Row]:
    if not outcomes:
        return []
    cut = share(sum(o.cut for o in outcomes), len(outcomes))
    lost = share(sum(o.lost for o in outcomes), len(outcomes))
    wait, wait95 = median_and_p95([o.waited for o in outcomes])
    most = 100 * limit("turn.false_cut_offs")
    target, reached = (f"≤ {most:g}", cut.percent <= most) if binding else ("", None)
    return [
        Row(f"false cut-offs, {name}", cut.percent, "%", target, reached, cut.n, f"95 % {cut}"),
        Row(f"cut off and not merged, {name}", lost.percent, "%", n=lost.n, note=str(lost)),
        Row(f"wait after the last word, {name}", wait, "s", n=cut.n, note=f"p95 {wait95:.2f} s"),
    ]
