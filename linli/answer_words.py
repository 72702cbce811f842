"""Common words and how they sound, for the judge of short answers: makes `assets/words.tsv`.

From the dictionary that comes with jieba (MIT licence), counted in many millions of words of
print: words of one to four characters that are no names, the two commonest of each sound.
`python -m linli.answer_words`
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from voices.sounds import sounds_of
from voices.words import FILE

_LEAST: Final = 100
_LEAST_SINGLE: Final = 20
_OF_A_SOUND: Final = 2
_NAMES: Final = ("nr", "ns", "nt", "nz")
_WORD: Final = re.compile(r"[\u4e00-\u9fff]{1,4}")


def common(lines: Iterable[str]) -> Mapping[tuple[str, ...], list[str]]:
    """Sounds → words, commonest first, of a dictionary's lines `word count kind`."""
    counted = []
    for line in lines:
        word, count, kind = (*line.split(), "")[:3]
        least = _LEAST_SINGLE if len(word) == 1 else _LEAST
        if _WORD.fullmatch(word) and int(count) >= least and not kind.startswith(_NAMES):
            counted.append((-int(count), word))
    found: dict[tuple[str, ...], list[str]] = {}
    for _, word in sorted(counted):
        if (sounds := sounds_of(word)) and len(found.setdefault(sounds, [])) < _OF_A_SOUND:
            found[sounds].append(word)
    return found


def main() -> int:
    """Write the file."""
    package = importlib.util.find_spec("jieba")
    if package is None or package.origin is None:
        raise SystemExit("jieba is not installed: run scripts/setup")
    dictionary = Path(package.origin).with_name("dict.txt").read_text("utf-8")
    found = common(dictionary.splitlines())
    rows = sorted(f"{' '.join(sounds)}\t{' '.join(words)}" for sounds, words in found.items())
    FILE.write_text("\n".join(rows) + "\n", "utf-8")
    print(f"{FILE}: {len(rows)} sounds")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
