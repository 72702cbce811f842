"""Builds the prompt pack: renders what is new or changed, and nothing else.

Sentences are spoken whole. Words are cut out of a sentence of several, because
a voice mispronounces a short word said alone; the cut falls into the pauses
around it. Every entry carries a `recipe`, a hash of what shapes its sound: the
reading, the voice, the speed, the maker.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import soundfile

from voices.kokoro import AROUND, NATIVE_RATE, SPEED, Kokoro, cut_out, unhurried
from voices.pack import MANIFEST, MARKS, Entry, bare, read_manifest, unified
from voices.pauses import PAUSES, pause_at
from voices.phonemes import phonemes
from voices.shape import LEAD, softened, voiced
from voices.types import Pcm

from .pack_texts import Wanted
from .paths import ASSETS

PACK = ASSETS / "pack"
"""The pack that comes with the program."""

MAKER = "kokoro-82m-int8/pauses-1"
"""Named in every recipe: a new maker makes every entry anew."""

VOICE = "zf_xiaobei"
"""The voice recognisers, and we hope elders, understand best."""

COMPRESSION = 0.9
"""Opus: about 28 kbit/s in libsndfile's scale."""

_IN_A_ROW = 9
_SHORT = 2
_SAVE_EVERY = 12
_LATE = 0.02


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch of a carrier that becomes an entry."""

    wanted: Wanted
    """What it says."""
    start: int
    """First character of it in the carrier."""
    end: int
    """The character after its last."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """One sentence to be spoken, and what is cut out of it."""

    text: str
    """The sentence."""
    cuts: tuple[Cut, ...]
    """What becomes of it."""
    speed: float = SPEED
    """Speed of the sounds."""


@dataclass(frozen=True, slots=True)
class State:
    """How a pack compares with what it must be able to say."""

    missing: list[Wanted] = field(default_factory=list)
    """Not there."""
    stale: list[Wanted] = field(default_factory=list)
    """There, but made of another reading, voice or speed."""
    damaged: list[Entry] = field(default_factory=list)
    """The file is gone or is not the one that was made."""
    unused: list[Entry] = field(default_factory=list)
    """There, but nobody says it any more."""

    @property
    def complete(self) -> bool:
        """Nothing is missing, stale or damaged."""
        return not (self.missing or self.stale or self.damaged)


def name_of(kind: str, text: str) -> str:
    """What identifies an entry: a sentence with its marks, a piece without."""
    return f"sentence {unified(text)}" if kind == "sentence" else f"piece {bare(text)}"


def recipe(wanted: Wanted) -> str:
    """Hash of everything that shapes the sound of an entry."""
    said = phonemes(unified(wanted.text) if wanted.kind == "sentence" else bare(wanted.text))
    speed = unhurried(unified(wanted.text)) if wanted.kind == "sentence" else SPEED
    words = [MAKER, VOICE, f"{speed:.2f}", said.sounds]
    if wanted.kind == "word" and wanted.carrier:
        words.append(wanted.carrier)
    if wanted.kind == "sentence":
        text = unified(wanted.text)
        words.append(" ".join(f"{pause_at(text, index):.2f}" for index in range(len(text))))
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


def digest(path: Path) -> str:
    """Hash of a file; empty when it is not there."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def compare(wanted: Iterable[Wanted], directory: Path = PACK) -> State:
    """What is missing, stale, damaged or no longer used."""
    rows = read_manifest(directory) if (directory / MANIFEST).exists() else []
    there = {name_of(row.kind, row.text): row for row in rows}
    state = State()
    for item in wanted:
        row = there.pop(name_of(item.kind, item.text), None)
        if row is None:
            state.missing.append(item)
        elif row.recipe != recipe(item):
            state.stale.append(item)
        elif digest(directory / row.file) != row.sha256:
            state.damaged.append(row)
    state.unused.extend(there.values())
    return state


# --- what is spoken ---------------------------------------------------------------------------


def carriers(items: Sequence[Wanted]) -> Iterator[Carrier]:
    """The sentences to be spoken so that everything in `items` is said."""
    yield from map(_whole, (item for item in items if item.kind == "sentence"))
    yield from _templates([item for item in items if item.kind != "sentence" and item.carrier])
    words = [item for item in items if item.kind == "word" and not item.carrier]
    for at in range(0, len(words), _IN_A_ROW):
        yield row_of(words[at : at + _IN_A_ROW])


def _whole(item: Wanted) -> Carrier:
    text = unified(item.text)
    if len(bare(text)) <= _SHORT:
        return row_of([item])
    return Carrier(text, (Cut(item, 0, len(text)),), unhurried(text))


def _templates(items: Sequence[Wanted]) -> Iterator[Carrier]:
    groups: dict[str, list[Wanted]] = {}
    for item in items:
        groups.setdefault(item.carrier, []).append(item)
    for text, group in groups.items():
        cuts = tuple(_placed(item, text) for item in group)
        yield Carrier(text, cuts)


