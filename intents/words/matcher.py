"""Finds, in one pass over a text, which of thousands of templates occur where.

Each template has an anchor: strings of which one must be present. Only templates whose anchor
occurs are tried, so the time hardly grows with their number; patterns compile at first use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from intents.words.template import Node, anchors, pattern, phrases

T = TypeVar("T")
_PATTERNS: dict[str, re.Pattern[str]] = {}
"""Compiled patterns, shared by all matchers."""


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """A template found in a text."""

    payload: T
    """What the template was filed under."""
    start: int
    """Where it begins."""
    end: int
    """One past its last character."""
    words: str
    """The characters it covers."""

    @property
    def length(self) -> int:
        """How many characters it covers."""
        return self.end - self.start


class Matcher(Generic[T]):
    """Templates with what they stand for."""

    def __init__(self) -> None:
        self._nodes: list[Node] = []
        self._payloads: list[T] = []
        self._compiled: dict[int, re.Pattern[str]] = {}
        self._by_anchor: dict[str, list[int]] = {}
        self._longest: dict[str, int] = {}
        self._always: list[int] = []

    def add(self, node: Node, payload: T) -> None:
        """File a template."""
        number = len(self._nodes)
        self._nodes.append(node)
        self._payloads.append(payload)
        required = anchors(node)
        if not required:
            self._always.append(number)
            return
        for anchor in required:
            self._by_anchor.setdefault(anchor, []).append(number)
            self._longest[anchor[0]] = max(len(anchor), self._longest.get(anchor[0], 0))

    def entries(self) -> Iterator[tuple[Node, T]]:
        """Every template with what it is filed under."""
        yield from zip(self._nodes, self._payloads, strict=True)

    def phrases(self) -> Iterator[str]:
        """Every wording the templates can produce (for repair)."""
        for node in self._nodes:
            yield from phrases(node)

    def _candidates(self, text: str) -> Iterable[int]:
        found = set(self._always)
        known = self._by_anchor
        for start, char in enumerate(text):
            for end in range(start + 1, start + 1 + self._longest.get(char, 0)):
                numbers = known.get(text[start:end])
                if numbers:
                    found.update(numbers)
        return sorted(found)

    def _compile(self, number: int) -> re.Pattern[str]:
        source = pattern(self._nodes[number])
        compiled = _PATTERNS.get(source)
        if compiled is None:
            compiled = _PATTERNS[source] = re.compile(source)
        self._compiled[number] = compiled
        return compiled

    def warm(self) -> None:
        """Compile every pattern now instead of at first use."""
        for number in range(len(self._nodes)):
            self._compile(number)

    def find(self, text: str) -> list[Hit[T]]:
        """Every occurrence, in the order of the templates, overlapping ones too."""
        hits: list[Hit[T]] = []
        for number in self._candidates(text):
            compiled = self._compiled.get(number) or self._compile(number)
            hits.extend(
                Hit(self._payloads[number], match.start(), match.end(), match.group())
                for match in compiled.finditer(text)
                if match.end() > match.start()
            )
        return hits


def longest(hits: Iterable[Hit[T]]) -> list[Hit[T]]:
    """Hits without those lying inside or across a longer one, in the order of the text."""
    kept: list[Hit[T]] = []
    for hit in sorted(hits, key=lambda h: (-h.length, h.start)):
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda h: h.start)
