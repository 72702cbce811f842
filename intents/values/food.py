"""Names of dishes that no list has, made of what dishes are made of (莴笋炒腊肉, 荞麦馒头)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from intents.words.data import load


class Food:
    """Finds composed names; the parts are in `rules/food.yaml`."""

    def __init__(self, path: Path) -> None:
        data = load(path)
        ways, foods, ends = (
            "|".join(sorted(map(str, data[part]), key=lambda w: (-len(w), w)))
            for part in ("ways", "foods", "ends")
        )
        self._name = re.compile(
            rf"(?:(?:{foods}|{ways}){{1,4}}(?:{ends}|{foods})|(?:{foods}){{2,3}})(?!{data['not_after']})"
        )
        self._cooked = re.compile(
            rf"(?P<food>{foods})(?:要|给我)?(?P<way>炖|红烧|清蒸|炒|煮|卤|蒸|烧|炸)得"
        )
        self._done = re.compile(
            rf"(?P<way>{data['done']})(?P<amount>{data['some']})(?P<what>(?:{foods})+(?:{ends})?)(?!{data['not_after']})"
        )
        self._whole = re.compile(data["whole"])
        self._food = re.compile(foods)
        self._never = re.compile(data["never"])

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Start, end and name of every composed dish; its amount may stand inside (炒个豆腐)."""
        for match in self._done.finditer(text):
            what = match["what"]
            yield *match.span("what"), what if self._whole.search(what) else match["way"] + what
        for match in self._name.finditer(text):
            name = match.group()
            if not self._never.match(name) and self._food.search(name):
                yield *match.span(), name
        for match in self._cooked.finditer(text):
            yield *match.span(), match["way"] + match["food"]
