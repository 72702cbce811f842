"""The prompt pack: sentences and words spoken ahead of time, read from small Opus files.

A pack is a folder with `manifest.jsonl` (a row an entry) and the files it
names, mono Opus at 24 kHz. Looking up never synthesises anything.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import soundfile
import structlog

from .errors import VoicesError
from .shape import resampled
from .types import Pcm, Speech

log = structlog.get_logger(__name__)

MANIFEST = "manifest.jsonl"
"""The table of contents."""

MARKS = '，。？！、；：…,.?!;:“”"「」《》（）() \u3000\n'
"""Characters that are not spoken."""

_UNIFIED = str.maketrans({",": "，", "?": "？", "!": "！", ";": "；", ":": "：", ".": "。"})
_DROPPED = str.maketrans("", "", '“”"「」《》（）() \u3000\n')
_KEPT_IN_MEMORY = 200


class PackUnusable(VoicesError):
    """A prompt pack whose manifest is missing or damaged."""

    code = "pack"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing the pack can say."""

    text: str
    """What it says, with its marks."""
    kind: Literal["sentence", "fragment", "word"]
    """A whole sentence, what stands between two fields, or a word that fills a field."""
    file: str
    """File name in the folder of the pack."""
    seconds: float
    """Length."""
    voice: str
    """Who says it."""
    speed: float
    """Speed of the sounds, without the pauses."""
    carrier: str
    """The sentence it was cut from; the text itself when it was said alone."""
    recipe: str
    """Hash of everything that shapes the sound."""
    sha256: str
    """Hash of the file."""


def unified(text: str) -> str:
    """The same text with Chinese marks, without quotes, brackets and spaces."""
    return text.translate(_UNIFIED).translate(_DROPPED)


def bare(text: str) -> str:
    """Without the marks at its ends: 您要办什么事？ → 您要办什么事."""
    return unified(text).strip(MARKS)


def read_manifest(directory: Path) -> list[Entry]:
    """The rows of a pack; raises `PackUnusable` naming file and line."""
    path = directory / MANIFEST
    mend = "Restore the folder, or build it with: linli voices build"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise PackUnusable(f"{path}: cannot be read ({error.strerror}). {mend}") from error
    found = []
    for number, line in enumerate(lines, 1):
        try:
            found.append(Entry(**json.loads(line)))
        except (ValueError, TypeError) as error:
            raise PackUnusable(f"{path}:{number}: not a row of a pack ({error}). {mend}") from error
    return found


class Pack:
    """What was recorded ahead, found by its text; safe to use from several threads.

    Without a directory it is empty: a voice nothing was recorded in.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self.directory = directory or Path()
        self._whole: dict[str, Entry] = {}
        self._pieces: dict[str, Entry] = {}
        for entry in read_manifest(directory) if directory else ():
            if entry.kind == "sentence":
                self._whole.setdefault(unified(entry.text), entry)
            self._pieces.setdefault(bare(entry.text), entry)
        self.longest = max(map(len, self._pieces), default=0)
        self._decoded: OrderedDict[str, Pcm] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._pieces)

    def __contains__(self, text: object) -> bool:
        return isinstance(text, str) and self.find(text) is not None

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._pieces.values())

    def find(self, text: str) -> Entry | None:
        """The entry that says exactly this; marks at the ends may differ."""
        return self._whole.get(unified(text)) or self._pieces.get(bare(text))

    def kind(self, piece: str) -> str:
        """What sort of piece says this bare text; empty when none does."""
        entry = self._pieces.get(piece)
        return entry.kind if entry else ""

    def get(self, text: str, rate: int = 24_000) -> Speech | None:
        """The recording of `text`, or None; a damaged file counts as none and is logged."""
        entry = self.find(text)
        if entry is None:
            return None
        pcm = self._pcm(entry)
        return None if pcm is None else Speech(resampled(pcm, 24_000, rate), rate, text, "pack")

    def _pcm(self, entry: Entry) -> Pcm | None:
        with self._lock:
            known = self._decoded.get(entry.file)
            if known is not None:
                self._decoded.move_to_end(entry.file)
                return known
        try:
            pcm, rate = soundfile.read(self.directory / entry.file, dtype="float32")
        except (OSError, soundfile.LibsndfileError) as error:
            log.warning("pack_file_damaged", file=entry.file, text=entry.text, reason=str(error))
            return None
        found: Pcm = resampled(pcm, rate, 24_000)
        with self._lock:
            self._decoded[entry.file] = found
            while len(self._decoded) > _KEPT_IN_MEMORY:
                self._decoded.popitem(last=False)
        return found
