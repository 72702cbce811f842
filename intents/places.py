"""Where from and where to."""

from __future__ import annotations

import re
from pathlib import Path

from intents.data import load
from intents.lists import WordList
from intents.template import DIGITS


class Places:
    """Reads places; words are in `rules/places.yaml` and `lists/places.yaml`."""

    def __init__(self, path: Path, known: WordList, correcting: re.Pattern[str]) -> None:
        data = load(path)
        n = f"[{DIGITS}]"
        stops = str(data["stops"]).replace("N", n)
        free = rf"(?:(?!{stops})[^，])"
        named = rf"{free}{{0,10}}(?:{data['endings']})"
        self._known = known
        self._correcting = correcting
        self._to = re.compile(rf"{data['verbs']}(?:了)?(?:一趟)?(?:我们?|他|她)?(?P<place>{named})")
        self._open = re.compile(rf"{data['verbs']}(?P<place>{free}{{2,6}})(?={stops}|$)")
        self._origin = [
            re.compile(str(source).replace("PLACE", rf"(?:我们?)?{named}"))
            for source in data["origin"]
        ]
        self._taken_home = re.compile(data["taken_home"])
        self._home = re.compile(data["home"])
        self._not = set(map(str, data["not_place"]))
        self._strip = re.compile(data["strip"])
        self._named = re.compile(
            rf"^(?:{data['verbs']})?(?P<place>{free}{{0,10}}(?:{data['endings']}))"
        )

    def origin(self, text: str) -> tuple[str, int, int] | None:
        """The place of departure and where it is said."""
        for pattern in self._origin:
            match = pattern.search(text)
            if match and (name := self._clean(match["place"])):
                return name, *match.span("place")
        return None

    def destination(self, text: str, *, open_end: bool) -> str | None:
        """Where to; `open_end` takes any words after a verb of going."""
        start = self.origin(text)
        body = text
        if start:
            body = text[: start[1]] + "，" * (start[2] - start[1]) + text[start[2] :]
        found = [
            (m.end(), name) for m in self._to.finditer(body) if (name := self._clean(m["place"]))
        ]
        found += [
            (hit.end, self._longer(body, hit.start, hit.end, hit.payload))
            for hit in self._known.find(body)
            if hit.length > 1 and not any(abs(end - hit.end) < 6 for end, _ in found)
        ]
        found.sort()
        fixes = [m.end() for m in self._correcting.finditer(body)]
        chosen: str | None = "家" if self._taken_home.search(body) else None
        last = -1
        for end, name in found:
            if chosen is None or any(last <= fix <= end for fix in fixes):
                chosen, last = name, end
        if chosen:
            return chosen
        if self._home.search(body):
            return "家"
        if open_end and (match := self._open.search(body)):
            return self._clean(match["place"]) or None
        return None

    def _longer(self, text: str, start: int, end: int, name: str) -> str:
        return name if text[start:end] != name else text[start:end]

    def bare(self, text: str) -> str | None:
        """The place of an answer that is nothing but a place."""
        match = self._named.match(text)
        if match and (name := self._clean(match["place"])):
            return name
        going = self.destination(text, open_end=False)
        if going:
            return going
        hits = self._known.find(text)
        return hits[0].payload if hits else None

    def _clean(self, name: str) -> str:
        name = self._strip.sub("", name).strip("的，")
        hits = self._known.find(name)
        if hits and hits[0].length == len(name):
            name = hits[0].payload
        if name in self._not or (len(name) < 2 and name != "家"):
            return ""
        return "家" if name == "家里" else name
