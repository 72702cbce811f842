"""Taking a request, the listening half: answers, corrections, second thoughts, a yes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from intents.types import WHEN, Understanding

from .acts import bare
from .answer import CLOSED_SETS, Answer, Answered
from .dishes import only_part
from .draft import notices, usable
from .earlier import as_before
from .echo import has_yes, names_closer
from .plans import own_words, puts_off_another
from .second_thought import Others, for_waiting
from .taking import Taking
from .unsaid import Unsaid

_SURE = 0.6
"""Confidence from which on a cancellation is believed while a request is being taken."""
_NAMED = frozenset({"hospital", "doctor"})
"""Slots whose values have full names, which count also beside a yes."""


class Order(Taking):
    """A request that is being taken, and what the elder says to it."""

    def heard(self, text: str, meant: Understanding) -> None:
        """The elder said something while this request was being taken."""
        draft, talk = self._draft(), self._talk
        slot = talk.question.slot if talk.question else None
        kept = for_waiting(talk, draft, text)
        if bare(text) and not kept:
            talk.failures = 0
            talk.say("noted")
            talk.ask_again()
            return
        both = kept != bare(text)
        text, meant = own_words(talk, draft.intent, text, kept, meant)
        asked = slot if slot in draft.dialogue.slots or slot in WHEN else None
        answer = Answer(talk, draft).read(text, meant, asked)
        if not draft.confirming:
            answer.values = {**as_before(talk, draft), **answer.values}
        same = bool(answer.values) and not self._differs(answer.values)
        self._echo = answer.echo or same
        if same and has_yes(talk, draft, text, last=True):
            answer.corrected = False
        others = Others(talk, draft, meant, answer)
        if self._only_asks(text) and self._asided(text, recap=slot == "confirm"):
            return
        if draft.confirming and puts_off_another(talk, draft, text):
            talk.failures = 0
            talk.ask_again()
        elif self._stops(text, answer):
            self.drop(then=others.intents)
        elif others.same_again(text):
            self._go_on_with(others.shared())
        elif answer.fills(asked) and not others.clearly(asked, answer):
            self._answered(text, answer, others)
        elif not (both and self._differs(answer.values)) and others.come_up(
            text, self._verdict(text)
        ):
            self._turn_to(text, others)
        elif slot == "confirm":
            self._confirmed(text, meant, answer, others)
        elif slot == "which":
            self._which(text, meant, answer, others)
        else:
            self._unanswered(text, meant, answer, asked, others)

    def _only_asks(self, text: str) -> bool:
        """A plain question about what the station knows, and nothing else."""
        return self._talk.asides.topic(text) is not None and "，" not in bare(text)

    # --- what it amounts to ---------------------------------------------------------------------

    def _stops(self, text: str, answer: Answered) -> bool:
        """It is plainly not wanted any more, and nothing else is put in its place."""
        acts, draft = self._talk.acts, self._draft()
        clauses = bare(text).split("，")
        last = -2 if acts.found("oneself", clauses[-1]) else -1
        if acts.found("forget_it", clauses[last:][0]):
            return True
        at = max((n for n, c in enumerate(clauses) if acts.found("not_any_more", c)), default=None)
        other = acts.found("swap", text) or self._of_part(text)
        if at is None or other or acts.found("not_they", clauses[at]):
            return False
        after = "，".join(clauses[at + 1 :])
        if acts.before("not_any_more", clauses[at]) == "" and acts.found("seen_to", after):
            return True
        said = self._talk.engine.extract(after, self._talk.now, draft.intent) if after else {}
        if self._differs(said) or acts.found("so_many", after):
            return False
        said = {k: v for k, v in answer.values.items() if k in {*WHEN, "items"}}
        if at == 0 and self._differs(said):
            return False
        last = draft.confirming and 0 < at == len(clauses) - 1 and not self._differs(said)
        return last or not (answer.corrected and answer.values)

    def _verdict(self, text: str) -> str | None:
        """Yes or no; to a read-back also in other words, and a question."""
        talk, draft = self._talk, self._draft()
        text = talk.acts.after("but_still", text) or text
        if not draft.confirming:
            return talk.engine.polarity(text)
        verdict = talk.verdict(text, echo=self._echo)
        if self._echo and has_yes(talk, draft, text, last=verdict == "no"):
            return "yes"
        accepts = verdict != "no" and talk.acts.found("accepts", text)
        return "yes" if accepts else verdict

    def _gives_up(self, text: str, meant: Understanding) -> bool:
        cancels = any(
            intent.name == "cancel" and intent.slots.get("about") in (None, self._draft().intent)
            for intent in meant.intents
            if meant.confidence >= _SURE
        )
        found = self._talk.acts.found
        gives_up = (cancels and not found("so_many", text)) or found("abandon", text)
        return gives_up and not self._of_part(text)

    def _of_part(self, text: str) -> bool:
        """汤不要了: nothing but a part of a meal is refused."""
        return "items" in self._draft().said and only_part(self._talk.acts, text)

    # --- to a question for a slot ---------------------------------------------------------------

    def _answered(self, text: str, answer: Answered, others: Others) -> None:
        self._take_over(answer)
        if self._talk.acts.found("also", text):
            self._talk.queue.extend(others.intents)
        self.go_on()

    def _go_on_with(self, values: Mapping[str, Any]) -> None:
        """More of the same kind was asked for and waits; some of it holds for this one too."""
        self._talk.failures = 0
        self._draft().merge(values)
        self._check_dates()
        self._talk.say("remembered", {"name": self._talk.name(self._draft().intent)})
        self.go_on()

    def _unanswered(
        self,
        text: str,
        meant: Understanding,
        answer: Answered,
        asked: str | None,
        others: Others,
    ) -> None:
        talk, draft = self._talk, self._draft()
        unsaid = Unsaid(talk, draft, asked or "")
        if instead := others.meant_instead(text):
            talk.failures = 0
            talk.queue[:0] = instead[1:]
            self.start(instead[0])
        elif set(answer.values) - {"note", *draft.said} or self._differs(answer.values):
            self._take_over(answer)
            self.go_on()
        elif self._gives_up(text, meant):
            self.drop()
        elif unsaid.minds_not(text):
            talk.failures = 0
            self.go_on()
        elif talk.acts.found("what_is_there", text) and talk.question and talk.question.choices:
            self._offer()
        elif self._asided(text):
            return
        elif unsaid.fills(text):
            talk.failures = 0
            self.go_on()
        elif not self._read_otherwise(asked):
            draft.merge(answer.values)
            self._failed(text, meant)

    def _read_otherwise(self, asked: str | None) -> bool:
        """Take what another reading of the same sound answers, where the believed one does not.

        It is doubtful, so it is asked after by its name; never a yes or no.
        """
        talk, draft = self._talk, self._draft()
        for text in talk.otherwise if asked else ():
            meant = talk.engine.understand(text, talk.now)
            answer = Answer(talk, draft).read(text, meant, asked)
            if asked and answer.fills(asked) and not isinstance(answer.values[asked], bool):
                mine = {asked: answer.values[asked]}
                self._take_over(Answered(mine, doubtful=frozenset(mine)))
                self.go_on()
                return True
        return False

    # --- another matter -------------------------------------------------------------------------

    def _turn_to(self, text: str, others: Others) -> None:
        """Another matter came up: remember it, or turn to it when this one is given up."""
        talk, draft = self._talk, self._draft()
        verdict = self._verdict(text)
        agreed = "yes" in (verdict, talk.engine.polarity(text))
        agreed = agreed and not talk.acts.found("holds_back", text)
        if draft.guessed and set(others.intents[0].slots).difference(WHEN):
            talk.queue[:0] = others.intents[1:]
            self.start(others.intents[0])
        elif others.instead_of_this(text, verdict):
            self.drop(then=others.intents)
        elif not set(draft.said) - {"note"} and not talk.acts.found("also", text):
            talk.queue.append(others.this())
            talk.queue[:0] = others.intents[1:]
            self.draft = None
            self.start(others.intents[0])
        else:
            others.remember()
            talk.failures = 0
            if agreed and draft.confirming and not self._changing():
                self.file()
                return
            talk.say("remembered", {"name": talk.name(others.intents[0].name)})
            talk.ask_again()

    def _changing(self) -> bool:
        """Whether what was read back is being put right: so far nothing was agreed to."""
        question = self._talk.question
        return question is not None and question.slot == "which"

    # --- to the read-back -----------------------------------------------------------------------

    def _confirmed(self, text: str, meant: Understanding, answer: Answered, others: Others) -> None:
        talk, draft = self._talk, self._draft()
        verdict = self._verdict(text)
        if not answer.corrected and verdict == "yes" and not talk.acts.found("also", text):
            sets = CLOSED_SETS | {"items", "diet"}
            whole = {k for k, v in answer.values.items() if k in _NAMED and str(v) in text}
            answer.values = {k: v for k, v in answer.values.items() if k in sets | whole}
        if self._differs(answer.values):
            before = draft.full(talk.around)
            agreed = names_closer(talk, draft, text, before, answer)
            self._take_over(answer)
            if talk.acts.found("also", text):
                talk.queue.extend(others.intents)
            after = draft.full(talk.around)
            changed = {k for k in after if after[k] != before.get(k)}
            if agreed or self._settles(text, answer):
                self._say_value("changed", min(changed.intersection(WHEN) or changed))
                self.file()
            else:
                self._read_changes(changed)
        elif self._gives_up(text, meant) and not {"action", "delivery"} & set(answer.values):
            self.drop()
        elif verdict == "yes" and not answer.corrected:
            self._agreed(answer)
        elif set(answer.values) - {"note"}:
            talk.failures = 0
            draft.merge(answer.values)
            self._say_value("restated", sorted(set(answer.values) - {"note"})[0])
            self._ask_confirm()
        elif self._asided(text, recap=True):
            return
        elif verdict == "no" or talk.acts.found("want_change", text):
            self._ask_wrong()
        else:
            self._failed(text, meant)

    def _settles(self, text: str, answer: Answered) -> bool:
        """下午，就这样: a plain new value and a yes in one, both heard well."""
        talk, draft = self._talk, self._draft()
        plain = not answer.doubtful and set(answer.values) <= CLOSED_SETS and talk.sure
        whole = draft.missing(talk.around) is None and not notices(draft, talk.around)
        return plain and whole and talk.acts.found("settles", text)

    def _agreed(self, answer: Answered) -> None:
        """A yes; one that was badly heard is made sure of once."""
        talk, draft = self._talk, self._draft()
        draft.merge(answer.values)
        if not talk.sure and not draft.made_sure and talk.question is not None:
            draft.made_sure = True
            talk.recap()
            talk.pose(talk.question, talk.question.again)
            return
        self.file()

    def _which(self, text: str, meant: Understanding, answer: Answered, others: Others) -> None:
        talk = self._talk
        offered = talk.question.choices if talk.question else ()
        named = [c.value for c in offered if any(w in text for w in (c.label, *c.heard_as))]
        if self._differs(answer.values):
            answer.corrected = True
            self._confirmed(text, meant, answer, others)
        elif named:
            self._change_slot(str(named[0]))
        elif self._gives_up(text, meant):
            self.drop()
        elif talk.verdict(text, echo=self._echo) == "yes":
            self.go_on()
        elif not self._asided(text):
            self._failed(text, meant)

    # --- touch ----------------------------------------------------------------------------------

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
        elif slot not in {*draft.dialogue.slots, *WHEN} or not usable(slot, value):
            talk.ask_again()
        else:
            draft.merge({slot: value})
            self._check_dates()
            self.go_on()
