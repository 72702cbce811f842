"""Two requests in one sentence: where the second begins, and what each is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from intents.understanding.decide import OUT, Act
from intents.understanding.knowledge import Knowledge
from intents.words.matcher import Hit
from intents.words.normalise import PAUSE
from intents.words.reading import Reading

_SHORTEST = 3
"""Characters of a request."""
_MANY = 0.6
"""From this likelihood on a sentence holds several requests."""
_HEARD = 0.3
"""… and from this one on where the wordings ask for several."""
_SAME = 0.2
"""So likely in the other half too, it is one request told at length."""
_TRACE = 0.001
"""What each half asks for must be so likely for the whole."""
_SOME_DAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
_NEVER = 2.0
"""More than anything is likely."""
_SURE = 0.9
"""A change, cancellation or question after a booking that is so likely …"""
_DOUBTFUL = 0.6
"""… is all there is, where several requests are less likely than this …"""
_HARDLY = 0.02
"""… and the other one is less likely than this."""
_AMENDS = {"cancel", "change"}
"""What is seldom asked for in one breath."""
_TOLD = 0.1
"""One of several wordings is believed where the whole makes it so likely …"""
_OWN = 0.3
"""… or the words between two pauses do."""
_EACH = 0.5
"""How likely the reading of each half must be."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A sentence cut in two."""

    at: int
    """Where the second half begins."""
    first: str
    """What the first half asks for."""
    second: str
    """What the second half asks for."""
    sure: float
    """How likely the less likely half is."""


class Several:
    """Cuts a sentence that holds two requests."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        services = knowledge.services.items()
        self._requests = {n for n, s in services if not s.control and n not in (OUT, "emergency")}
        self._requests |= {"operator"} & set(knowledge.services)

    def __call__(
        self,
        reading: Reading,
        likely: Mapping[str, float],
        features: Sequence[str],
        asked: list[Act],
    ) -> list[Act]:
        """The acts in the order spoken; empty when there is one request or none."""
        many = self._knowledge.opinion(features, "many").get("several", 0.0)
        if len({act.intent for act in asked}) > 1 and not self._added(asked, reading.text):
            asked = [
                act for act in asked
                if likely.get(act.intent, 1.0) >= _TOLD or self.borne_out(act, reading.text)
            ]  # fmt: skip
        worded = len({act.intent for act in asked}) > 1
        if worded and many >= _HEARD:
            return [] if self._alone(asked, likely, many) else asked
        if many < _MANY:
            return []
        cut = self._cut(reading.text, asked)
        if cut is None:
            return []
        if min(likely.get(cut.first, 1), likely.get(cut.second, 1)) < self._least(cut, reading):
            return []
        both = [
            Act(cut.first, 0, cut.at, cut.sure),
            Act(cut.second, cut.at, len(reading.text), cut.sure),
        ]
        return [] if self._alone(both, likely, many) else both

    def _least(self, cut: Cut, reading: Reading) -> float:
        """How likely the whole must make what each half asks for."""
        weighed = self._knowledge.weigh(self._knowledge.traces(reading.text))
        wanted = {cut.first, cut.second}
        if cut.sure >= _SURE and self._joined(reading.text, cut.at):
            return 0.0
        if "cancel" in wanted and "cancel" in weighed and weighed["cancel"].score < 0:
            return _NEVER  # 旧沙发不要了，来人收走
        if wanted == _AMENDS:
            return _SAME  # 明天那个车，往后推一个钟头 is one change
        if wanted <= self._knowledge.meta:
            return _HARDLY
        return _TRACE

    def _joined(self, text: str, at: int) -> bool:
        """Whether a word joins on what follows (还有药也没了 · 那天的号也给我挪到下周一)."""
        if PAUSE not in text[max(at - 1, 0) : at + 1]:
            return False  # 养老金认证我也没弄
        end = text.find(PAUSE, at + 1)
        words = [hit for hit in self._knowledge.joints.find(text) if hit.words != PAUSE]
        return any(at <= hit.start < (end if end > 0 else len(text)) for hit in words)

    def _alone(self, found: Sequence[Act], likely: Mapping[str, float], many: float) -> bool:
        """Whether one only names what the other cancels, changes or asks after."""
        best = next(iter(likely), OUT)
        if many >= _DOUBTFUL or best not in self._knowledge.meta or likely[best] < _SURE:
            return False
        return any(likely.get(act.intent, 1.0) < _HARDLY for act in found)

    def _added(self, asked: Sequence[Act], text: str) -> bool:
        """车也要一个: whether the words that ask say themselves that it is something more."""
        words = [hit.start for hit in self._knowledge.joints.find(text) if hit.words != PAUSE]
        return any(act.start < at < act.end for at in words for act in asked)

    def borne_out(self, act: Act, text: str) -> bool:
        """Whether more than a wording speaks for a request, in a text that holds others.

        早饭别送了，我要空肚子抽血 asks for no test: its own words do not make that likely, and
        nothing joins it on.
        """
        joints = self._knowledge.joints.find(text)
        before = max((h for h in joints if h.start <= act.start), key=_start, default=None)
        joined = before is not None and before.words != PAUSE
        return joined or self.own(act, text) >= _OWN

    def own(self, act: Act, text: str) -> float:
        """How likely the words between two joints make what they ask for."""
        joints = self._knowledge.joints.find(text)
        begin = max((hit.end for hit in joints if hit.start <= act.start), default=0)
        end = min((hit.start for hit in joints if hit.start >= act.end), default=len(text))
        return self._likely(text[begin:end]).get(act.intent, 1.0)

    def _cut(self, text: str, asked: Sequence[Act]) -> Cut | None:
        """The cut whose halves ask most clearly for different things."""
        best: Cut | None = None
        for at in sorted({hit.start for hit in self._knowledge.joints.find(text) if hit.start}):
            head, tail = text[:at].strip("，"), text[at:].strip("，")
            if min(len(head), len(tail)) < _SHORTEST or any(map(self._only_when, (head, tail))):
                continue
            one, other = self._likely(head), self._likely(tail)
            first, second = next(iter(one)), next(iter(other))
            sure = min(one[first], other[second])
            same = first == second or min(one[second], other[first]) >= _SAME
            same = same or (second == "operator" and other[first] >= _SAME / 4)
            same = same or any(self._odd(a, first if a.start < at else second) for a in asked)
            if same or sure < _EACH or not {first, second} <= self._requests:
                continue
            if best is None or sure > best.sure:
                best = Cut(self._with_time(text, at), first, second, sure)
        return best

    def _odd(self, act: Act, half: str) -> bool:
        """Whether a wording asks for something else, and not for what its half asks after."""
        return act.intent != half and half not in self._knowledge.meta

    def _with_time(self, text: str, at: int) -> int:
        """磨刀，下午再找个人: the time right before the joint is of what follows it."""
        pause = text.rfind(PAUSE, 0, at)
        timed = text[at] != PAUSE and 0 < pause < at - 1 and self._only_when(text[pause + 1 : at])
        return pause if timed else at

    def _only_when(self, half: str) -> bool:
        """明天上午十点，给我留个号: nothing but when the other half shall be."""
        found = self._knowledge.slots.moments.find(half, _SOME_DAY)
        return len(half) - sum(one.end - one.start for one in found) <= 1

    def _likely(self, text: str) -> Mapping[str, float]:
        known = self._knowledge
        return known.opinion(known.describe(Reading(text, text)))


def _start(hit: Hit[str]) -> int:
    return hit.start
