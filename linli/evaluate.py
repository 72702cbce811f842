"""`linli evaluate DIR`: how well a recogniser hears a station's own elders.

DIR holds recordings named by the rule of `docs/recording-kit.zh.md`,

    speaker_age_accent_sentence[_take].wav      e.g. p07_78_xinyang_s12.wav

and `sentences.txt` (`s12<TAB>what was read`), or beside a recording a `.txt` of
the same name with what was really said, which counts more. Nothing leaves the
machine; no file is changed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from voices.errors import AudioUnreadable, VoicesError
from voices.types import Channel, Recognizer

from .score import Errors, character_errors, rate, share, syllable_errors
from .transcribe import transcribe

SUFFIXES = frozenset({".wav", ".ogg", ".opus", ".flac", ".mp3"})

_NAME = re.compile(
    r"(?P<speaker>[^_]+)_(?P<age>\d{1,3}|x)_(?P<accent>[^_]+)_(?P<sentence>[^_]+)(_(?P<take>[^_]+))?"
)


class NothingToEvaluate(VoicesError):
    """The folder holds no recording whose words are known."""

    code = "usage"


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording and what is said in it."""

    path: Path
    """The audio file."""
    text: str
    """What is said."""
    speaker: str = "?"
    """From the name; ? where the name does not follow the rule."""
    age: str = "?"
    """Band of ten years, e.g. 70–79."""
    accent: str = "?"
    """From the name."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A recording that was heard."""

    recording: Recording
    """What was to be heard."""
    heard: str
    """What was heard."""
    characters: Errors
    """Character errors."""
    syllables: Errors
    """Toneless-pinyin errors."""


def report(
    directory: Path, recognizer: Recognizer, *, channel: str = "kiosk", out: TextIO = sys.stdout
) -> list[Scored]:
    """Score every recording and print the table. Raises NothingToEvaluate."""
    found, problems = recordings(directory)
    way: Channel = "phone" if channel == "phone" else "kiosk"
    scored, unreadable = score(found, recognizer, way)
    for line in table(scored, recognizer.name, way):
        out.write(line + "\n")
    for problem in [*problems, *unreadable]:
        out.write(f"not counted: {problem}\n")
    return scored


def recordings(directory: Path) -> tuple[list[Recording], list[str]]:
    """The recordings whose words are known, and what is wrong with the others."""
    if not directory.is_dir():
        raise NothingToEvaluate(f"{directory}: no such folder; see docs/recording-kit.zh.md")
    sentences = _sentences(directory / "sentences.txt")
    found, problems = [], []
    for path in sorted(p for p in directory.rglob("*") if p.suffix.lower() in SUFFIXES):
        named = _NAME.fullmatch(path.stem)
        text = _words(path, sentences, named["sentence"] if named else path.stem)
        if not text:
            problems.append(
                f"{path}: its words are not known; add {path.stem}.txt beside it, "
                "or its sentence to sentences.txt"
            )
        elif named:
            found.append(
                Recording(path, text, named["speaker"], _band(named["age"]), named["accent"])
            )
        else:
            found.append(Recording(path, text))
    if not found:
        raise NothingToEvaluate(
            f"{directory}: no recording with known words; see docs/recording-kit.zh.md"
            + "".join(f"\n  {problem}" for problem in problems[:5])
        )
    return found, problems


def score(
    found: Iterable[Recording], recognizer: Recognizer, channel: Channel
) -> tuple[list[Scored], list[str]]:
    """Hear every recording; the second list names those that cannot be read."""
    scored, unreadable = [], []
    for recording in found:
        try:
            heard = transcribe(recording.path, recognizer, channel, fast=True)["text"]
        except AudioUnreadable as error:
            unreadable.append(str(error))
            continue
        scored.append(
            Scored(
                recording,
                heard,
                character_errors(recording.text, heard),
                syllable_errors(recording.text, heard),
            )
        )
    return scored, unreadable


def table(scored: Sequence[Scored], engine: str, channel: Channel) -> Iterator[str]:
    """Lines of text: all recordings, then by speaker, age and accent, then the worst."""
    yield f"engine {engine}, channel {channel}, {len(scored)} recordings; 95 % in brackets"
    yield from _rows("", {"all": list(scored)})
    keys: tuple[tuple[str, Callable[[Recording], str]], ...] = (
        ("age", lambda recording: recording.age),
        ("accent", lambda recording: recording.accent),
        ("speaker", lambda recording: recording.speaker),
    )
    for name, key in keys:
        groups: dict[str, list[Scored]] = {}
        for one in scored:
            groups.setdefault(key(one.recording), []).append(one)
        if set(groups) != {"?"}:
            yield from _rows(name + " ", dict(sorted(groups.items())))
    worst = sorted(scored, key=lambda one: -one.syllables.wrong / max(one.syllables.length, 1))
    for one in [one for one in worst if one.syllables.wrong][:10]:
        yield f"worst: {one.recording.path.name}: {one.recording.text} → {one.heard or '(nothing)'}"


def _rows(name: str, groups: dict[str, list[Scored]]) -> Iterator[str]:
    for group, members in groups.items():
        characters = rate(one.characters for one in members)
        syllables = rate(one.syllables for one in members)
        nothing = share(sum(not one.heard for one in members), len(members))
        yield (
            f"{name}{group}: character error {characters}; "
            f"toneless-pinyin error {syllables}; nothing heard {nothing}"
        )


def _sentences(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    rows = (
        line.split("\t", 1) for line in path.read_text("utf-8-sig").splitlines() if "\t" in line
    )
    return {key.strip(): text.strip() for key, text in rows}


def _words(path: Path, sentences: dict[str, str], sentence: str) -> str:
    beside = path.with_suffix(".txt")
    return beside.read_text("utf-8-sig").strip() if beside.exists() else sentences.get(sentence, "")


def _band(age: str) -> str:
    if not age.isdigit():
        return "?"
    low = int(age) // 10 * 10
    return f"{low}–{low + 9}"
