"""A read-back cut into pieces: the values that can be corrected, and the words between them."""

from __future__ import annotations

from collections.abc import Sequence

from intents.conversation.dialogue import load_dialogues

from .view import Piece

_ANYWHERE = frozenset(
    {"date", "time", "part", "hospital", "items", "contact", "passengers", "quantity", "address"}
)
"""Slots that can be answered by touch whatever the service."""


def correctable(intent: str) -> frozenset[str]:
    """Slots of a service that can be asked anew and answered by touch."""
    dialogue = load_dialogues().get(intent)
    offered = (slot for slot, told in dialogue.slots.items() if told.choices) if dialogue else ()
    return _ANYWHERE | frozenset(offered)


def pieces(
    sentence: str, summary: Sequence[tuple[str, str]], slots: frozenset[str]
) -> tuple[Piece, ...]:
    """Find the words of each value of these `slots` in a sentence, the longest first; each once."""
    found: list[tuple[int, int, str]] = []
    wanted = sorted(
        ((slot, text) for slot, text in summary if slot in slots and text),
        key=lambda pair: -len(pair[1]),
    )
    for slot, text in wanted:
        start = sentence.find(text)
        while start >= 0 and _taken(found, start, start + len(text)):
            start = sentence.find(text, start + 1)
        if start >= 0:
            found.append((start, start + len(text), slot))
    made, at = [], 0
    for start, end, slot in sorted(found):
        if start > at:
            made.append(Piece(sentence[at:start]))
        made.append(Piece(sentence[start:end], slot))
        at = end
    if at < len(sentence):
        made.append(Piece(sentence[at:]))
    return tuple(made)


def _taken(found: Sequence[tuple[int, int, str]], start: int, end: int) -> bool:
    return any(start < other_end and other < end for other, other_end, _ in found)
