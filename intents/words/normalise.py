"""One spelling for what can be written in many ways, before anything is looked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from unicodedata import normalize

from intents import HOME

PAUSE = "，"
_MARKS = re.compile(r"[^\w:.%-]+|_+")
_LATIN_DOT = re.compile(r"(?<!\d)[.:%-]+|[.:%-]+(?!\d)")
_LIMIT = 600


class Normaliser:
    """Folds width, script, punctuation, fillers, stammering and dialect words."""

    def __init__(self, dialect: Mapping[str, str], fillers: Sequence[str]) -> None:
        ordered = sorted(dialect, key=len, reverse=True)
        self._dialect = [(re.compile(source), dialect[source]) for source in ordered]
        self._fillers = re.compile("|".join(fillers)) if fillers else None

    def __call__(self, text: str) -> str:
        """Plain simplified characters, pauses as a full-width comma; at most 600 characters."""
        return self._fold(text[:_LIMIT].encode("utf-8", "ignore").decode("utf-8"))

    def _fold(self, text: str) -> str:
        text = normalize("NFKC", text).lower()
        text = simplified(text)
        text = _LATIN_DOT.sub(PAUSE, _MARKS.sub(PAUSE, text))
        if self._fillers:
            text = self._fillers.sub("", text)
        for source, target in self._dialect:
            text = source.sub(target, text)
        text = re.sub(r"(.)\1{3,}", r"\1\1\1", text)
        return re.sub(f"{PAUSE}+", PAUSE, text).strip(PAUSE)


@lru_cache(maxsize=1)
def _traditional() -> dict[int, int]:
    lines = (HOME / "lists" / "traditional.txt").read_text("utf-8").splitlines()
    return str.maketrans(lines[1], lines[2])


def simplified(text: str) -> str:
    """Traditional characters as simplified ones."""
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return text.translate(_traditional())
    return text
