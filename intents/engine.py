"""The engine: text and clock in, understanding out. Deterministic, offline, a few milliseconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

from intents import HOME
from intents.services import Service
from intents.types import Understanding
from intents.understanding.agreement import agreed
from intents.understanding.cues import ACCEPT
from intents.understanding.knowledge import Knowledge
from intents.understanding.taught import Lesson, Lessons, Near
from intents.understanding.understander import Understander
from intents.values.slots import Said

Completeness: TypeAlias = Literal["complete", "enough", "unfinished", "pressing", "unknown"]
_MUCH = 12
"""Characters: who has said so much, and not in one breath, has seldom more to say."""
_ONE_BREATH = 20
"""Characters: more than that is not said in one breath, even where no pause was heard."""
_SOME_DAY = datetime(2026, 1, 5, 9, tzinfo=UTC)


class Engine:
    """Understands what elders ask for."""

    def __init__(self, knowledge: Knowledge, lessons: Iterable[Lesson] = ()) -> None:
        self._knowledge = knowledge
        self.lessons = tuple(each for each in lessons if each.intent in knowledge.services)
        """What staff taught; what names no service of ours is left out."""
        rules, reader = HOME / "rules" / "lessons.yaml", knowledge.reader
        self._lessons = Lessons(rules, reader.fold, reader.accent, self.lessons)
        self._understander = Understander(knowledge, self._lessons)

    @classmethod
    def load(
        cls,
        directory: Path | None = None,
        *,
        region: str = "xinyang",
        extra: Mapping[str, Sequence[str]] | None = None,
        lessons: Iterable[Lesson] = (),
    ) -> Engine:
        """Read the data files.

        `region` weights the accent (xinyang, bazhong, northern); `extra` adds a station's own
        names to lists (e.g. `{"hospitals": [...], "dishes": [...], "places": [...]}`), `lessons` is
        what its staff taught.
        Raises DataError with file and line when a file cannot be used.
        """
        return cls(Knowledge(directory or HOME, region, extra or {}), lessons)

    def taught(self, lessons: Iterable[Lesson]) -> Engine:
        """An engine with the same knowledge and these lessons; takes no time."""
        return Engine(self._knowledge, lessons)

    @property
    def intents(self) -> Sequence[str]:
        """The names of all intents."""
        return tuple(self._knowledge.services)

    @property
    def services(self) -> Mapping[str, Service]:
        """What each service wants to know, by intent."""
        return self._knowledge.services

    def understand(self, text: str, now: datetime) -> Understanding:
        """What one utterance means; any text, never raises."""
        return self._understander(text, now)

    def agreed(self, readings: Sequence[str], now: datetime) -> int:
        """The place of the reading to believe, of several of the same sound, best first."""
        return agreed(readings, lambda text: self.understand(text, now))

    def lesson_for(self, text: str) -> Near | None:
        """The lesson that a text would be taken for, emergency or not; None: none speaks of it."""
        heard = self._knowledge.reader.fold(text)
        return self._lessons.alarm(heard) or self._lessons(heard)

    def extract(
        self, text: str, now: datetime, intent: str, asked: str | None = None
    ) -> dict[str, Any]:
        """The slots of `intent` found in a follow-up answer; `asked` is the slot it answers.

        Bare values are understood: 八点 for a time, 三个人, 灯 for a repair, 送 for a delivery.
        """
        answer = self.polarity(text)
        reading = self._knowledge.reader(text)
        found = self._knowledge.follow_up.answer(
            Said(reading.text, now, intent, asked), None if answer is None else answer == "yes"
        )
        taught = self._lessons(reading.heard, intent=intent, asked=asked) if asked else None
        return {**found, **taught.lesson.slots} if taught else found

    def settled(self, text: str) -> str:
        """The text without a value that was only thought of (五十，五十块不够，一百吧)."""
        plain = self._knowledge.reader.plain(text)
        settled = self._knowledge.slots.aloud.settled(plain)
        return text if settled == plain else settled

    def correction(
        self, text: str, now: datetime, intent: str, current: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """Only the slots that change (不是两份，是三份); None when nothing is corrected.

        A slot that no longer holds (the part of a day beside a new clock time) comes as None.
        """
        return self._knowledge.follow_up.correction(
            self._knowledge.reader(text).text, now, intent, current
        )

    def polarity(self, text: str) -> Literal["yes", "no"] | None:
        """Yes, no, or neither; a no with a new value is a no, a question is neither."""
        return self._knowledge.polarity(self._knowledge.reader.plain(text))

    def emergency(self, text: str) -> tuple[str, str] | None:
        """Kind and the words that raised it; cheap enough for partial text."""
        alarm = self._understander.alarm(text)
        return (alarm.kind, alarm.heard) if alarm else None

    def worry(self, text: str) -> tuple[str, str] | None:
        """Kind and words of what may be an emergency, but too doubtful for an alarm."""
        alarm = self._understander.worry(text)
        return (alarm.kind, alarm.heard) if alarm else None

    def completeness(self, text: str, intent: str | None = None) -> Completeness:
        """Whether an elder seems to have finished speaking; `enough`: they may well go on."""
        known = self._knowledge
        plain = known.reader.plain(text)
        if not plain:
            return "unknown"
        if self.emergency(text):
            return "pressing"
        if known.endings.think(plain):
            return "unfinished"
        if known.polarity.whole(plain):
            return "complete"
        if known.endings.trail(plain):
            return "unfinished"
        found = self._wanted(known.reader(text).text, intent)
        return "complete" if found == "enough" and self._settled(plain) else found

    def _settled(self, plain: str) -> bool:
        """Whether hardly anybody adds to a request that would do as it is."""
        endings, length = self._knowledge.endings, sum(map(str.isalnum, plain))
        if endings.end(plain) or length >= _ONE_BREATH:
            return True
        much, closed, clauses = length >= _MUCH, endings.close(plain), "，" in plain
        return sum((much, closed, clauses)) > 1

    def _wanted(self, text: str, intent: str | None) -> Completeness:
        """Whether nothing is missing; `enough` where no more than what is needed was said."""
        known = self._knowledge
        best = next(iter(known.weigh(known.traces(text)).values()), None)
        name = intent or (best.intent if best and best.score >= ACCEPT else None)
        service = known.services.get(name or "")
        if service is None or name is None:
            return "unknown"
        if service.control:
            return "complete"
        slots = known.slots.read(Said(text, _SOME_DAY, name))
        needed = [slot.name for slot in service.slots.values() if slot.need is True]
        return "enough" if slots and all(name in slots for name in needed) else "unknown"

    def canonical(self, list_name: str, surface: str) -> str | None:
        """The standard word of a list for what was said; None when the list has none."""
        words = self._knowledge.lists.get(list_name)
        hits = words.find(self._knowledge.reader(surface).text) if words else []
        return hits[0].payload if hits else None

    def standard(self, list_name: str, text: str) -> str:
        """The text with the words of a list in their standard form (馍不要了: 馒头不要了)."""
        for hit in reversed(self._knowledge.lists[list_name].find(text)):
            text = text[: hit.start] + hit.payload + text[hit.end :]
        return text

    def vocabulary(self, list_name: str) -> Sequence[str]:
        """The standard words of a list; empty for an unknown list."""
        words = self._knowledge.lists.get(list_name)
        return tuple(words.values) if words else ()
