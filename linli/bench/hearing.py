"""How well and how fast open speech is heard, beside stock faster-whisper in the same run.

Clips are synthetic voices (`assets/clips/hearing/`): nobody's grandmother. What
is published for elders is much worse; `linli evaluate` measures a station's own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

from linli.bench.row import Row
from linli.clips import CLIPS, Clip, load
from linli.models import open_recognizer
from linli.paths import MODELS
from linli.score import (
    Errors,
    beyond,
    character_errors,
    median_and_p95,
    rate,
    syllable_errors,
)
from linli.transcribe import hear, transcribe
from voices.audio import phone
from voices.types import Channel, Pcm, Recognizer

Hearing: TypeAlias = Callable[[Pcm], tuple[str, float]]
"""Audio → text and the seconds of pure compute it took."""

MANIFEST = CLIPS / "hearing" / "manifest.json"

_CONDITIONS: tuple[tuple[str, Channel, float], ...] = (
    ("clean", "kiosk", 6.0),
    ("telephone", "phone", 9.0),
)


_COMPARED = 2
_LATENCIES = 30


@dataclass(frozen=True, slots=True)
class _Heard:
    text: str
    syllables: Errors
    characters: Errors
    seconds: float


def run(quick: bool) -> list[Row]:
    """Error, latency and speed; stock hears every other clip. Quick: a few clips of each."""
    every = load(MANIFEST)
    clips = every[::14] if quick else every
    whisper = open_recognizer("whisper")
    stock = _stock()
    rows: list[Row] = []
    for name, channel, target in _CONDITIONS:
        path = phone if channel == "phone" else _same
        heard = partial(_ours, whisper, channel)
        ours = [_score(clip, path, heard) for clip in clips]
        theirs = [_score(clip, path, stock) for clip in clips[::_COMPARED]]
        same = ours[::_COMPARED]
        rows += [*_accuracy(name, target, ours), _beyond(name, same, theirs)]
        rows += _speed(name, same, theirs)
    return rows + latency(
        whisper, [clip for clip in every if 3 <= clip.seconds <= 5], 4 if quick else _LATENCIES
    )


def latency(whisper: Recognizer, clips: Sequence[Clip], n: int) -> list[Row]:
    """Last voiced sample → text ready, fed in real time."""
    chosen = clips[:: max(1, len(clips) // n)][:n]
    waits = [transcribe(clip.path, whisper)["text_ready_ms"] for clip in chosen]
    p50, p95 = median_and_p95([wait for wait in waits if wait is not None])
    note = "real-time feed, decoding starts after 0.25 s of silence, 3–5 s utterances"
    return [
        Row("last voiced sample → text, p50", p50, "ms", "≤ 800", p50 <= 800, len(waits), note),
        Row("last voiced sample → text, p95", p95, "ms", "≤ 1200", p95 <= 1200, len(waits), note),
    ]


def _accuracy(name: str, target: float, heard: Sequence[_Heard]) -> list[Row]:
    syllable = rate(one.syllables for one in heard)
    character = rate(one.characters for one in heard)
    return [
        Row(
            f"toneless-pinyin error, {name}",
            syllable.percent,
            "%",
            f"≤ {target:g}",
            syllable.percent <= target,
            syllable.n,
            f"95 % {syllable.low:.1f}–{syllable.high:.1f}; synthetic voices",
        ),
        Row(f"character error, {name}", character.percent, "%", n=character.n, note=str(character)),
    ]


def _beyond(name: str, ours: Sequence[_Heard], theirs: Sequence[_Heard]) -> Row:
    """Clip by clip against stock; sentences, not clips, are drawn for the interval."""
    mine, stock = [h.syllables for h in ours], [h.syllables for h in theirs]
    worse = beyond(mine, stock, [h.text for h in ours])
    return Row(
        f"pinyin error beyond stock, {name}",
        worse.percent,
        "points",
        "≤ 1",
        worse.percent <= 1,
        worse.n,
        f"95 % {worse.low:.1f}–{worse.high:.1f}; ours {rate(mine)}, stock {rate(stock)}",
    )


def _speed(name: str, ours: Sequence[_Heard], theirs: Sequence[_Heard]) -> list[Row]:
    mine, mine95 = median_and_p95([h.seconds for h in ours])
    stock, stock95 = median_and_p95([h.seconds for h in theirs])
    times = stock / mine
    note = f"ours {mine:.2f} s (p95 {mine95:.2f}), stock {stock:.2f} s (p95 {stock95:.2f})"
    return [Row(f"faster than stock, {name}", times, "×", "≥ 2.5", times >= 2.5, len(ours), note)]


def _score(clip: Clip, path: Callable[[Pcm], Pcm], hearing: Hearing) -> _Heard:
    text, seconds = hearing(path(clip.pcm()))
    return _Heard(
        clip.text, syllable_errors(clip.text, text), character_errors(clip.text, text), seconds
    )


def _ours(whisper: Recognizer, channel: Channel, pcm: Pcm) -> tuple[str, float]:
    """The whole way: voice activity, recogniser, guards."""
    result = hear(pcm, whisper, channel)
    return result.text, (result.text_ready_ms or 0.0) / 1000


def _stock() -> Hearing:
    """faster-whisper as it comes: beam 5, 30 s window; int8 and one thread like ours."""
    from faster_whisper import WhisperModel

    model: Any = WhisperModel(
        str(MODELS / "whisper-base"), device="cpu", compute_type="int8", cpu_threads=1
    )

    def hearing(pcm: Pcm) -> tuple[str, float]:
        start = time.perf_counter()
        segments, _ = model.transcribe(pcm, language="zh", beam_size=5)
        text = "".join(segment.text for segment in segments)
        return text, time.perf_counter() - start

    return hearing


def _same(pcm: Pcm) -> Pcm:
    return pcm


def main() -> None:
    """Print the report."""
    import sys

    for row in run(quick="--quick" in sys.argv):
        mark = {None: " ", True: "✓", False: "✗"}[row.reached]
        print(f"{mark} {row.what}: {row.value:.1f} {row.unit} {row.target} n={row.n} {row.note}")


if __name__ == "__main__":
    main()
