"""Listens to the prompt pack: recognises every entry and names the ones not understood.

`python -m linli.pack_listen [KIND…]` prints them, worst first. A word is put
between two others, as read-backs do: alone, recognisers fail on short words.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from voices.pack import Entry, Pack, bare
from voices.shape import joined, resampled, silence
from voices.types import RATE, Pcm
from voices.whisper import Whisper

from .pack_texts import extra
from .packing import PACK
from .paths import MODELS
from .score import Errors, syllable_errors


def _around() -> tuple[str, ...]:
    """The words a single word is heard between, from `assets/pack/extra.yaml`."""
    return tuple(map(str, extra()["around"]))


@dataclass(frozen=True, slots=True)
class Heard:
    """What a recogniser made of an entry."""

    entry: Entry
    """What was said."""
    text: str
    """What was heard, the words around it included."""
    errors: Errors
    """Toneless-pinyin errors of the entry itself; the words around it are not counted."""


def listen(pack: Pack, whisper: Whisper, entries: Sequence[Entry]) -> Iterator[Heard]:
    """Recognise entries one by one."""
    for entry in entries:
        alone = entry.kind == "sentence"
        texts = [entry.text] if alone else [_around()[0], entry.text, _around()[1]]
        heard = whisper.decode(in_a_row(pack, texts)).text
        said = entry.text if alone else _around()[0] + bare(entry.text) + _around()[1]
        wrong = syllable_errors(said, heard).wrong
        yield Heard(entry, heard, Errors(wrong, len(bare(entry.text))))


def in_a_row(pack: Pack, texts: Sequence[str], gap: float = 0.3) -> Pcm:
    """Recorded pieces one after another with pauses, mono at 16 kHz."""
    sound: list[Pcm] = []
    for text in texts:
        speech = pack.get(text)
        if speech is not None:
            sound += [speech.pcm, silence(gap, speech.rate)]
    return resampled(joined(sound), 24_000, RATE)


def main(kinds: Sequence[str]) -> None:
    """Print every entry of these kinds in which something was not understood, worst first."""
    pack = Pack(PACK)
    entries = [entry for entry in pack if not kinds or entry.kind in kinds]
    found = list(listen(pack, Whisper(MODELS / "whisper-base"), entries))
    bad = sorted((h for h in found if h.errors.wrong), key=lambda h: -h.errors.wrong)
    for heard in bad:
        sys.stdout.write(f"{heard.errors.wrong}  {heard.entry.text}  →  {heard.text}\n")
    wrong = sum(h.errors.wrong for h in found)
    length = sum(h.errors.length for h in found)
    sys.stdout.write(f"{len(found)} entries, {100 * wrong / max(1, length):.1f} % of syllables\n")


if __name__ == "__main__":
    main(sys.argv[1:])
