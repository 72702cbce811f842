"""Other matters that come up while a request is being taken."""

from __future__ import annotations

from typing import Any

from intents.types import WHEN, Intent, Understanding

from .acts import bare
from .answer import CLOSED_SETS, Answered
from .dialogue import SlotTalk
from .draft import Draft
from .talk import Talk

_STRONG = 0.6
"""From this confidence on another service is believed while a question is open."""
_LIKELY = 0.3
"""From this confidence on another service is believed where this one was mistaken for it."""
_CLEAR = 0.7
"""From this confidence on it is believed where what was read back is said again."""
_SURE = 0.85
"""From this confidence on another service is believed against an answer in free words."""
_ONE_ORDER = frozenset({"meal"})
"""Services of which more is simply added."""


class Others:
    """What else was asked for beside the request at hand."""

    def __init__(self, talk: Talk, draft: Draft, meant: Understanding, answer: Answered) -> None:
        self._talk = talk
        self._draft = draft
        self._meant = meant
        self._answer = answer
        self.intents: list[Intent] = [
            intent
            for intent in meant.intents
            if intent.name in talk.dialogues and intent.name != draft.intent
        ]

    def this(self) -> Intent:
        """The request at hand, as it can wait."""
        return Intent(self._draft.intent, dict(self._draft.said))

    def meant_instead(self, text: str) -> list[Intent]:
        """车，我说的是车: nothing is known of this request yet, and it was another all along."""
        talk = self._talk
        if set(self._draft.said) - {"note"}:
            return []
        rest = talk.acts.after("i_said", text)
        ways = talk.named["bookings"]
        kinds = [kind for kind in ways if rest and any(way in rest for way in ways[kind])]
        if len(kinds) == 1 and kinds[0] != self._draft.intent:
            return [Intent(kinds[0], talk.engine.extract(text, talk.now, kinds[0]))]
        told = [one for one in self.intents if set(one.slots).difference(WHEN, {"note"})]
        misled = talk.failures > 0 and self._meant.confidence >= _LIKELY
        return told if misled and not self._answer.values else []

    def come_up(self, text: str, verdict: str | None) -> bool:
        """Whether another matter is meant in earnest, and not an answer misread as one."""
        talk, acts, values = self._talk, self._talk.acts, self._answer.values
        refused = self._draft.confirming and verdict == "no"
        when = any(acts.found("times_only", part) for part in bare(text).split("，"))
        moved = not set(values).isdisjoint(WHEN) and (refused or when)
        waiting = {intent.name for intent in talk.queue}
        known = any(other.name in waiting for other in self.intents)
        meant = self._meant
        doubtful = not known and (meant.unsure or meant.confidence < _STRONG)
        aside = acts.found("asks", text) and not any(
            set(intent.slots).difference(WHEN) for intent in self.intents
        )
        corrected = self._answer.corrected and bool(values)
        asked = talk.question.slot if talk.question else ""
        slot = self._draft.dialogue.slots.get(asked)
        free = slot is not None and not acts.found("also", text) and self._told(slot, text)
        misread = corrected or moved or doubtful or aside or free
        misread = misread or self._said_again(text) or self._unnamed(text) or self._there(text)
        return bool(self.intents) and not misread

    def _said_again(self, text: str) -> bool:
        """叫孙子来拿, where it will be fetched anyway: rather this than a call to the grandson."""
        before, values = self._draft.full(self._talk.around), self._answer.values
        same = bool(values) and all(before.get(name) == value for name, value in values.items())
        same = same and CLOSED_SETS.issuperset(values)
        doubtful = self._meant.confidence < _CLEAR and not self._talk.acts.found("also", text)
        return self._draft.confirming and same and doubtful

    def _there(self, text: str) -> bool:
        """去中医院, of an appointment: another hospital, and no ride to it."""
        where = self._answer.values.get("hospital")
        places = (other.slots.get("destination") for other in self.intents)
        ways = self._talk.named["bookings"].get("taxi", ())
        return bool(where) and set(places) == {where} and not any(way in text for way in ways)

    def _unnamed(self, text: str) -> bool:
        """你们送来, to a read-back: what else could be brought is not named, this is."""
        before = self._draft.full(self._talk.around)
        said = {k: v for k, v in self._answer.values.items() if k in CLOSED_SETS.difference(WHEN)}
        puts_right = self._draft.confirming and any(before.get(k) != v for k, v in said.items())
        ways = self._talk.named["bookings"]
        return puts_right and not any(
            set(other.slots).difference({*WHEN, "delivery", "note"})
            or any(way in text for way in ways.get(other.name, ()))
            for other in self.intents
        )

    def _told(self, slot: SlotTalk, text: str) -> bool:
        """Whether the words are an answer, whatever else they sound like."""
        told = bool(slot.otherwise_when) and self._talk.acts.found(slot.otherwise_when, text)
        return slot.free or told

    def clearly(self, asked: str | None, answer: Answered) -> bool:
        """牙科, to the question what to eat: no dish that is known, but another request is."""
        dishes = set(self._talk.engine.vocabulary("dishes"))
        known = any(dish.get("name") in dishes for dish in answer.values.get("items") or [])
        meant = self._meant
        sure = meant.confidence >= _SURE and not meant.unsure
        return asked == "items" and not known and sure and any(i.slots for i in self.intents)

    def instead_of_this(self, text: str, verdict: str | None) -> bool:
        """Whether the request at hand is given up for it."""
        no = verdict == "no" and not self._draft.confirming
        return no or any(self._talk.acts.found(move, text) for move in ("abandon", "not_that"))

    def remember(self) -> None:
        """Let them wait; more words on something that waits already are joined to it."""
        queue = self._talk.queue
        for new in self.intents:
            at = next((i for i, waiting in enumerate(queue) if waiting.name == new.name), None)
            if at is None:
                queue.append(new)
            else:
                queue[at] = Intent(new.name, {**queue[at].slots, **new.slots}, new.fuzzy)

    # --- the same service again -----------------------------------------------------------------

    def same_again(self, text: str) -> bool:
        """再给我老伴挂个眼科, beside one for orthopaedics: a second request, which waits."""
        talk, draft = self._talk, self._draft
        main = draft.dialogue.main
        had = draft.said.get(main)
        asked_more = talk.acts.found("one_more", text) and not talk.acts.found("swap", text)
        whom = self._answer.values.get("for_whom")
        if asked_more and whom not in (None, draft.said.get("for_whom")) and had is not None:
            said = {k: v for k, v in self._answer.values.items() if k != "note"}
            talk.queue.append(Intent(draft.intent, {**draft.said, **said}))
            return True
        again = [i for i in self._meant.intents if i.name == draft.intent and i.slots.get(main)]
        new = [intent for intent in again if intent.slots[main] != had]
        if draft.intent in _ONE_ORDER or had is None or not new or not asked_more:
            return False
        talk.queue.extend(new)
        return True

    def shared(self) -> dict[str, Any]:
        """A day or time that was said for both."""
        if not self._talk.acts.found("both", self._talk.heard):
            return {}
        return {k: v for k, v in self._answer.values.items() if k in WHEN}