def _placed(item: Wanted, text: str) -> Cut:
    """Where a fragment stands in its carrier: between marks, as a whole."""
    said = bare(item.text)
    at = f"，{text}".find(f"，{said}")
    while at >= 0 and at + len(said) < len(text) and text[at + len(said)] not in MARKS:
        at = text.find(f"，{said}", at + 1) + 1 or -1
    if at < 0:
        raise ValueError(f"{item.text!r} does not stand between marks in {text!r}")
    return Cut(item, at, at + len(said))


def row_of(items: Sequence[Wanted]) -> Carrier:
    """Several words in one sentence, none of them first or last."""
    before, after = AROUND
    text, cuts = before, []
    for index, item in enumerate(items):
        text += "，" if index else ""
        said = bare(item.text)
        cuts.append(Cut(item, len(text), len(text) + len(said)))
        text += said
    return Carrier(text + after, tuple(cuts))


# --- speaking and cutting ---------------------------------------------------------------------


class Builder:
    """Renders into `directory`; what is finished is kept even when it is interrupted."""

    def __init__(self, kokoro: Kokoro, directory: Path = PACK) -> None:
        self._kokoro = kokoro
        self._directory = directory
        self._manifest = directory / MANIFEST
        self._made: dict[str, Entry] = {}
        self._dropped: set[str] = set()

    def render(
        self, sentences: Iterable[Carrier], tell: Callable[[Carrier], None] = lambda _: None
    ) -> int:
        """Speak, cut, store; gives the number of entries written."""
        written = 0
        for count, carrier in enumerate(sentences, 1):
            timed = self._kokoro.timed(
                carrier.text, voice=VOICE, speed=carrier.speed, pauses=PAUSES
            )
            for cut in carrier.cuts:
                self._store(cut, carrier, cut_out(timed, cut.start, cut.end))
                written += 1
            tell(carrier)
            if count % _SAVE_EVERY == 0:
                self.save()
        self.save()
        return written

    def drop(self, entries: Iterable[Entry]) -> None:
        """Remove entries nobody says any more, and their files."""
        for entry in entries:
            self._dropped.add(name_of(entry.kind, entry.text))
            (self._directory / entry.file).unlink(missing_ok=True)
        self.save()

    def save(self) -> None:
        """Bring the manifest up to date, whole or not at all; two builders may take turns."""
        self._directory.mkdir(parents=True, exist_ok=True)
        with (self._directory / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            old = read_manifest(self._directory) if self._manifest.exists() else []
            rows = {name_of(row.kind, row.text): row for row in old} | self._made
            kept = [row for name, row in rows.items() if name not in self._dropped]
            kept.sort(key=lambda row: (row.kind, row.text))
            lines = (json.dumps(asdict(row), ensure_ascii=False) for row in kept)
            fresh = self._manifest.with_suffix(".new")
            fresh.write_text("\n".join(lines) + "\n", encoding="utf-8")
            fresh.replace(self._manifest)
        self._made.clear()

    def _store(self, cut: Cut, carrier: Carrier, pcm: Pcm) -> None:
        name = name_of(cut.wanted.kind, cut.wanted.text)
        stem = hashlib.sha256(name.encode()).hexdigest()[:12]
        path = self._directory / f"{cut.wanted.kind}s" / f"{stem}.opus"
        path.parent.mkdir(parents=True, exist_ok=True)
        _encode(path, pcm)
        heard, rate = soundfile.read(path, dtype="float32")
        late = voiced(heard, rate)[0] / rate - LEAD
        if late > _LATE:  # a breathy beginning that the codec took for silence
            _encode(path, softened(pcm[round(late * NATIVE_RATE) :], NATIVE_RATE))
        self._made[name] = Entry(
            text=cut.wanted.text,
            kind=cut.wanted.kind,
            file=str(path.relative_to(self._directory)),
            seconds=round(len(pcm) / NATIVE_RATE, 3),
            voice=VOICE,
            speed=carrier.speed,
            carrier=carrier.text,
            recipe=recipe(cut.wanted),
            sha256=digest(path),
        )


def _encode(path: Path, pcm: Pcm) -> None:
    soundfile.write(
        path, pcm, NATIVE_RATE, format="OGG", subtype="OPUS", compression_level=COMPRESSION
    )


def build(
    wanted: Sequence[Wanted],
    kokoro: Kokoro,
    directory: Path = PACK,
    tell: Callable[[Carrier], None] = lambda _: None,
) -> int:
    """Render what is missing, stale or damaged, drop what is unused; gives entries written."""
    state = compare(wanted, directory)
    broken = {name_of(row.kind, row.text) for row in state.damaged}
    again = [item for item in wanted if name_of(item.kind, item.text) in broken]
    builder = Builder(kokoro, directory)
    written = builder.render(carriers([*state.missing, *state.stale, *again]), tell)
    builder.drop(state.unused)
    return written
