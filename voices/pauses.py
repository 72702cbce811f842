"""How long a mark is silent, in rendered and in composed sentences alike."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PAUSES: Mapping[str, float] = MappingProxyType(
    {
        "，": 0.32,
        "；": 0.32,
        "、": 0.6,
        "：": 0.6,
        "…": 0.7,
        "。": 0.6,
        "？": 0.6,
        "！": 0.6,
    }
)
"""Seconds of silence a mark is worth: more between options and before what matters."""

_BEFORE_LAST_OPTION = ("还是", "或者")


def pause_at(text: str, index: int, pauses: Mapping[str, float] = PAUSES) -> float:
    """Seconds at the mark `text[index]`; a comma before the last option is one between options.

    Nothing at the end of the text, and of several marks in a row only the last counts.
    """
    if index + 1 >= len(text) or text[index + 1] in pauses:
        return 0.0
    if text[index] == "，" and text.startswith(_BEFORE_LAST_OPTION, index + 1):
        return pauses["、"]
    return pauses.get(text[index], 0.0)
