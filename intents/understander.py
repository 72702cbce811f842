"""Understands one utterance: emergency first, then answers, then what is wanted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from intents.cues import ACCEPT, Evidence
from intents.decide import OUT, Act, Scene, acts, close
from intents.emergency import Alarm
from intents.fill import fill
from intents.knowledge import Knowledge
from intents.reading import Reading
from intents.types import Guess, Intent, Understanding

_WITH_ALARM = ("taxi", "call_family")
_SHORT_YES = 10
_ENOUGH = 4
_LIKELY = 0.85
_SURE = 0.99


class Understander:
    """Puts reading, evidence, choice and slots together."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def __call__(self, text: str, now: datetime) -> Understanding:
        """What an utterance means; never raises."""
        known = self._knowledge
        reading = known.reader(text)
        if not reading.text:
            answer = known.polarity(known.reader.plain(text))
            return Understanding((Intent(answer or OUT),), 0.9 if answer else 0.5)
        evidence = known.weigh(reading.text)
        alarm = known.alarm(reading)
        scene = Scene(evidence, known.services, known.absorbs, known.clauses(reading.text))
        chosen = acts(scene)
        if alarm:
            return self._alarmed(alarm, reading, chosen, evidence, now)
        answer = self._answer(text, chosen, evidence)
        if answer:
            return self._answered(answer, reading, chosen, evidence)
        if not chosen:
            alarm, chosen = self._second(reading, evidence)
        if alarm:
            return self._alarmed(alarm, reading, [], evidence, now)
        if not chosen:
            return _nothing(reading, evidence)
        found = fill(known, reading, chosen, now)
        return Understanding(
            tuple(found),
            _confidence(evidence, found[0].name),
            _others(evidence, {intent.name for intent in found}),
            len(found) == 1 and close(evidence),
            _why(reading, evidence),
        )

    def _alarmed(
        self,
        alarm: Alarm,
        reading: Reading,
        chosen: list[Act],
        evidence: Mapping[str, Evidence],
        now: datetime,
    ) -> Understanding:
        with_it = [a for a in chosen if a.intent in _WITH_ALARM and evidence[a.intent].asked]
        rest = fill(self._knowledge, reading, with_it, now, alarm=True)
        return Understanding(
            (Intent("emergency", {"kind": alarm.kind}), *rest),
            0.97 if alarm.sure else 0.85,
            why=(f"emergency {alarm.kind}: {alarm.heard}", *_why(reading, evidence)),
        )

    def _second(
        self, reading: Reading, evidence: Mapping[str, Evidence]
    ) -> tuple[Alarm | None, list[Act]]:
        """What the whole sounds like, when no wording was recognised."""
        known = self._knowledge
        talk = evidence.get(OUT)
        if (talk and talk.asked) or len(reading.text) < _ENOUGH:
            return None, []
        intent, likely = known.second(reading.heard)
        told = any(hit.payload in ("statement", "past") for hit in known.moods.find(reading.text))
        if intent == "emergency":
            acute = known.emergencies.acute(reading.heard)
            alarmed = likely >= _SURE and acute and not told
            kind = known.emergencies.kind(reading.heard)
            return (Alarm(kind, acute, False) if alarmed else None), []
        service = known.services.get(intent)
        if service is None or intent in (OUT, "yes", "no") or likely < _LIKELY or told:
            return None, []
        return None, [Act(intent, 0, len(reading.text), ACCEPT)]

    def _answer(
        self, text: str, chosen: list[Act], evidence: Mapping[str, Evidence]
    ) -> Literal["yes", "no"] | None:
        plain = self._knowledge.reader.plain(text)
        talk = evidence.get(OUT)
        if talk and talk.asked and talk.score > ACCEPT:
            return None
        whole = self._knowledge.polarity.whole(plain)
        if whole:
            return whole
        first = self._knowledge.polarity.first(plain)
        strong = bool(chosen) and evidence[chosen[0].intent].asked
        if first == "no" and (not strong or chosen[0].intent == "operator"):
            return "no"
        if first == "yes" and not chosen and len(plain) <= _SHORT_YES:
            return "yes"
        return None

    def _answered(
        self,
        answer: str,
        reading: Reading,
        chosen: list[Act],
        evidence: Mapping[str, Evidence],
    ) -> Understanding:
        person = [Intent(act.intent) for act in chosen if act.intent == "operator"]
        return Understanding(
            (Intent(answer), *person),
            0.9,
            _others(evidence, {answer}),
            why=(f"answer {answer}", *_why(reading, evidence)),
        )


def _nothing(reading: Reading, evidence: Mapping[str, Evidence]) -> Understanding:
    best = max((e.score for e in evidence.values() if e.intent != OUT), default=0.0)
    return Understanding(
        (Intent(OUT),),
        round(min(0.95, max(0.5, 0.9 - 0.2 * max(best, 0.0))), 2),
        _others(evidence, {OUT}),
        why=_why(reading, evidence),
    )


def _confidence(evidence: Mapping[str, Evidence], name: str) -> float:
    own = evidence[name].score if name in evidence else ACCEPT
    rival = max((e.score for e in evidence.values() if e.intent != name), default=0.0)
    return _squashed(1.1 * (own - max(rival, ACCEPT - 1)) + 0.4)


def _others(evidence: Mapping[str, Evidence], taken: set[str]) -> tuple[Guess, ...]:
    rest = [e for e in evidence.values() if e.intent not in taken and e.score > 0.5]
    return tuple(Guess(e.intent, _squashed(0.7 * e.score - 2.2)) for e in rest[:3])


def _squashed(x: float) -> float:
    return round(1 / (1 + math.exp(-max(-30.0, min(30.0, x)))), 2)


def _why(reading: Reading, evidence: Mapping[str, Evidence]) -> tuple[str, ...]:
    lines = [f"read as {reading.text}"]
    lines += [f"put right: {r.heard} → {r.meant}" for r in reading.repairs]
    lines += [e.why() for e in list(evidence.values())[:5]]
    return tuple(lines)
