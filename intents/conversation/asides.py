"""Questions in the middle: answered from the station's facts, else a person will tell.

An answer is a prompt with its fields; the open question is asked again afterwards, and
neither counts as a failure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from intents import HOME
from intents.errors import DataError

from .acts import bare
from .spoken import load_yaml

if TYPE_CHECKING:
    from .talk import Talk

PATH = HOME / "rules" / "asides.yaml"
"""What is asked, as regular expressions by topic."""

STAFF = "aside_staff"
"""The prompt for what only a person can tell."""
_CALENDAR = frozenset({"today", "clock"})
"""Topics that are asked for their own sake, whatever is being taken."""

Told: TypeAlias = "tuple[str, dict[str, str]] | None"
"""A prompt with its fields; None when the station does not know."""


def _today(talk: Talk, _: str | None) -> Told:
    return "aside_day", {"day": talk.words.date(talk.now.date().isoformat(), talk.now)}


def _day(talk: Talk, intent: str | None) -> Told:
    when = talk.engine.extract(talk.heard, talk.now, intent or "taxi", "date").get("date")
    return ("aside_day", {"day": talk.words.date(str(when), talk.now)}) if when else None


def _clock(talk: Talk, _: str | None) -> Told:
    minute = talk.now.minute // 5 * 5
    return "aside_clock", {"clock": talk.words.clock(f"{talk.now:%H}:{minute:02d}")}


def _cutoff(talk: Talk, _: str | None) -> Told:
    until = talk.facts.cutoffs
    if not {"lunch", "dinner"} <= set(until):
        return None
    fields = {meal: talk.words.clock(f"{until[meal]:%H:%M}") for meal in ("lunch", "dinner")}
    return "aside_cutoff", fields


def _hospital(talk: Talk, _: str | None) -> Told:
    usual = next(iter(talk.facts.hospitals), "")
    return ("aside_hospital", {"hospital": usual}) if usual else None


def _price(_: Talk, intent: str | None) -> Told:
    return ("aside_price_visit" if intent == "housekeeping" else "aside_price"), {}


def _price_visit(_: Talk, intent: str | None) -> Told:
    return ("aside_price_visit" if intent in (None, "housekeeping") else "aside_price"), {}


def _bring(talk: Talk, intent: str | None) -> Told:
    dialogue = talk.dialogues.get(intent or "")
    if dialogue is None:
        return None
    if not dialogue.bring:
        return "aside_bring_nothing", {}
    return "aside_bring", {"things": talk.words.join(list(dialogue.bring[:2]))}


def _hours(talk: Talk, _: str | None) -> Told:
    begin, end = talk.facts.operator_from, talk.facts.operator_until
    if (begin.hour, end.hour) == (0, 23):
        return "aside_always", {}
    fields = {"begin": f"{begin:%H:%M}", "end": f"{end:%H:%M}"}
    return "aside_hours", {name: talk.words.clock(at) for name, at in fields.items()}


_TELLS: Mapping[str, Callable[[Talk, str | None], Told]] = {
    "today": _today,
    "day": _day,
    "clock": _clock,
    "cutoff": _cutoff,
    "hospital": _hospital,
    "price_visit": _price_visit,
    "price": _price,
    "bring": _bring,
    "hours": _hours,
}


class Asides:
    """Answers what is asked in the middle."""

    def __init__(self, topics: Mapping[str, re.Pattern[str]]) -> None:
        self._topics = topics

    def topic(self, text: str) -> str | None:
        """What is asked about; None when it is nothing the station knows of."""
        plain = bare(text)
        return next((name for name, p in self._topics.items() if p.search(plain)), None)

    def calendar(self, text: str) -> bool:
        """Whether the day or the clock is asked for."""
        return self.topic(text) in _CALENDAR

    def answer(self, talk: Talk, intent: str | None) -> tuple[str, dict[str, str]] | None:
        """The prompt that answers what was heard; None when nothing was asked."""
        topic = self.topic(talk.heard)
        if topic is not None:
            return _TELLS[topic](talk, intent) or (STAFF, {})
        acts, text = talk.acts, talk.heard
        asked = acts.found("asks", text) and not acts.found("any", text)
        return (STAFF, {}) if asked and not acts.found("unknown", text) else None


@cache
def load_asides(path: Path = PATH) -> Asides:
    """Read the topics once; raises `DataError` for one that is unknown or does not compile."""
    data = load_yaml(path)
    if unknown := set(data) - set(_TELLS):
        raise DataError(path, 0, f"nothing answers {sorted(unknown)[0]}", "correct or remove it")
    try:
        return Asides({name: re.compile(pattern) for name, pattern in data.items()})
    except re.error as error:
        raise DataError(path, 0, f"not a usable pattern ({error})", "mend the pattern") from error
