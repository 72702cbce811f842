"""The parts of the engine put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from intents.data import Macros
from intents.lists import load_lists
from intents.matcher import Matcher
from intents.polarity import Polarity
from intents.reading import Reader
from intents.services import Cue, load_services
from intents.types import Intent, Understanding


class Pipeline:
    def __init__(self, home: Path, region: str, extra: Mapping[str, Sequence[str]]) -> None:
        self.macros = Macros.load(home / "rules" / "macros.yaml")
        self.lists = load_lists(home / "lists", self.macros)
        for name, words in extra.items():
            if name in self.lists:
                self.lists[name].extend(words)
        self.cues: Matcher[Cue] = Matcher()
        self.services = load_services(home / "services", self.macros, self.lists, self.cues)
        words = [v for each in self.lists.values() for v in each.values]
        self.reader = Reader(home, region, [*self.cues.phrases()], words)
        self._polarity = Polarity(home / "rules" / "polarity.yaml", self.reader.plain)

    @classmethod
    def load(cls, home, region, extra):
        return cls(home, region, extra)

    def understand(self, text: str, now: datetime) -> Understanding:
        return Understanding((Intent("out_of_scope"),), 0.5)

    def extract(self, text, now, intent, asked=None): return {}
    def correction(self, text, now, intent, current): return None
    def polarity(self, text): return self._polarity(self.reader.plain(text))
    def emergency(self, text): return None
    def completeness(self, text, intent=None) -> Literal["complete", "unfinished", "unknown"]: return "unknown"
    def canonical(self, list_name, surface):
        hits = self.lists[list_name].find(surface) if list_name in self.lists else []
        return hits[0].payload if hits else None
    def vocabulary(self, list_name): return tuple(self.lists[list_name].values) if list_name in self.lists else ()
