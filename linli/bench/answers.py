"""Short answers: how many are right, how many decided wrongly, how many asked again.

The figures that count are from voices the sound map has never learned from and
the decision was never tuned on: they need a map of their own (`train_answers.APART`),
since the one that ships has learned from every voice. All voices are synthetic, of one
synthesiser: real elders will do worse, and a station measures its own with `linli evaluate`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from linli.answer_clips import AnswerClip, load, role_of
from linli.answer_paths import PATHS, SETS, as_heard
from linli.bench.row import Row
from linli.clips import CLIPS
from linli.clips import load as load_sentences
from linli.paths import MODELS
from linli.train_answers import APART
from voices.answers import YES_NO, AnswerJudge, Verdict, load_options
from voices.noise import noises
from voices.options import Option
from voices.soundmap import SoundMap
from voices.types import Pcm


@dataclass(frozen=True, slots=True)
class Judged:
    """One clip through one path, judged."""

    clip: AnswerClip
    """What was said."""
    path: str
    """How it came: kiosk or phone, quiet or noise."""
    verdict: Verdict
    """What was made of it."""
    ms: float
    """Compute, milliseconds."""

    @property
    def right(self) -> bool:
        """Decided, and so it was."""
        return self.verdict.value == self.clip.value

    @property
    def wrong(self) -> bool:
        """Decided otherwise."""
        return self.verdict.value is not None and not self.right


def run(quick: bool) -> list[Row]:
    """Judge with the map kept away from the voices of the report, then with the one that ships."""
    apart = AnswerJudge(MODELS / "whisper-base", sounds=SoundMap.load(APART))
    shipped = AnswerJudge(MODELS / "whisper-base")
    clips = [clip for clip in load() if clip.set in SETS]
    kept = [clip for clip in clips if clip.role == "report"][:: 8 if quick else 1]
    unlearned = [clip for clip in clips if clip.role in ("report", "tune", "known")]
    unlearned = [clip for clip in unlearned if _one_voice(clip)][:: 40 if quick else 2]
    judged = list(_judged(apart, kept, PATHS))
    times = [one.ms for one in judged if one.clip.set == "yes_no"]
    typical = float(np.median(times)) if times else 0.0
    return [
        *_away(judged),
        *_others(apart, judged, "", quick),
        *_shipped(list(_judged(shipped, unlearned, PATHS[:2]))),
        *_others(shipped, [], ", as shipped", quick),
        Row("yes or no: compute for a verdict", typical, "ms", "≤ 600", typical <= 600, len(times)),
    ]


def _away(judged: Sequence[Judged]) -> list[Row]:
    """Voices neither learned from nor tuned on: what a new speaker may expect."""
    answers = [one for one in judged if one.clip.value != "other"]
    rows = [
        *_figures("answers, voices not learned from", answers, targets=True),
        *_figures("… in forms kept away in every voice", [j for j in answers if j.clip.held]),
    ]
    for path, _ in PATHS:
        rows += _figures(f"… {path}", [one for one in answers if one.path == path])
    yes_no = [one for one in answers if one.clip.set == "yes_no"]
    rows += _figures("yes or no", yes_no, targets=True)
    for size in range(1, 5):
        same = [one for one in yes_no if len(one.clip.text) == size]
        rows += _figures(f"… of {size} syllable{'s' if size > 1 else ''}", same)
    rows.append(_flipped(yes_no))
    rows += _figures("one of a few", [one for one in answers if one.clip.set != "yes_no"])
    return rows


def _shipped(judged: Sequence[Judged]) -> list[Row]:
    """The map that ships, on takes it has not learned, of voices it has."""
    answers = [one for one in judged if one.clip.value != "other"]
    words = [one for one in judged if one.clip.value == "other"]
    return [
        *_figures("as shipped, new takes of learned voices", answers, targets=True),
        _flipped([one for one in answers if one.clip.set == "yes_no"], ", as shipped"),
        _decided("other words, as shipped", words),
    ]


def _others(judge: AnswerJudge, judged: Sequence[Judged], how: str, quick: bool) -> list[Row]:
    """What is no answer."""
    words = [one for one in judged if one.clip.value == "other"]
    rows = [_decided(f"other words{how}", words)] if words else []
    return [*rows, _sentences(judge, how, quick), _noises(judge, how, quick)]


def _one_voice(clip: AnswerClip) -> bool:
    return "*" not in clip.voice


def interval(hits: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share, in %."""
    if not n:
        return 0.0, 100.0
    z, share = 1.96, hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return 100 * max(0.0, middle - half), 100 * min(1.0, middle + half)


