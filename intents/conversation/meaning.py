"""What an utterance means here: the engine's reading, looked at again in the light of the talk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from intents.types import AMENDS, Heard, Intent, Understanding

from .acts import bare
from .matters import Matters

_SURE = 0.7
"""Confidence from which on a request after second thoughts is one."""
_PLAIN = 0.8
"""Confidence from which on a clause asks for something of its own."""
_MANY = 3
"""Requests in one breath that are looked for clause by clause."""
_MOST_CUTS = 4
"""Pauses in an utterance at which it is tried to be two."""

_OTHERS = 2
"""Other readings that may ask for something where the one believed does not: the more are asked,
the more talk is taken for a request."""


class Meaning:
    """Understands an utterance; what is open and what is booked decides between readings."""

    def __init__(self, matters: Matters) -> None:
        self._matters = matters
        self._talk = matters.talk

    def of(self, text: str) -> Understanding:
        """What it means; who begins anew in mid-sentence (…算了，…) means what follows."""
        meant = self._understand(text)
        anew = self._taken_back(text) or self._anew(text, meant)
        if anew is not None:
            return anew
        first = meant.first.name
        if first == "out_of_scope" and (rest := self._talk.acts.after("no_matter", text)):
            more = self._understand(rest)
            return more if self._matters.known(more.first.name) else meant
        if first in ("yes", "no") and self._matters.asking_service:
            return self._after_answer(text, meant)
        if not self._matters.known(first):
            return meant
        return (
            self._with_cancelled(text, meant)
            or self._many(text, meant)
            or self._with_second(text, meant)
            or self._several(text, meant)
            or meant
        )

    def best(self, event: Heard, meant: Understanding) -> Understanding:
        """Another reading of the same audio, when the first asks for nothing."""
        if meant.first.name != "out_of_scope" or not self._matters.asking_service:
            return meant
        for other in event.alternatives[:_OTHERS]:
            reading = self._understand(other)
            if reading.first.name in self._talk.dialogues and not reading.unsure:
                return reading
        return meant

    def _understand(self, text: str) -> Understanding:
        return self._talk.engine.understand(text, self._talk.now)

    def _taken_back(self, text: str) -> Understanding | None:
        """我孙女接我去吃，刚才那个饭莫做了: what was made a moment ago, whatever the reason."""
        talk = self._talk
        if not self._matters.asking_service or not any(row.here for row in talk.bookings.open()):
            return None
        for clause in bare(text).split("，"):
            if talk.acts.found("just_now", clause):
                meant = self._understand(clause)
                if meant.first.name == "cancel":
                    return meant
        return None

    def _anew(self, text: str, meant: Understanding) -> Understanding | None:
        """叫车去公园……太冷，不去了，给我闺女打个电话: only the last is wanted."""
        rest = self._talk.acts.after("restart", text)
        takes_back = any(intent.name in AMENDS for intent in meant.intents)
        if not rest or not self._matters.asking_service or takes_back:
            return None
        now = [c for c in rest.split("，") if not self._talk.acts.found("put_off", c)]
        anew = self._understand("，".join(now) or rest)
        reason = self._talk.acts.found("not_at_hand", rest)
        sure = (bool(anew.first.slots) or anew.confidence >= _SURE) and not reason
        if not self._matters.known(anew.first.name) or not sure:
            gives_up = self._talk.acts.found("abandon", text)
            return Understanding((Intent("out_of_scope"),), 1.0) if gives_up else None
        later = meant.first.name in self._talk.dialogues and meant.first.name != anew.first.name
        if later and self._talk.acts.found("first_this", text):
            return replace(anew, intents=(anew.first, meant.first))
        return anew

    def _after_answer(self, text: str, meant: Understanding) -> Understanding:
        """没有？那重新叫一个，去百货大楼: more than a yes or no."""
        for rest in self._tails(text):
            more = self._understand(rest)
            if self._matters.known(more.first.name):
                return more
        return meant

    def _with_second(self, text: str, meant: Understanding) -> Understanding | None:
        """A second request after 另外, 再 or the like, which the first swallowed."""
        rest = self._talk.acts.after("joint", text)
        if not rest or len(meant.intents) > 1:
            return None
        second = self._understand(rest).first
        if second.name not in self._talk.dialogues or second.name == meant.first.name:
            return None
        return replace(meant, intents=(meant.first, second))

    def _several(self, text: str, meant: Understanding) -> Understanding | None:
        """空调滴水，热水器点不着，两样都看看: one request for each."""
        talk, first = self._talk, meant.first
        if first.name not in talk.dialogues or not talk.acts.found("several", text):
            return None
        main = talk.dialogues[first.name].main
        if len(meant.intents) > 1 or main not in first.slots or first.name == "meal":
            return None
        said = [talk.engine.extract(c, talk.now, first.name) for c in bare(text).split("，")]
        named = list(dict.fromkeys(str(one[main]) for one in said if one.get(main)))
        if len(named) < 2:
            return None
        each = tuple(Intent(first.name, {**first.slots, main: name}) for name in named)
        return replace(meant, intents=each)

    def _many(self, text: str, meant: Understanding) -> Understanding | None:
        """挂个骨科，叫个车去医院，再送个午饭: each plainly asked for in words of its own."""
        clauses, named = bare(text).split("，"), list[str]()
        own: list[list[str]] = []
        for clause in clauses if len(clauses) >= _MANY else ():
            read = self._understand(clause)
            name, plain = read.first.name, read.confidence >= _PLAIN and not read.unsure
            if name in self._talk.dialogues and plain and name not in named:
                named.append(name)
                own.append([clause])
            elif own:
                own[-1].append(clause)
        if len(named) < _MANY or len(named) <= len(meant.intents):
            return None
        firsts = [self._understand("，".join(each)).first for each in own]
        wanted = tuple(one for one, name in zip(firsts, named, strict=True) if one.name == name)
        return replace(meant, intents=wanted, unsure=False) if len(wanted) == len(named) else None

    def _with_cancelled(self, text: str, meant: Understanding) -> Understanding | None:
        """午饭取消，晚上订碗饺子: something that is booked is taken back in the first breath."""
        talk = self._talk
        named = [intent.name for intent in meant.intents]
        if not talk.bookings.open() or (set(named) & AMENDS and named != ["cancel"]):
            return None
        for rest in self._tails(text):
            before = bare(text)[: -len(rest)].strip("，")
            back = self._understand(before).first
            if back.name not in ("cancel", "change"):
                continue
            about = back.slots.get("about")
            more = self._understand(rest)
            if named == ["cancel"] and not talk.acts.found("asks_new", rest):
                continue
            new = [i for i in more.intents if i.name in talk.dialogues]
            if new and any(r.intent == about for r in talk.bookings.open()):
                wanted: tuple[Intent, ...] = (back, *new)
                return replace(more, intents=wanted, unsure=False)
        return None

    def _tails(self, text: str) -> Iterator[str]:
        """What follows each pause, the longest first."""
        clauses = bare(text).split("，")
        for at in range(1, min(len(clauses), _MOST_CUTS + 1)):
            yield "，".join(clauses[at:])
