"""Short cries: so few words that nothing can be weighed, and help must come at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, TypeAlias

from intents.words.data import load
from intents.words.normalise import PAUSE
from intents.words.pinyin import sound

Sounds: TypeAlias = tuple[str, ...]
_STAMMER = re.compile(r"^(.)\1+(?!$)")
"""来来人啊: the first syllable said again."""
_NAMED = "N"
"""Stands for whoever is named."""


class Cries:
    """Knows them; the words are in `rules/cries.yaml`."""

    def __init__(self, path: Path) -> None:
        data = load(path)
        self._longest = int(data["longest"])
        self._named = re.compile(data["named"])
        words = {"WHO": str(data["who"]), "IN": str(data["in"])}
        self._kinds = [
            (
                str(kind),
                re.compile(f"{data['before']}(?:{_full('|'.join(ways), words)}){data['after']}"),
            )
            for kind, ways in data["kinds"].items()
        ]
        self._sounds = dict(_sounds(data, "core", 0)) | dict(_sounds(data, "core_short", 1))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds there are, in the order they are tried."""
        return tuple(kind for kind, _ in self._kinds)

    def __call__(self, text: str) -> str | None:
        """The kind of a folded text that is a cry and nothing else; else None."""
        plain = _STAMMER.sub(r"\1", text.replace(PAUSE, ""))
        if len(plain) > self._longest:
            return None
        named = self._named.sub(_NAMED, plain)
        worded = next((kind for kind, cry in self._kinds if cry.fullmatch(named)), None)
        return worded or self._sounds.get(sound(plain))


def _sounds(data: Mapping[str, Any], name: str, least: int) -> Iterator[tuple[Sounds, str]]:
    """How cries sound with at least so many words around them, and their kinds."""
    leads, trails = data["core_before"], data["core_after"]
    for kind, cries in data[name].items():
        for lead, cry, trail in product(leads, cries, trails):
            if bool(lead) + bool(trail) >= least:
                yield sound(f"{lead}{cry}{trail}"), str(kind)


def _full(source: str, words: dict[str, str]) -> str:
    for name, stands_for in words.items():
        source = source.replace(name, stands_for)
    return source
