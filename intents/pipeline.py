"""The parts of the engine put together: read, look for emergencies, weigh, choose, fill slots."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from intents.cues import ACCEPT, Evidence, Mood, weigh
from intents.data import Macros, load, strings
from intents.decide import OUT, Act, Clause, Scene, acts, close
from intents.emergency import Alarm, Emergencies
from intents.followup import FollowUp
from intents.lists import load_lists
from intents.matcher import Hit, Matcher
from intents.normalise import PAUSE
from intents.polarity import Polarity
from intents.reading import Reader, Reading
from intents.services import Cue, load_services
from intents.slots import Said, SlotReaders
from intents.types import Guess, Intent, Understanding

_SOME_DAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
_META = ("status", "cancel", "change")


class Pipeline:
    """Everything the engine knows, loaded once."""

    def __init__(self, home: Path, region: str, extra: Mapping[str, Sequence[str]]) -> None:
        rules = home / "rules"
        self.macros = Macros.load(rules / "macros.yaml")
        self.lists = dict(load_lists(home / "lists", self.macros))
        for name, words in extra.items():
            if name in self.lists:
                self.lists[name].extend(words)
        self.cues: Matcher[Cue] = Matcher()
        self.services = load_services(home / "services", self.macros, self.lists, self.cues)
        self.emergencies = Emergencies(rules / "emergency.yaml", self.macros)
        self.moods: Matcher[str] = Matcher()
        for mood, sources in load(rules / "request.yaml").items():
            for source in strings(sources, rules / "request.yaml", str(mood)):
                self.moods.add(self.macros.parse(source, rules / "request.yaml"), str(mood))
        joints = load(rules / "joints.yaml")
        self.joints: Matcher[str] = Matcher()
        for source in strings(joints["connectives"], rules / "joints.yaml", "connectives"):
            self.joints.add(self.macros.parse(source, rules / "joints.yaml"), str(source))
        self.absorbs: dict[str, list[str]] = joints["absorbs"]
        words = [value for each in self.lists.values() for value in each.values]
        phrases = [*self.cues.phrases(), *self.emergencies.phrases()]
        for each in self.lists.values():
            phrases.extend(each.phrases())
        self.reader = Reader(home, region, phrases, words)
        self.slots = SlotReaders(home, self.lists, self.services)
        self.follow_up = FollowUp(rules / "followup.yaml", self.slots)
        self._dangling = re.compile(load(rules / "followup.yaml")["dangling"])
        self._polarity = Polarity(rules / "polarity.yaml", self.reader.plain)

    @classmethod
    def load(cls, home: Path, region: str, extra: Mapping[str, Sequence[str]]) -> Pipeline:
        """Read the data files below `home`."""
        return cls(home, region, extra)

    # --- the ways in ------------------------------------------------------------------------

    def understand(self, text: str, now: datetime) -> Understanding:
        reading = self.reader(text)
        if not reading.text:
            answer = self.polarity(text)
            return Understanding((Intent(answer or OUT),), 0.9 if answer else 0.5)
        evidence = self._weigh(reading.text)
        alarm = self._alarm(reading)
        chosen = self._choose(reading, evidence, alarm)
        answer = None if alarm else self._answer(text, reading, chosen, evidence)
        if answer:
            return self._answered(answer, reading, chosen, evidence, now)
        if not chosen and not alarm:
            return self._nothing(reading, evidence)
        found = self._fill(reading, chosen, now, evidence)
        if alarm:
            found = [Intent("emergency", {"kind": alarm.kind}), *found]
            return Understanding(
                tuple(found), 0.97 if alarm.sure else 0.85, (), False,
                (f"emergency {alarm.kind}: {alarm.heard}", *self._why(reading, evidence)),
            )  # fmt: skip
        return Understanding(
            tuple(found),
            self._confidence(evidence, found[0].name),
            self._others(evidence, {intent.name for intent in found}),
            len(found) == 1 and close(evidence),
            self._why(reading, evidence),
        )

    def extract(
        self, text: str, now: datetime, intent: str, asked: str | None = None
    ) -> dict[str, Any]:
        reading = self.reader(text)
        answer = self.polarity(text)
        yes = None if answer is None else answer == "yes"
        return self.follow_up.answer(reading.text, now, intent, asked, yes)

    def correction(
        self, text: str, now: datetime, intent: str, current: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        return self.follow_up.correction(self.reader(text).text, now, intent, current)

    def polarity(self, text: str) -> Literal["yes", "no"] | None:
        return self._polarity(self.reader.plain(text))

    def emergency(self, text: str) -> tuple[str, str] | None:
        alarm = self._alarm(self.reader(text))
        return (alarm.kind, alarm.heard) if alarm else None

    def completeness(
        self, text: str, intent: str | None = None
    ) -> Literal["complete", "unfinished", "unknown"]:
        plain = self.reader.plain(text)
        if not plain:
            return "unknown"
        if self._polarity.whole(plain) or self.emergency(text):
            return "complete"
        if self._dangling.search(plain):
            return "unfinished"
        return self._finished(self.reader(text), intent)

    def _finished(
        self, reading: Reading, intent: str | None
    ) -> Literal["complete", "unfinished", "unknown"]:
        evidence = self._weigh(reading.text)
        best = next(iter(evidence.values()), None)
        name = intent or (best.intent if best and best.score >= ACCEPT else None)
        if name is None or name not in self.services:
            return "unknown"
        service = self.services[name]
        if service.control:
            return "complete"
        slots = self.slots.read(Said(reading.text, _SOME_DAY, name))
        needed = [s.name for s in service.slots.values() if s.need is True]
        if slots and all(name in slots for name in needed):
            return "complete"
        return "unknown"

    def canonical(self, list_name: str, surface: str) -> str | None:
        if list_name not in self.lists:
            return None
        hits = self.lists[list_name].find(self.reader(surface).text)
        return hits[0].payload if hits else None

    def vocabulary(self, list_name: str) -> Sequence[str]:
        return tuple(self.lists[list_name].values) if list_name in self.lists else ()

    # --- the steps --------------------------------------------------------------------------

    def _weigh(self, text: str) -> dict[str, Evidence]:
        found = self.moods.find(text)
        mood = Mood(
            tuple(hit.words for hit in found if hit.payload == "force"),
            tuple(hit.words for hit in found if hit.payload == "statement"),
        )
        told = [(c.start, c.end) for c in self._clauses(text, found) if c.past and not c.force]
        meta = {name for name, service in self.services.items() if service.meta}
        return weigh(text, self.cues, mood, told, meta | {OUT})

    def _alarm(self, reading: Reading) -> Alarm | None:
        alarm = self.emergencies(reading.heard)
        if alarm or reading.heard == reading.text:
            return alarm
        alarm = self.emergencies(reading.text)
        return alarm if alarm and alarm.sure else None

    def _choose(
        self, reading: Reading, evidence: Mapping[str, Evidence], alarm: Alarm | None
    ) -> list[Act]:
        scene = Scene(evidence, self.services, self.absorbs, self._clauses(reading.text))
        chosen = acts(scene)
        if alarm:
            return [
                act for act in chosen
                if act.intent in ("taxi", "call_family") and evidence[act.intent].asked
            ]  # fmt: skip
        return chosen

    def _clauses(self, text: str, moods: list[Hit[str]] | None = None) -> list[Clause]:
        cuts = {hit.start: hit.words != PAUSE for hit in self.joints.find(text) if hit.start}
        ends = [*sorted(cuts), len(text)]
        moods = self.moods.find(text) if moods is None else moods
        clauses, start, strong = [], 0, False
        for end in ends:
            here = {hit.payload for hit in moods if start <= hit.start < end}
            clauses.append(
                Clause(start, end, strong, "force" in here, "refers" in here, "past" in here)
            )
            start, strong = end, cuts.get(end, False)
        return clauses

    def _answer(
        self, text: str, reading: Reading, chosen: list[Act], evidence: Mapping[str, Evidence]
    ) -> str | None:
        plain = self.reader.plain(text)
        talk = evidence.get(OUT)
        if talk and talk.asked and talk.score > ACCEPT:
            return None
        whole = self._polarity.whole(plain)
        if whole:
            return whole
        first = self._polarity.first(plain)
        strong = bool(chosen) and evidence[chosen[0].intent].asked
        if first == "no" and (not strong or chosen[0].intent == "operator"):
            return "no"
        if first == "yes" and not chosen and len(plain) <= 10:
            return "yes"
        return None

    def _answered(
        self, answer: str, reading: Reading, chosen: list[Act],
        evidence: Mapping[str, Evidence], now: datetime,
    ) -> Understanding:  # fmt: skip
        found = [Intent(answer)]
        if chosen and evidence[chosen[0].intent].asked:
            found += [i for i in self._fill(reading, chosen, now, evidence) if i.name == "operator"]
        return Understanding(
            tuple(found), 0.9, self._others(evidence, {answer}), False,
            (f"answer {answer}", *self._why(reading, evidence)),
        )  # fmt: skip

    def _nothing(self, reading: Reading, evidence: Mapping[str, Evidence]) -> Understanding:
        best = max((e.score for e in evidence.values() if e.intent != OUT), default=0.0)
        return Understanding(
            (Intent(OUT),),
            round(min(0.95, max(0.5, 0.9 - 0.2 * max(best, 0.0))), 2),
            self._others(evidence, {OUT}),
            False,
            self._why(reading, evidence),
        )

    def _fill(
        self, reading: Reading, chosen: list[Act], now: datetime, evidence: Mapping[str, Evidence]
    ) -> list[Intent]:
        found: list[Intent] = []
        for act, text in zip(chosen, self._segments(reading.text, chosen), strict=True):
            slots = self.slots.read(Said(text, now, act.intent))
            if act.intent in _META:
                slots["about"] = self._about(text)
                if slots["about"] is None and found and found[-1].name not in _META:
                    slots["about"] = found[-1].name
                if act.intent == "cancel" and slots["about"] == "meal":
                    slots.pop("part", None)
                slots = self._shifted(act.intent, text, slots, now)
            if act.intent == "taxi" and found and found[0].name == "appointment":
                slots = _shared(slots, found[0])
            fuzzy = tuple(
                name for name, value in slots.items()
                if isinstance(value, str) and reading.repairs and reading.doubtful(value)
            )  # fmt: skip
            found.append(Intent(act.intent, slots, fuzzy))
        return found

    def _segments(self, text: str, chosen: list[Act]) -> list[str]:
        if len(chosen) < 2:
            return [text] * len(chosen)
        cuts = [0]
        for before, after in zip(chosen, chosen[1:], strict=False):
            joints = [
                hit for hit in self.joints.find(text)
                if before.start < hit.start and hit.end <= after.end and hit.start <= after.start
            ]  # fmt: skip
            cuts.append(max((hit.start for hit in joints), default=after.start))
        cuts.append(len(text))
        return [text[a:b].strip("，") for a, b in zip(cuts, cuts[1:], strict=False)]

    def _about(self, text: str) -> str | None:
        best: tuple[float, str] | None = None
        local = self._weigh(text)
        for name, one in local.items():
            service = self.services[name]
            if service.meta or service.control or name in (OUT, "emergency"):
                continue
            if not one.hits["about"]:
                continue
            length = max(hit.length for hit in one.hits["about"])
            score = max(one.score, 0.0) + 0.3 * length + 1.0
            if best is None or score > best[0]:
                best = (score, name)
        return best[1] if best else None

    def _shifted(
        self, intent: str, text: str, slots: dict[str, Any], now: datetime
    ) -> dict[str, Any]:
        if intent != "change":
            return slots
        shift = self.slots.moments.shift(text)
        if shift and "date" in slots and shift.days:
            day = datetime.fromisoformat(slots["date"]) + shift
            slots["date"] = day.date().isoformat()
        return slots

    def _confidence(self, evidence: Mapping[str, Evidence], name: str) -> float:
        own = evidence[name].score if name in evidence else ACCEPT
        rival = max((e.score for e in evidence.values() if e.intent != name), default=0.0)
        margin = own - max(rival, ACCEPT - 1)
        return round(1 / (1 + math.exp(-1.1 * margin - 0.4)), 2)

    def _others(self, evidence: Mapping[str, Evidence], taken: set[str]) -> tuple[Guess, ...]:
        rest = [e for e in evidence.values() if e.intent not in taken and e.score > 0.5]
        return tuple(
            Guess(e.intent, round(1 / (1 + math.exp(2.2 - 0.7 * e.score)), 2)) for e in rest[:3]
        )

    def _why(self, reading: Reading, evidence: Mapping[str, Evidence]) -> tuple[str, ...]:
        lines = [f"read as {reading.text}"]
        lines += [f"put right: {r.heard} → {r.meant}" for r in reading.repairs]
        lines += [e.why() for e in list(evidence.values())[:5]]
        return tuple(lines)


def _shared(slots: dict[str, Any], first: Intent) -> dict[str, Any]:
    """A ride ordered with an appointment goes there on that day."""
    shared = dict(slots)
    if "date" not in shared and "date" in first.slots:
        shared["date"] = first.slots["date"]
        if "time" not in shared and "part" not in shared and "part" in first.slots:
            shared["part"] = first.slots["part"]
    if "destination" not in shared and "hospital" in first.slots:
        shared["destination"] = first.slots["hospital"]
    return shared


