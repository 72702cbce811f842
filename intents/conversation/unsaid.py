"""A question that gets no plain answer: whatever, I do not know, or words nobody knows."""

from __future__ import annotations

from .acts import bare
from .defaults import RULES
from .dialogue import SlotTalk
from .draft import Draft
from .talk import Talk

_LONGEST = 16
"""Characters of words that are taken as they are."""


class Unsaid:
    """Fills the slot that was asked for with what stands for such an answer."""

    def __init__(self, talk: Talk, draft: Draft, asked: str) -> None:
        self._talk = talk
        self._draft = draft
        self._slot = draft.dialogue.slots.get(asked, SlotTalk(asked))

    def fills(self, text: str) -> bool:
        """Whether the slot is settled by these words, for want of better ones."""
        return self._gives_up(text) or self._as_said(text)

    def minds_not(self, text: str) -> bool:
        """随便, 不晓得: what stands for that."""
        talk, draft, slot = self._talk, self._draft, self._slot
        answer, acts = talk.engine.polarity(text), talk.acts
        full = draft.full(talk.around)
        if slot.free and answer in ("no", None) and talk.failures == 0 and len(text) > 1:
            draft.said[slot.name] = slot.fallback
        elif acts.found("any", text) and (slot.default_when_any or slot.unknown is not None):
            rule = RULES.get(slot.default_when_any)
            draft.said[slot.name] = rule(full, talk.around) if rule else slot.unknown
            self._keep_words(text)
        elif acts.found("unknown", text) and slot.unknown is not None:
            draft.said[slot.name] = slot.unknown
            self._keep_words(text)
        else:
            return False
        return True

    def _gives_up(self, text: str) -> bool:
        """A soft question is asked no third time; a yes to a default takes it."""
        talk, draft, slot = self._talk, self._draft, self._slot
        acts = talk.acts
        answer = talk.engine.polarity(text) or (talk.verdict(text) == "yes" and "yes") or None
        if slot.soft and (
            answer is not None
            or acts.found("unknown", text)
            or acts.found("any", text)
            or talk.failures >= 1
        ):
            draft.give_up(slot, talk.around)
            return True
        known = draft.full(talk.around).get(slot.name) is not None
        return bool(slot.name) and known and answer == "yes"

    def _as_said(self, text: str) -> bool:
        """The elder's own words, where they plainly are an answer or nothing else will come."""
        talk, draft, slot = self._talk, self._draft, self._slot
        words = bare(text)
        told = len(words) > 2 and talk.engine.polarity(text) is None
        at_once = bool(slot.otherwise_when) and talk.acts.found(slot.otherwise_when, text)
        if not told or not (at_once or talk.failures >= 1) or talk.acts.found("vague", text):
            return False
        if slot.otherwise is not None:
            draft.said[slot.name] = slot.otherwise
            draft.merge({"note": words})
            talk.say("noted")
        elif slot.as_said and len(words) <= _LONGEST:
            draft.said[slot.name] = talk.acts.after("lives_in", words) or words
            draft.doubtful.add(slot.name)
        else:
            return False
        return True

    def _keep_words(self, text: str) -> None:
        """What was told beside 随便 is not lost."""
        if self._slot.otherwise_when and self._talk.acts.found(self._slot.otherwise_when, text):
            self._draft.merge({"note": bare(text)})
