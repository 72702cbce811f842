"""Emergencies: found first, without a question, in partial text too."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from intents.understanding.cries import Cries
from intents.words.data import Macros, load, strings
from intents.words.matcher import Hit, Matcher

Strength: TypeAlias = Literal["always", "sure", "maybe"]
_GUARDS = (
    "never", "harmless", "past", "now", "haste", "chronic", "booking", "aside", "calm",
)  # fmt: skip
_TWO = 2


@dataclass(frozen=True, slots=True)
class Sign:
    """A wording of an emergency."""

    kind: str
    """fall, chest_pain, breathing …"""
    strength: Strength
    """always: alarms whatever the opinion makes of it; sure: by itself; maybe: in need of a sign
    of now."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """An emergency that was heard."""

    kind: str
    """Which."""
    heard: str
    """The words that raised it."""
    sure: bool
    """Whether it alarmed by itself."""
    always: bool = False
    """Whether it is one whatever the opinion makes of it."""


@dataclass(frozen=True, slots=True)
class Tone:
    """What the words around an emergency speak for, whether or not one is named."""

    guards: Set[str]
    """The kinds of guards in the text, as in `rules/emergency.yaml`."""

    @property
    def denied(self) -> bool:
        """Whether the words as heard speak against any alarm that a repair puts into them."""
        return "never" in self.guards and "now" not in self.guards

    @property
    def doubtful(self) -> bool:
        """Whether they do, or name what is merely feared, or are about the talk itself."""
        return bool(self.guards & {"aside", "harmless"}) or self.denied

    @property
    def calm(self) -> bool:
        """Whether a text speaks of ordinary life in words that no emergency is told with."""
        return "calm" in self.guards

    @property
    def pressing(self) -> bool:
        """Whether help is called for."""
        return "haste" in self.guards

    @property
    def chronic(self) -> bool:
        """Whether a text speaks of something that has lasted long."""
        return "chronic" in self.guards


class Emergencies:
    """Looks for emergencies; the wordings are in `rules/emergency.yaml`."""

    def __init__(self, path: Path, macros: Macros) -> None:
        data = load(path)
        self._cries = Cries(path.with_name("cries.yaml"))
        self._short = int(data["short"])
        self._address = re.compile(data["address"])
        self.telling = frozenset(f"k:{sense}" for sense in str(data["telling"]).split())
        """Features of which an emergency holds at least one, when no wording tells of it."""
        self._signs: Matcher[Sign] = Matcher()
        self._guards: Matcher[str] = Matcher()
        for kind, strengths in data["kinds"].items():
            for strength in get_args(Strength):
                for source in strings(strengths.get(strength) or [], path, str(kind)):
                    self._signs.add(macros.parse(source, path), Sign(str(kind), strength))
        for guard in _GUARDS:
            for source in strings(data[guard], path, guard):
                self._guards.add(macros.parse(source, path), guard)

    def phrases(self) -> set[str]:
        """Every wording, for repair."""
        return set(self._signs.phrases())

    def __call__(self, text: str) -> Alarm | None:
        """The alarm of a folded text; None when there is none."""
        kind, told = self._cries(text), self._told(text)
        if kind and told and told.kind == kind:
            return replace(told, sure=True, always=True)
        return Alarm(kind, text, True, True) if kind else told

    def _told(self, text: str) -> Alarm | None:
        """The alarm of words that may tell more than that somebody is in danger."""
        found = self._signs.find(text)
        if not found:
            return None
        guards: dict[str, list[Hit[str]]] = {}
        for hit in self._guards.find(text):
            guards.setdefault(hit.payload, []).append(hit)
        signs = [sign for sign in found if not _harmless(sign, guards)]
        if "never" in guards and not self._stronger(signs, guards):
            return None
        standing = [sign for sign in signs if not _past(sign, guards)]
        sure = [s for s in standing if s.payload.strength != "maybe"]
        plain = [s for s in standing if s.payload.strength == "maybe"]
        if sure and not _booked(guards):
            named = sure if any(s.payload.kind != "other" for s in sure) else [*sure, *plain]
            always = any(s.payload.strength == "always" for s in sure)
            kind, words = min(named, key=_first).payload.kind, min(sure, key=_first).words
            return Alarm(kind, words, True, always)
        if "booking" in guards or "chronic" in guards:
            return None
        if plain and self._now(text, plain, guards):
            return _alarm(min(plain, key=_first))
        return None

    def unaddressed(self, text: str) -> str:
        """A folded text without the words that only say whom it is told."""
        return self._address.sub("", text)

    def tone(self, text: str) -> Tone:
        """What else a folded text tells."""
        return Tone({hit.payload for hit in self._guards.find(text)})

    def _now(self, text: str, maybe: list[Hit[Sign]], guards: dict[str, list[Hit[str]]]) -> bool:
        return (
            len(text) <= self._short
            or "haste" in guards
            or "now" in guards
            or len({sign.payload.kind for sign in maybe}) >= _TWO
        )

    def _stronger(self, signs: list[Hit[Sign]], guards: dict[str, list[Hit[str]]]) -> bool:
        """A sure sign after a word of now, with every guard before that word."""
        sure = [s for s in signs if s.payload.strength != "maybe"]
        last = max(hit.end for hit in guards["never"])
        return any(
            last <= now.start <= sign.start + 1 for now in guards.get("now", ()) for sign in sure
        ) and not any(hit.start > last for hit in guards.get("past", ()))


def _booked(guards: Mapping[str, object]) -> bool:
    """A visit is asked for, for something of long standing, or gone by and not pressing."""
    lasting = "chronic" in guards or ("past" in guards and "haste" not in guards)
    return "booking" in guards and lasting


def _harmless(sign: Hit[Sign], guards: dict[str, list[Hit[str]]]) -> bool:
    """Whether a sign ends in words that mean nothing bad (怕着火); 冒烟了，怕着火 stays one."""
    return any(hit.start < sign.end <= hit.end for hit in guards.get("harmless", ()))


def _past(sign: Hit[Sign], guards: dict[str, list[Hit[str]]]) -> bool:
    before = [hit for hit in guards.get("past", ()) if hit.start < sign.end]
    if not before:
        return False
    last = max(hit.end for hit in before)
    return not any(last <= hit.start < sign.end for hit in guards.get("now", ()))


def _first(sign: Hit[Sign]) -> tuple[bool, int, int]:
    return sign.payload.kind == "other", sign.start, -sign.length


def _alarm(sign: Hit[Sign]) -> Alarm:
    return Alarm(sign.payload.kind, sign.words, sign.payload.strength == "sure")
