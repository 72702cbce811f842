"""Taking a request, the listening half: answers, corrections, second thoughts, a yes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .acts import bare
from .answer import Answer
from .defaults import RULES
from .dialogue import SlotTalk
from .draft import usable
from .taking import TIMES, Taking
from .types import Intent, Understanding

_CLOSED_SETS = TIMES | {"items", "meal", "delivery", "passengers", "quantity", "method", "action"}
"""Slots whose values cannot be conjured from a stray word."""
_STRONG = 0.6
"""From this confidence on another service is believed while a question is open."""


class Order(Taking):
    """A request that is being taken, and what the elder says to it."""

    def heard(self, text: str, meant: Understanding) -> None:
        """The elder said something while this request was being taken."""
        draft, talk = self._draft(), self._talk
        slot = talk.question.slot if talk.question else None
        asked = slot if slot in draft.dialogue.slots or slot in TIMES else None
        values, corrected = Answer(talk, draft).read(text, meant, asked)
        if self._stops(text, values, corrected=corrected):
            self.drop(then=self._others(meant))
        elif asked is not None and values.get(asked) is not None:
            self._answered(text, meant, values)
        elif self._takes_other(text, meant, values, corrected=corrected):
            return
        elif slot == "confirm":
            self._confirmed(text, meant, values, corrected=corrected)
        elif slot == "which":
            self._which(text, values, meant)
        else:
            self._unanswered(text, meant, values, asked)

    def _stops(self, text: str, values: Mapping[str, Any], *, corrected: bool) -> bool:
        """It is plainly not wanted any more, and nothing else is put in its place."""
        acts, before = self._talk.acts, self._draft().full(self._talk.around)
        moved = any(before.get(name) != values.get(name) for name in TIMES & set(values))
        other_dishes = self._draft().said.get("items") == []
        if corrected or moved or other_dishes or acts.found("swap", text):
            return False
        return acts.found("not_any_more", text)

    def _answer(self, text: str) -> str | None:
        """Yes, no, or neither, with a few more ways of agreeing."""
        said, acts = self._talk.engine.polarity(text), self._talk.acts
        if said is None and acts.found("agree", text) and not acts.found("also", text):
            return "yes"
        return said

    def _adds(self, text: str) -> bool:
        return self._talk.acts.found("add", text)

    def _answered(self, text: str, meant: Understanding, values: Mapping[str, Any]) -> None:
        talk = self._talk
        talk.failures = 0
        self._draft().merge(values, add=self._adds(text))
        if talk.acts.found("also", text):
            talk.queue.extend(self._others(meant))
        self._check_dates()
        self.go_on()

    def _others(self, meant: Understanding) -> list[Intent]:
        mine = self._draft().intent
        return [
            intent
            for intent in meant.intents
            if intent.name in self._talk.dialogues and intent.name != mine
        ]

    def _takes_other(
        self, text: str, meant: Understanding, values: Mapping[str, Any], *, corrected: bool
    ) -> bool:
        """Another matter came up: remember it, or turn to it when this one is given up."""
        talk, others = self._talk, self._others(meant)
        answer = self._answer(text)
        timed = bool(TIMES & set(values))
        refused = self._draft().confirming and answer == "no"
        when = any(talk.acts.found("times_only", part) for part in bare(text).split("，"))
        moved = timed and (refused or when)
        waiting = {intent.name for intent in talk.queue}
        known = any(other.name in waiting for other in others)
        doubtful = not known and (meant.unsure or meant.confidence < _STRONG)
        if not others or corrected or moved or doubtful:
            return False
        if talk.acts.found("abandon", text) or (answer == "no" and not self._draft().confirming):
            self.drop(then=others)
            return True
        if not self._begun() and not talk.acts.found("also", text):
            talk.queue.append(Intent(self._draft().intent, dict(self._draft().said)))
            self._turn_to(others)
            return True
        for other in others:
            _remember(talk.queue, other)
        talk.failures = 0
        if answer == "yes" and self._draft().confirming:
            self.file()
            return True
        talk.say("remembered", {"name": talk.name(others[0].name)})
        talk.ask_again()
        return True

    def _begun(self) -> bool:
        """Whether anything has been said of this request yet."""
        return bool(set(self._draft().said) - {"note"})

    def _turn_to(self, others: list[Intent]) -> None:
        """Nothing was said of this request but its name: the other comes first."""
        talk = self._talk
        talk.queue[:0] = others[1:]
        self.draft = None
        self.start(others[0])

    def _gives_up(self, text: str, meant: Understanding) -> bool:
        cancels = any(
            intent.name == "cancel" and intent.slots.get("about") in (None, self._draft().intent)
            for intent in meant.intents
        )
        return cancels or self._talk.acts.found("abandon", text)

    def _confirmed(
        self, text: str, meant: Understanding, values: Mapping[str, Any], *, corrected: bool
    ) -> None:
        talk, draft = self._talk, self._draft()
        answer = self._answer(text)
        if not corrected and answer == "yes" and not talk.acts.found("also", text):
            values = {k: v for k, v in values.items() if k in _CLOSED_SETS}
        before = draft.full(talk.around)
        differs = {k for k, v in values.items() if k != "note" and before.get(k) != v}
        if differs:
            talk.failures = 0
            instead = corrected or answer == "no" or talk.acts.found("swap", text)
            draft.merge(values, add=self._adds(text) or not instead)
            self._check_dates()
            if talk.acts.found("also", text):
                talk.queue.extend(self._others(meant))
            after = draft.full(talk.around)
            self._read_changes({k for k in after if after[k] != before.get(k)})
        elif self._gives_up(text, meant):
            self.drop()
        elif answer == "yes" and not corrected:
            draft.merge(values)
            self.file()
        elif set(values) - {"note"}:
            talk.failures = 0
            draft.merge(values)
            self._say_value("restated", sorted(set(values) - {"note"})[0])
            self._ask_confirm()
        elif answer == "no" or talk.acts.found("want_change", text):
            self._ask_wrong()
        elif talk.acts.found("question", text):
            talk.failures = 0
            talk.ask_again()
        else:
            self._failed(text, meant)

    def _which(self, text: str, values: Mapping[str, Any], meant: Understanding) -> None:
        talk, draft = self._talk, self._draft()
        before = draft.full(talk.around)
        named = next(
            (c.value for c in (talk.question.choices if talk.question else ()) if c.label in text),
            None,
        )
        if any(before.get(k) != v for k, v in values.items() if k != "note"):
            self._confirmed(text, meant, values, corrected=True)
        elif named is not None:
            self._change_slot(str(named))
        elif self._gives_up(text, meant):
            self.drop()
        elif talk.engine.polarity(text) == "yes":
            self.go_on()
        else:
            self._failed(text, meant)

    def _unanswered(
        self, text: str, meant: Understanding, values: Mapping[str, Any], asked: str | None
    ) -> None:
        talk, draft = self._talk, self._draft()
        slot = draft.dialogue.slots.get(asked or "", SlotTalk(asked or ""))
        before = draft.full(talk.around)
        answer = talk.engine.polarity(text)
        if any(before.get(k) != v for k, v in values.items() if k != "note"):
            talk.failures = 0
            draft.merge(values, add=self._adds(text) or not talk.acts.found("swap", text))
            self._check_dates()
            self.go_on()
        elif self._gives_up(text, meant):
            self.drop()
        elif self._filled_without(slot, text, answer):
            return
        elif talk.acts.found("what_is_there", text) and talk.question and talk.question.choices:
            self._offer()
        else:
            draft.merge(values)
            self._failed(text, meant)

    def _offer(self) -> None:
        """What can be had: the first choices, named."""
        talk = self._talk
        labels = [choice.label for choice in (talk.question.choices if talk.question else ())]
        talk.say("offers", {"options": talk.words.join(labels[:3])})
        talk.ask_again()

    def _filled_without(self, slot: SlotTalk, text: str, answer: str | None) -> bool:
        """Whatever, I do not know, or a bare yes: take what stands for that."""
        talk, draft = self._talk, self._draft()
        full = draft.full(talk.around)
        if slot.free and answer in ("no", None) and talk.failures == 0 and len(text) > 1:
            draft.said[slot.name] = slot.fallback
        elif talk.acts.found("any", text) and (slot.default_when_any or slot.unknown is not None):
            rule = RULES.get(slot.default_when_any)
            draft.said[slot.name] = rule(full, talk.around) if rule else slot.unknown
        elif talk.acts.found("unknown", text) and slot.unknown is not None:
            draft.said[slot.name] = slot.unknown
        elif slot.soft and (
            answer is not None
            or talk.acts.found("unknown", text)
            or talk.acts.found("any", text)
            or talk.failures >= 1
        ):
            draft.give_up(slot, talk.around)
        elif slot.name and full.get(slot.name) is not None and answer == "yes":
            pass
        else:
            return False
        talk.failures = 0
        self.go_on()
        return True

    def chose(self, slot: str, value: Any) -> None:
        """A tile was touched."""
        draft, talk = self._draft(), self._talk
        talk.failures = 0
        if slot == "confirm" and (talk.question is None or talk.question.slot != "confirm"):
            self.go_on()
        elif slot == "confirm":
            self.file() if value == "yes" else self._ask_wrong()
        elif slot == "which":
            self._change_slot(str(value))
        elif slot not in {*draft.dialogue.slots, *TIMES} or not usable(slot, value):
            talk.ask_again()
        else:
            draft.merge({slot: value})
            self._check_dates()
            self.go_on()


def _remember(queue: list[Intent], new: Intent) -> None:
    """Add to what waits; more words on something that waits already are joined to it."""
    for at, waiting in enumerate(queue):
        if waiting.name == new.name:
            queue[at] = Intent(new.name, {**waiting.slots, **new.slots}, new.fuzzy)
            return
    queue.append(new)