def _judged(
    judge: AnswerJudge,
    clips: Sequence[AnswerClip],
    paths: Sequence[tuple[str, Callable[[Pcm, int], Pcm]]],
) -> Iterator[Judged]:
    for number, clip in enumerate(clips):
        for name, path in paths:
            audio = as_heard(clip.pcm(), path, number)
            start = time.perf_counter()
            verdict = judge.judge(audio, load_options(clip.set))
            yield Judged(clip, name, verdict, (time.perf_counter() - start) * 1000)


def _figures(what: str, judged: Sequence[Judged], *, targets: bool = False) -> list[Row]:
    n = len(judged)
    if not n:
        return []
    right, wrong = sum(one.right for one in judged), sum(one.wrong for one in judged)
    return [
        _share(f"{what}: right", right, n, "≥ 95" if targets else "", right >= 0.95 * n),
        _share(f"{what}: decided wrongly", wrong, n, "≤ 1" if targets else "", wrong <= 0.01 * n),
        _share(f"{what}: asked again or left to the text", n - right - wrong, n),
    ]


def _share(what: str, hits: int, n: int, target: str = "", reached: bool | None = None) -> Row:
    low, high = interval(hits, n)
    note = f"95 % interval {low:.1f}–{high:.1f}"
    return Row(what, round(100 * hits / n, 2), "%", target, reached if target else None, n, note)


def _flipped(judged: Sequence[Judged], how: str = "") -> Row:
    """The worst mistake: a refusal taken for a yes."""
    refusals = [one for one in judged if one.clip.value == "no"]
    flipped = sum(one.verdict.value == "yes" for one in refusals)
    return _share(f"refusals taken for a yes{how}", flipped, max(1, len(refusals)))


def _decided(what: str, judged: Sequence[Judged]) -> Row:
    decided = sum(one.verdict.value is not None for one in judged)
    return _share(
        f"{what}: decided nevertheless", decided, max(1, len(judged)), "≤ 1",
        decided <= 0.01 * len(judged),
    )  # fmt: skip


def _sentences(judge: AnswerJudge, how: str, quick: bool) -> Row:
    """Open sentences of the voices kept away, asked yes or no."""
    told = [
        clip
        for clip in load_sentences(CLIPS / "hearing" / "manifest.json")
        if role_of(clip.voice) == "report" and not clip.text.startswith(("不", "对"))
    ][:: 10 if quick else 1]
    return _none(f"open sentences{how}", judge, [clip.pcm() for clip in told], YES_NO)


def _noises(judge: AnswerJudge, how: str, quick: bool) -> Row:
    """Sounds that are no speech, straight to the judge, without the guards before it."""
    every = noises(each=2 if quick else 10, length=1.5)
    # Odd ones were learned from.
    sounds = [noise.pcm for noise in every if not int(noise.name.rsplit("-", 1)[1]) % 2]
    return _none(f"noises of 1.5 s, no guard before{how}", judge, sounds, YES_NO)


def _none(what: str, judge: AnswerJudge, pieces: Sequence[Pcm], options: Sequence[Option]) -> Row:
    decided = sum(judge.judge(piece, options).value is not None for piece in pieces)
    return _share(
        f"{what}: decided as yes or no", decided, max(1, len(pieces)), "≤ 1",
        decided <= 0.01 * len(pieces),
    )  # fmt: skip
