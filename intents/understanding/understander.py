"""Understands one utterance: emergency first, then answers, then what is wanted.

Two witnesses are heard: the wordings of the service files, which say exactly where something is
asked for, and the opinion, which has learned from examples and never fails to have one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from intents.types import Guess, Intent, Understanding
from intents.understanding.alarms import Alarms
from intents.understanding.choice import Case, choose
from intents.understanding.cues import ACCEPT
from intents.understanding.decide import OUT, Act, Scene, acts
from intents.understanding.emergency import Alarm
from intents.understanding.fill import fill
from intents.understanding.knowledge import Knowledge
from intents.understanding.several import Several
from intents.understanding.taught import Lessons, Near
from intents.words.normalise import PAUSE

_WITH_ALARM = ("taxi", "call_family", "medicine", "housekeeping", "appointment", "meal", "cancel")
_SHORT_YES = 10
_PLAIN = 0.9
"""From this likelihood on the opinion outweighs a leading no."""
_WORDED = 0.7
"""A wording that asks outright is trusted so far at least."""
_UNWORDED = 0.62
"""How far the opinion is trusted where no wording asks."""
_ALONE = 0.9
"""What the opinion finds less likely gives way to what a word is by itself …"""
_NAMED = 0.6
"""… which is trusted so far at least."""
_TAUGHT = 0.9
"""How far a lesson is trusted whose very words are heard."""
_WORTH = 0.05
"""Other readings are told from this likelihood on."""
_GASPS, _BREATH = 4, 3
"""Pieces into which gasping cuts a sentence, and how many characters they have on average."""
_PLAINLY, _SURELY = 4.0, 0.97
"""How much a wording weighs, and how likely its own clause makes it, to be asked for in a tale."""
_BOTH = 2
"""What is asked for, and what puts it right."""
_CERTAIN = 0.97
"""How likely an emergency must be that is told beside something else."""
_CLOSE = 0.2
"""Two readings this close are too close to choose."""
_ALIKE = 0.3
"""… when each is at least so likely."""


class Understander:
    """Puts reading, evidence, opinion, choice and slots together."""

    def __init__(self, knowledge: Knowledge, lessons: Lessons) -> None:
        self._knowledge = knowledge
        self._lessons = lessons
        self._alarms = Alarms(knowledge)
        self._several = Several(knowledge)
        self._last: tuple[str, Case | None] = ("", None)

    def __call__(self, text: str, now: datetime) -> Understanding:
        """What an utterance means; never raises."""
        known = self._knowledge
        case = self._case(text)
        if case is None:
            answer = known.polarity(known.reader.plain(text))
            return Understanding((Intent(answer or OUT),), 0.9 if answer else 0.5)
        alarm = self._alarm(case)
        asked = acts(case.scene)
        if alarm:
            return self._alarmed(alarm, case, asked, now)
        taught = self._lessons(case.reading.heard)
        if taught:
            return self._taught(taught, case, now)
        answer = self._answer(text, case, asked)
        if answer:
            return _answered(answer, case, asked)
        chosen = self._chosen(case, asked)
        if not chosen:
            return _nothing(case)
        return self._wanted(case, chosen, now)

    def alarm(self, text: str) -> Alarm | None:
        """The emergency of a text, partial text too; None when there is none."""
        case = self._case(text)
        return None if case is None else self._alarm(case)

    def worry(self, text: str) -> Alarm | None:
        """What may be an emergency, where it is too doubtful for an alarm."""
        case = self._case(text)
        if case is None or self._alarm(case) is not None:
            return None
        return self._alarms.worry(case.reading, case.likely, case.features)

    def _alarm(self, case: Case) -> Alarm | None:
        """A lesson takes no alarm away; one that was approved twice may raise it.

        Who gasps word by word (说，不，上话，气，短) is heard as if there were no pauses, too.
        """
        alarm = self._alarms(case.reading, case.likely, case.features)
        if alarm is not None and not alarm.sure:
            alarm = self._said_to_anybody(case, alarm)
        alarm = alarm or self._by_itself(case)
        clauses = case.reading.text.split(PAUSE)
        if alarm is None and len(clauses) >= _GASPS and _gasped(clauses):
            whole = self._looked_into("".join(clauses))
            alarm = self._alarms(whole.reading, whole.likely, whole.features) if whole else None
        if alarm is None and (taught := self._lessons.alarm(case.reading.heard)):
            kind = str(taught.lesson.slots.get("kind", "other"))
            alarm = Alarm(kind, taught.lesson.text, False)
        return alarm

    def _by_itself(self, case: Case) -> Alarm | None:
        """问个煤气费，哎，这屋一股煤气味: a wording of danger that something else stands before.

        By the whole it is none; from its own clause on both judges must be nearly certain of it.
        """
        heard = case.reading.heard
        worded = self._knowledge.alarm(case.reading) if PAUSE in heard else None
        begins = heard.rfind(PAUSE, 0, max(heard.find(worded.heard), 0)) if worded else -1
        own = self._looked_into(heard[begins + 1 :]) if begins > 0 else None
        if own is None or own.likely.get("emergency", 0.0) < _CERTAIN:
            return None
        second = self._knowledge.danger(own.features)
        return self._alarms(own.reading, own.likely, own.features) if second >= _CERTAIN else None

    def _said_to_anybody(self, case: Case, alarm: Alarm) -> Alarm | None:
        """The alarm, unless nothing but whom it is told makes it one (喂，姑娘，今天好冷哦)."""
        rest = self._knowledge.emergencies.unaddressed(case.reading.heard)
        if rest == case.reading.heard:
            return alarm
        told = self._looked_into(rest)
        return self._alarms(told.reading, told.likely, told.features) if told else None

    def _taught(self, taught: Near, case: Case, now: datetime) -> Understanding:
        """What the lesson says; what the text says beside it is read as ever."""
        lesson, whole = taught.lesson, len(case.reading.text)
        found = fill(self._knowledge, case.reading, [Act(lesson.intent, 0, whole, 0.0)], now)
        first = Intent(
            lesson.intent, {**found[0].slots, **lesson.slots},
            tuple(name for name in found[0].fuzzy if name not in lesson.slots),
        )  # fmt: skip
        return Understanding(
            (first, *found[1:]),
            round(_TAUGHT - taught.apart, 2),
            _others(case, {lesson.intent}),
            why=(taught.why(), *self._why(case, lesson.intent)),
        )

    def _case(self, text: str) -> Case | None:
        """What is known of a text; None for one that says nothing.

        The last one is kept: an alarm is looked for first, and then what is wanted.
        """
        last, case = self._last
        if text != last:
            case = self._looked_into(text)
            self._last = text, case
        return case

    def _looked_into(self, text: str) -> Case | None:
        known = self._knowledge
        reading = known.reader(text)
        if not reading.text:
            return None
        traces = known.traces(reading.text)
        features = known.describe(reading, traces)
        scene = Scene(known.weigh(traces), known.services, known.absorbs, known.clauses(traces))
        alone = known.alone(reading.text)
        return Case(reading, scene.evidence, features, known.opinion(features), scene, alone)

    def _chosen(self, case: Case, asked: list[Act]) -> list[Act]:
        """What is wanted, in the order spoken; empty when nothing is."""
        best = self._best(case, asked)
        if best is None:
            return self._told_at_length(case, asked)
        several = self._several(case.reading, case.likely, case.features, asked)
        if several:
            return several
        same = [act for act in asked if act.intent == best]
        return same[:1] or [Act(best, 0, len(case.reading.text), 0.0)]

    def _told_at_length(self, case: Case, asked: list[Act]) -> list[Act]:
        """A tale, and then 给我大儿子打个电话: what a clause of its own asks for in plain words."""
        text, services = case.reading.text, self._knowledge.services
        known = [act for act in asked if act.intent in services and PAUSE in text]
        plain = [act for act in known if case.evidence[act.intent].score >= _PLAINLY]
        return [act for act in plain if self._several.own(act, text) >= _SURELY][-1:]

    def _best(self, case: Case, asked: list[Act]) -> str | None:
        """What is wanted first: what the two witnesses choose, or what a word is by itself."""
        best = choose(case, asked, self._knowledge.bare)
        if best is None or case.likely.get(best, 1.0) < _ALONE:
            best = case.alone or best
        return best

    def _alarmed(self, alarm: Alarm, case: Case, asked: list[Act], now: datetime) -> Understanding:
        with_it = [a for a in asked if a.intent in _WITH_ALARM and case.evidence[a.intent].asked]
        with_it = [a for a in with_it if self._several.borne_out(a, case.reading.text)]
        rest = fill(self._knowledge, case.reading, with_it[:1], now, alarm=True)
        return Understanding(
            (Intent("emergency", {"kind": alarm.kind}), *rest),
            0.97 if alarm.sure else 0.85,
            why=(f"emergency {alarm.kind}: {alarm.heard}", *self._why(case, "emergency")),
        )

    def _answer(self, text: str, case: Case, asked: list[Act]) -> Literal["yes", "no"] | None:
        """Yes or no, when the text is an answer."""
        polarity, plain = self._knowledge.polarity, self._knowledge.reader.plain(text)
        talk = case.evidence.get(OUT)
        if talk and talk.asked and talk.score > ACCEPT:
            return None
        whole = polarity.whole(plain)
        if whole or (case.likely.get(OUT, 0.0) >= _PLAIN and not asked):
            return whole
        return self._leading(polarity.first(plain), len(plain), case, asked)

    def _leading(
        self, first: str | None, length: int, case: Case, asked: list[Act]
    ) -> Literal["yes", "no"] | None:
        """The answer with which a longer text begins, or which it amounts to."""
        best = self._best(case, asked)
        strong = best is not None and (
            case.likely.get(best, 1.0) >= _PLAIN or any(a.intent == best for a in asked)
        )
        if best == "no" or (first == "no" and (not strong or best == "operator")):
            return "no"
        if best == "yes" or (first == "yes" and best is None and length <= _SHORT_YES):
            return "yes"
        return None

    def _wanted(self, case: Case, chosen: list[Act], now: datetime) -> Understanding:
        found = fill(self._knowledge, case.reading, chosen, now)
        if _put_right(found):
            found = fill(self._knowledge, case.reading, [_whole(chosen[0], case)], now)
        first = found[0].name
        worded = first in case.evidence and case.evidence[first].asked
        return Understanding(
            tuple(found),
            round(_trust(first, case, worded=worded), 2),
            _others(case, {intent.name for intent in found}),
            len(found) == 1 and not worded and self._close(case),
            self._why(case, first),
        )

    def _close(self, case: Case) -> bool:
        """Whether the two likeliest readings can hardly be told apart."""
        ranked = [(n, p) for n, p in case.likely.items() if n in self._knowledge.services][:2]
        if len(ranked) < 2 or OUT in (ranked[0][0], ranked[1][0]):
            return False
        (_, first), (_, second) = ranked
        return first - second < _CLOSE and second >= _ALIKE

    def _why(self, case: Case, label: str) -> tuple[str, ...]:
        lines = [f"read as {case.reading.text}"]
        lines += [f"put right: {r.heard} → {r.meant}" for r in case.reading.repairs]
        lines += [e.why() for e in list(case.evidence.values())[:4]]
        ranked = ", ".join(f"{name} {p:.2f}" for name, p in list(case.likely.items())[:4])
        told = ", ".join(self._knowledge.opinion.why(case.features, label))
        return (*lines, f"opinion: {ranked}", f"opinion on {label}: {told}")


def _gasped(clauses: Sequence[str]) -> bool:
    """Whether no more than a word or two is said at a time."""
    return sum(map(len, clauses)) <= _BREATH * len(clauses)


def _trust(first: str, case: Case, *, worded: bool) -> float:
    """How far the first reading is trusted."""
    trust = case.likely.get(first, 0.7)
    if worded:
        return max(trust, _WORDED)
    return max(_UNWORDED * trust, _NAMED if case.alone == first else 0.0)


def _put_right(found: Sequence[Intent]) -> bool:
    """叫个车，不是去甲，是去乙: what is changed is asked for just before, so it is one request."""
    names = [intent.name for intent in found]
    return len(found) == _BOTH and names[1] == "change" and found[1].slots.get("about") == names[0]


def _whole(act: Act, case: Case) -> Act:
    return Act(act.intent, 0, len(case.reading.text), act.score)


def _answered(answer: str, case: Case, asked: list[Act]) -> Understanding:
    person = [Intent(act.intent) for act in asked if act.intent == "operator"]
    return Understanding(
        (Intent(answer), *person),
        0.9,
        _others(case, {answer}),
        why=(f"answer {answer}", f"read as {case.reading.text}"),
    )


def _nothing(case: Case) -> Understanding:
    return Understanding(
        (Intent(OUT),),
        round(case.likely.get(OUT, 0.5), 2),
        _others(case, {OUT}),
        why=(f"read as {case.reading.text}", "nothing is asked for"),
    )


def _others(case: Case, taken: set[str]) -> tuple[Guess, ...]:
    rest = [(n, p) for n, p in case.likely.items() if n not in {*taken, OUT} and p >= _WORTH]
    return tuple(Guess(name, round(p, 2)) for name, p in rest[:3])
