"""Short answers: how many are right, how many decided wrongly, how many asked again.

The figures that count are from voices the sound map has never learned from and
the decision was never tuned on: they need a map of their own (`train_answers.APART`),
since the one that ships has learned from every voice. All voices are synthetic, of one
synthesiser: real elders will do worse, and a station measures its own with `linli evaluate`.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from linli.answer_clips import AnswerClip, load, role_of, script
from linli.answer_paths import PATHS, SETS, as_heard
from linli.bench.row import Row
from linli.clips import CLIPS
from linli.clips import load as load_sentences
from linli.paths import MODELS
from linli.score import Errors, rate, share
from linli.train_answers import APART
from voices.answers import YES_NO, AnswerJudge, Verdict, load_options
from voices.noise import noises
from voices.options import Option, dressed, wordings
from voices.soundmap import SoundMap
from voices.sounds import places_of
from voices.types import Pcm

_SIZES = (("1 syllable", 1, 1), ("2 syllables", 2, 2), ("3 syllables", 3, 3), ("4 or more", 4, 9))


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
    kept = list(_judged(apart, [c for c in clips if c.role == "report"][:: 16 if quick else 1]))
    newer = [c for c in clips if c.role in ("report", "known") and c.file[0] in "ma"]
    new = list(_judged(shipped, newer[:: 30 if quick else 1]))
    times = [one.ms for one in new if one.clip.set == "yes_no"]
    typical = float(np.median(times)) if times else 0.0
    return [
        *_answers("voices not learned from", kept),
        *_others("", apart, kept, quick),
        *_answers("as shipped, new takes", new),
        *_others(", as shipped", shipped, new, quick),
        Row("yes or no: compute for a verdict", typical, "ms", "≤ 600", typical <= 600, len(times)),
    ]


def _answers(whose: str, judged: Sequence[Judged]) -> list[Row]:
    """What is an answer to its question: right, wrong or asked again, cut every way."""
    answers = [one for one in judged if one.clip.value != "other"]
    yes_no = [one for one in answers if one.clip.set == "yes_no"]
    rows = _figures(f"answers, {whose}", answers, targets=True)
    for path, _ in PATHS:
        rows += _figures(f"… {path}", [one for one in answers if one.path == path])
    rows += _figures("… forms kept away in every voice", [j for j in answers if j.clip.held])
    rows += _figures("… mixtures of voices", [j for j in answers if "*" in j.clip.voice])
    rows += _figures(f"yes or no, {whose}", yes_no, targets=True)
    for name, least, most in _SIZES:
        same = [one for one in yes_no if least <= len(one.clip.text) <= most]
        rows += _figures(f"… of {name}", same)
    invited = script()["invited"]
    rows += _figures("… as invited", [one for one in yes_no if one.clip.text in invited])
    rows += _figures(f"one of a few, {whose}", [j for j in answers if j.clip.set != "yes_no"])
    refusals = [one for one in yes_no if one.clip.value == "no"]
    flipped = _share("refusals taken for a yes", refusals, lambda j: j.verdict.value == "yes")
    return [*rows, *flipped]


def _others(how: str, judge: AnswerJudge, judged: Sequence[Judged], quick: bool) -> list[Row]:
    """What is no answer: words, words that sound like one, sentences, noises."""
    words = [one for one in judged if one.clip.value == "other"]
    same = [one for one in words if one.clip.text in tones_apart(one.clip.set)]
    alike = [one for one in words if one.clip.file.startswith("a") and one not in same]
    rest = [one for one in words if one not in same and one not in alike]
    return [
        *_share(f"other words{how}: decided", rest, _decided, "≤ 1"),
        *_share(f"words that sound like an answer{how}: decided", alike, _decided, "≤ 1"),
        *_share(f"… nothing but tones apart{how}: decided", same, _decided),
        _sentences(judge, how, quick),
        _noises(judge, how, quick),
    ]


def tones_apart(question: str) -> frozenset[str]:
    """The words of the clips, no answer to a question, whose sounds are those of one."""
    options = tuple(load_options(question))
    bare = wordings(options)
    sounds = {word.sounds for form in bare for word in (form, *dressed(options, form))}
    words = {clip.text for clip in load() if clip.set == question and clip.value == "other"}
    return frozenset(word for word in words if tuple(places_of(word)) in sounds)


def _judged(judge: AnswerJudge, clips: Sequence[AnswerClip]) -> Iterator[Judged]:
    for clip in clips:
        for name, audio in heard_as(clip):
            start = time.perf_counter()
            verdict = judge.judge(audio, load_options(clip.set))
            yield Judged(clip, name, verdict, (time.perf_counter() - start) * 1000)


def heard_as(clip: AnswerClip) -> Iterator[tuple[str, Pcm]]:
    """A clip through its paths: all for the newest answers, else one at each rate, one noisy."""
    seed = zlib.crc32(f"{clip.file} {clip.start}".encode())
    every = clip.value != "other" and clip.file.startswith("m")
    for place in range(len(PATHS)) if every else ((0, 3), (1, 2))[seed % 2]:
        name, path = PATHS[place]
        yield name, as_heard(clip.pcm(), path, seed)


def _figures(what: str, judged: Sequence[Judged], *, targets: bool = False) -> list[Row]:
    right, wrong = ("≥ 95", "≤ 1") if targets else ("", "")
    return [
        *_share(f"{what}: right", judged, lambda one: one.right, right),
        *_share(f"{what}: decided wrongly", judged, lambda one: one.wrong, wrong),
        *_share(
            f"{what}: asked again or left to the text",
            judged, lambda one: one.verdict.value is None,
        ),
    ]  # fmt: skip


def _decided(one: Judged) -> bool:
    return one.verdict.value is not None


def _share(
    what: str, judged: Sequence[Judged], counts: Callable[[Judged], bool], target: str = ""
) -> list[Row]:
    """A share of what was judged; paths of one clip are not independent, clips are drawn."""
    clips: dict[AnswerClip, list[bool]] = {}
    for one in judged:
        clips.setdefault(one.clip, []).append(counts(one))
    if not clips:
        return []
    found = rate(Errors(sum(hits), len(hits)) for hits in clips.values())
    limit = float(target[2:] or 0)
    reached = found.percent >= limit if "≥" in target else found.percent <= limit
    note = f"95 % interval {found.low:.1f}–{found.high:.1f}; {len(clips)} clips"
    percent = round(found.percent, 2)
    return [Row(what, percent, "%", target, reached if target else None, len(judged), note)]


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
    found = share(decided, len(pieces))
    return Row(
        f"{what}: decided as yes or no", found.percent, "%", "≤ 1", found.percent <= 1,
        found.n, f"95 % interval {found.low:.1f}–{found.high:.1f}",
    )  # fmt: skip
