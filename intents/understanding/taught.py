"""Lessons: wordings that staff put right, understood as corrected when they are heard again.

A lesson is an example, not a rule: a text is taken for it only when it sounds nearly the same.
How near is the cost of turning one into the other, syllable by syllable, with the accent's
weights; what may be said or left out without another thing being wanted costs little, and a word
that turns the wish round (不用) must stand in both. `＊` in a lesson stands for a name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from rapidfuzz.distance import LCSseq, Levenshtein
from rapidfuzz.process import extract

from intents.errors import DataError
from intents.words.data import load, strings
from intents.words.normalise import PAUSE
from intents.words.pinyin import Accent, key, syllable

NEAR: Final = 0.25
"""So far apart, as a share of what the lesson says, a text may be …"""
ALARM_NEAR: Final = 0.1
"""… and so far, where a lesson raises an alarm."""
_LIGHT: Final = 0.2
"""What a syllable costs that may be left out."""
_LEAST: Final = 3.0
"""A lesson shorter than so many weighty syllables is none: too much sounds like it."""
_NAME: Final = 8
"""Syllables of the longest name."""
_ROUGH: Final = 0.5
"""Texts further apart than this, accents aside, are not looked at closely."""
_CLOSEST: Final = 4
"""Lessons that are looked at closely."""
_LONGEST: Final = 60
"""Syllables of the longest text that is compared."""
_BLANK = re.compile("[＊*]+")
_REMEDY = "take it back with `linli learn undo`, or mend it"


@dataclass(frozen=True, slots=True)
class Lesson:
    """One wording and what it means."""

    uid: str
    """Its identity."""
    text: str
    """As it was heard; `＊` where a name stood."""
    intent: str
    """What is wanted."""
    slots: Mapping[str, Any] = field(default_factory=dict)
    """What it means beside; what is said besides is read from the text as ever."""
    asked: str = ""
    """The slot that had been asked for; empty for words that open a request."""
    alarm: bool = False
    """Approved twice: it may raise an alarm."""


@dataclass(frozen=True, slots=True)
class Near:
    """A lesson that a text is taken for."""

    lesson: Lesson
    """Which."""
    apart: float
    """How far apart, 0 to `NEAR`."""

    def why(self) -> str:
        """One line for `--explain`."""
        return f"taught by {self.lesson.uid[:8]}: {self.lesson.text} ({self.apart:.2f} apart)"


@dataclass(frozen=True, slots=True)
class _Sounds:
    """A text as it is compared."""

    sounds: tuple[str, ...]
    """A syllable each; empty: a name."""
    weights: tuple[float, ...]
    """What each costs when it is missing."""
    turns: Mapping[str, int]
    """Words that turn a wish round."""
    rough: str
    """One character a weighty syllable, accents folded away."""
    weight: float
    """All of it."""


class Lessons:
    """Finds the lesson that a text is."""

    def __init__(
        self, rules: Path, fold: Callable[[str], str], accent: Accent, lessons: Iterable[Lesson]
    ) -> None:
        """`fold` brings a text to one spelling; `rules` is `rules/lessons.yaml`."""
        data = load(rules)
        self._fold, self._accent = fold, accent
        self._light = re.compile("|".join(map(str, data["light"])))
        self._turns = re.compile("|".join(map(str, data["turns"])))
        kept = [(each, self._sounds(each.text)) for each in lessons]
        self._kept = [(each, heard) for each, heard in kept if heard.weight >= _LEAST]
        whole = [at for at, (_, heard) in enumerate(self._kept) if "" not in heard.sounds]
        self._whole = {at: self._kept[at][1].rough for at in whole}
        self._named = [at for at in range(len(self._kept)) if at not in self._whole]

    def __len__(self) -> int:
        return len(self._kept)

    def __call__(self, heard: str, *, intent: str = "", asked: str = "") -> Near | None:
        """The lesson that a folded text is; None where it is like none.

        `asked`: the slot that was asked for, of the request `intent`.
        """

        def fits(lesson: Lesson) -> bool:
            opens = not lesson.asked and not asked and lesson.intent != "emergency"
            return opens or (asked != "" and (lesson.asked, lesson.intent) == (asked, intent))

        return self._nearest(heard, fits, NEAR)

    def alarm(self, heard: str) -> Near | None:
        """The lesson approved twice that makes a folded text an emergency; None: none does."""
        return self._nearest(heard, lambda each: each.alarm and not each.asked, ALARM_NEAR)

    def _nearest(self, heard: str, fits: Callable[[Lesson], bool], most: float) -> Near | None:
        if not self._kept or len(heard) > _LONGEST:
            return None
        said = self._sounds(heard)
        best: Near | None = None
        for at in self._rough(said, fits):
            lesson, other = self._kept[at]
            if other.turns != said.turns:
                continue
            apart = self._apart(said, other) / max(other.weight, 1.0)
            if apart <= most and (best is None or apart < best.apart):
                best = Near(lesson, apart)
        return best

    def _rough(self, said: _Sounds, fits: Callable[[Lesson], bool]) -> list[int]:
        """The few lessons worth a close look, by sound alone."""
        found = extract(
            said.rough,
            self._whole,
            scorer=Levenshtein.normalized_distance,
            processor=None,
            score_cutoff=_ROUGH,
            limit=None,
        )
        near = [(float(apart), at) for _, apart, at in found if fits(self._kept[at][0])]
        for at in self._named:
            lesson, other = self._kept[at]
            missing = 1 - LCSseq.similarity(other.rough, said.rough) / len(other.rough)
            if missing <= _ROUGH and fits(lesson):
                near.append((missing, at))
        return [at for _, at in sorted(near)[:_CLOSEST]]

    def _sounds(self, text: str) -> _Sounds:
        parts = [self._fold(part).replace(PAUSE, "") for part in _BLANK.split(text)]
        sounds: list[str] = []
        weights: list[float] = []
        for number, part in enumerate(parts):
            if number:
                sounds.append("")
                weights.append(0.0)
            sounds += map(syllable, part)
            weights += self._weights(part)
        heavy = [s for s, weight in zip(sounds, weights, strict=True) if weight == 1]
        turns = Counter(found for part in parts for found in self._turns.findall(part))
        rough = "".join(_letter(key(each)) for each in heavy)
        return _Sounds(tuple(sounds), tuple(weights), turns, rough, sum(weights))

    def _weights(self, text: str) -> Sequence[float]:
        weights = [1.0] * len(text)
        for found in self._light.finditer(text):
            weights[found.start() : found.end()] = [_LIGHT] * len(found[0])
        return weights

    def _apart(self, said: _Sounds, lesson: _Sounds) -> float:
        """What it costs to make one of the other."""
        before = [0.0]
        for weight in said.weights:
            before.append(before[-1] + weight)
        for sound, weight in zip(lesson.sounds, lesson.weights, strict=True):
            if not sound:
                before = _with_name(before)
                continue
            row = [before[0] + weight]
            for at, (other, its) in enumerate(zip(said.sounds, said.weights, strict=True)):
                change = self._accent.distance(other, sound) * max(weight, its)
                row.append(min(before[at] + change, before[at + 1] + weight, row[at] + its))
            before = row
        return before[-1]


def _with_name(before: list[float]) -> list[float]:
    """The same costs, with up to so many syllables of a name for nothing."""
    row = []
    for at in range(len(before)):
        low = max(0, at - _NAME)
        row.append(min(before[low : at + 1]))
    return row


@lru_cache(maxsize=4096)
def _letter(sound: str) -> str:
    """A character that stands for a syllable, so that texts are compared fast."""
    return chr(0x20000 + crc32(sound.encode()) % 0xF0000)


def read_lessons(folder: Path) -> tuple[Lesson, ...]:
    """Every lesson of a folder, files in order; none where there is no such folder.

    Raises DataError with file and line.
    """
    return tuple(each for path in sorted(folder.glob("*.yaml")) for each in read_file(path))


def read_file(path: Path) -> Iterator[Lesson]:
    """The lessons of one file. Raises DataError with file and line."""
    told = load(path).get("lessons")
    if not isinstance(told, list):
        raise DataError(path, 1, "`lessons` is no list", _REMEDY)
    for entry in told:
        yield _lesson(entry, path)


def _lesson(entry: Any, path: Path) -> Lesson:
    if not isinstance(entry, dict) or not {"uid", "text", "intent"} <= set(entry):
        raise DataError(path, 0, f"{entry!r} is no lesson", _REMEDY)
    uid, text, intent = strings([entry["uid"], entry["text"], entry["intent"]], path, "lesson")
    slots = entry.get("slots", {})
    if not isinstance(slots, dict):
        raise DataError(path, uid.line, f"lesson {uid}: slots are no mapping", _REMEDY)
    asked, alarm = str(entry.get("asked", "")), entry.get("alarm") is True
    return Lesson(str(uid), str(text), str(intent), slots, asked, alarm)
