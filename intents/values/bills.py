"""Several bills in one breath (天然气费跟电话费, 水费五十，电费一百): one request for each."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from intents.values.reader import compiler
from intents.words.lists import WordList


class Bills:
    """Cuts a text that names several bills; words are `bills` of `rules/slots.yaml`."""

    def __init__(self, data: Mapping[str, Any], bills: WordList) -> None:
        compiled = compiler(data)
        self._bills = bills
        self._between = compiled(data["bills"]["between"])
        self._settled = compiled(data["bills"]["settled"])

    def parts(self, text: str) -> list[str]:
        """A stretch for each bill that is to be paid; empty where there is only one."""
        if self._settled.search(text):
            return []
        named = self._bills.find(text)
        beside = all(
            self._between.fullmatch(text, one.end, other.start) for one, other in pairwise(named)
        )
        if len({hit.payload for hit in named}) < len(named) or len(named) < 2 or not beside:
            return []
        starts = [0, *(hit.start for hit in named[1:]), len(text)]
        return [text[a:b].strip("，") for a, b in pairwise(starts)]