def for_waiting(talk: Talk, draft: Draft, text: str) -> str:
    """药送到屋里，号要礼拜五上午的: what is said of a matter that waits is kept there.

    Gives the words that are left for the one at hand; empty when none are.
    """
    rest: list[str] = []
    at, told = -1, -1
    for clause in bare(text).split("，"):
        follows = at >= 0 and talk.acts.found("times_only", clause)
        at = at if follows else _waiting(talk, draft, clause)
        if at >= 0 and talk.acts.found("abandon", clause):
            del talk.queue[at]  # 剃头的算了: and why, until the matter at hand is named again
            return "，".join(rest)
        if _keep(talk, at, clause):
            told = at
        else:
            rest.append(clause)
    return "，".join(c for c in rest if not _only_of(talk, draft, told, c))


def _keep(talk: Talk, at: int, clause: str) -> bool:
    """Let a matter that waits learn what a clause says; whether it says anything of it."""
    waits = talk.queue[at] if at >= 0 else None
    said = talk.engine.extract(clause, talk.now, waits.name) if waits else {}
    if waits and said:
        said = {k: v for k, v in said.items() if k in WHEN or k not in waits.slots}
        talk.queue[at] = Intent(waits.name, {**waits.slots, **said}, waits.fuzzy)
    return bool(said)


def _only_of(talk: Talk, draft: Draft, at: int, clause: str) -> bool:
    """我们两个人一路去, beside words on a ride that waits: nothing of the matter at hand."""
    if at < 0 or set(talk.engine.extract(clause, talk.now, draft.intent)) - {"note"}:
        return False
    said = talk.engine.extract(clause, talk.now, talk.queue[at].name)
    own = set(said) - set(draft.dialogue.slots) - {*WHEN, "note"}
    return bool(own) and _keep(talk, at, clause)


def _waiting(talk: Talk, draft: Draft, clause: str) -> int:
    """The place of the waiting matter that a clause begins with or names; −1 for none."""
    ways = talk.named["bookings"]
    if any(clause.startswith(way) for way in ways.get(draft.intent, ())):
        return -1
    for at, waits in enumerate(talk.queue):
        if waits.name == draft.intent:
            continue
        begins = any(clause.startswith(way) for way in ways.get(waits.name, ()))
        if begins or _named_again(talk, waits, clause):
            return at
    return -1


def _named_again(talk: Talk, waits: Intent, clause: str) -> bool:
    """收拾屋子嘛: whether a clause says again what a matter that waits is about."""
    dialogue = talk.dialogues.get(waits.name)
    main = waits.slots.get(dialogue.main) if dialogue else None
    if dialogue is None or not isinstance(main, str):
        return False
    return bool(talk.engine.extract(clause, talk.now, waits.name).get(dialogue.main) == main)
