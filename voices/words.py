"""Common words by their sounds: which sound almost like this one?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from .errors import VoicesError
from .sounds import UNITS

FILE: Final = Path(__file__).resolve().parent.parent / "assets" / "words.tsv"
"""One line a sound sequence: its sounds, a tab, its commonest words."""

_PLACE: Final = {unit: place for place, unit in enumerate(UNITS)}


class WordsUnusable(VoicesError):
    """The list of words is missing or not one."""

    code = "words"


def near(sounds: Sequence[int]) -> list[tuple[int, ...]]:
    """Sound sequences of common words with at most one sound more, less or other."""
    from rapidfuzz import process
    from rapidfuzz.distance import Levenshtein

    found = process.extract(
        _key(sounds), list(_words()), scorer=Levenshtein.distance, score_cutoff=1, limit=None
    )
    return [tuple(map(ord, key)) for key, _, _ in found]


def words_of(sounds: Sequence[int]) -> Sequence[str]:
    """The words of a sound sequence, commonest first; empty where there is none."""
    return _words().get(_key(sounds), ())


def _key(sounds: Sequence[int]) -> str:
    return "".join(map(chr, sounds))


@cache
def _words() -> Mapping[str, tuple[str, ...]]:
    try:
        lines = FILE.read_text("utf-8").splitlines()
        rows = [line.split("\t") for line in lines]
        return {_key([_PLACE[s] for s in said.split()]): tuple(w.split()) for said, w in rows}
    except (OSError, ValueError, KeyError) as error:
        raise WordsUnusable(
            f"{FILE}: the list of words cannot be read ({error!r}); "
            "restore it from the release, or make it with `python -m linli.answer_words`"
        ) from error
