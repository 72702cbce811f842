"""What the slot readers share: expressions of the rules, and the value that holds of a list."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from intents.values.moment import Moments
from intents.words.lists import WordList
from intents.words.matcher import Hit
from intents.words.template import DIGITS


def compiler(data: Mapping[str, Any]) -> Callable[[Any], re.Pattern[str]]:
    """Compiles the expressions of `rules/slots.yaml`: N is a digit, SURNAMES are family names."""

    def compiled(source: Any) -> re.Pattern[str]:
        text = str(source).replace("SURNAMES", str(data["doctor"]["surnames"]))
        return re.compile(re.sub(r"(?<![A-Z])N(?![A-Z])", f"[{DIGITS}]", text))

    return compiled


def best(words: WordList, text: str, moments: Moments) -> Hit[str] | None:
    """The first value of a list in a text, or the one said after words of correction."""
    hits = words.find(text)
    if not hits:
        return None
    fixes = moments.corrects(text)
    chosen = hits[0]
    for hit in hits[1:]:
        if any(chosen.end <= fix <= hit.start + 1 for fix in fixes):
            chosen = hit
    return chosen
