"""Listening for what the elder needs, while nothing is being taken."""

from __future__ import annotations

from .matters import Matters
from .talk import Question
from .types import Choice, Intent, Understanding

_LIKELY = 0.2
"""From this confidence on a second-best reading that fills a slot is tried."""
_VAGUE = frozenset({"date", "time", "part", "note", "for_whom"})
"""Slots that name no service."""


class Idle:
    """Nothing is at hand: a new matter begins, or the talk comes to its end."""

    def __init__(self, matters: Matters) -> None:
        self._matters = matters

    def heard(self, text: str, meant: Understanding, *, offered_person: bool) -> None:
        """The elder said something; `offered_person`: a person has just been offered."""
        matters, talk = self._matters, self._matters.talk
        wanted = [intent for intent in meant.intents if matters.known(intent.name)]
        answer = talk.engine.polarity(text)
        offered = talk.question.choices if talk.question else ()
        if meant.unsure and self._either(meant):
            return
        fitting = self._fitting(text) if not wanted else None
        if fitting is not None:
            self.chose(fitting, text)
        elif wanted:
            matters.begin(self._possible(wanted, text, meant))
        elif answer == "yes" and len(offered) == 2 and matters.known(offered[0].value):
            self.chose(offered[0].value)
        elif talk.acts.found("have_more", text) and talk.outcomes:
            talk.ask_service("say_on")
        elif offered_person and answer == "yes" and talk.channel == "phone":
            matters.hand_over("asked")
        elif self._finished(text, answer):
            matters.farewell()
        elif (likely := self._likely(text, meant) or self._amending(text)) is not None:
            matters.begin([likely])
        else:
            matters.ladder.failed(text, meant)

    def _possible(self, wanted: list[Intent], text: str, meant: Understanding) -> list[Intent]:
        """A change needs something that is booked; without it, it may be a new request."""
        talk, first = self._matters.talk, wanted[0]
        if first.name in talk.dialogues and talk.acts.found("changes", text):
            if any(row.intent == first.name for row in talk.bookings.open()):
                change = Intent("change", {**first.slots, "about": first.name}, first.fuzzy)
                return [change, *wanted[1:]]
            return wanted
        if first.name in ("change", "cancel") and not talk.bookings.open():
            likely = self._likely(text, meant)
            return [likely, *wanted[1:]] if likely is not None else wanted
        return wanted

    def _likely(self, text: str, meant: Understanding) -> Intent | None:
        """A bare word (电费) names its service well enough: it is read back anyway."""
        talk = self._matters.talk
        for guess in meant.alternatives[:1]:
            if guess.confidence >= _LIKELY and guess.intent in talk.dialogues:
                slots = talk.engine.extract(text, talk.now, guess.intent, None)
                if set(slots) - _VAGUE:
                    return Intent(guess.intent, slots)
        return None

    def _amending(self, text: str) -> Intent | None:
        """退一个, 改一下: about something that is booked."""
        talk = self._matters.talk
        if not talk.bookings.open():
            return None
        for act, name in (("undo", "cancel"), ("changes", "change")):
            if talk.acts.found(act, text):
                return Intent(name, {"about": None})
        return None

    def _fitting(self, text: str) -> str | None:
        """Asked which of two, the elder went on: the one whose slots the words fill."""
        matters, talk = self._matters, self._matters.talk
        offered = talk.question.choices if talk.question else ()
        names = [choice.value for choice in offered if choice.value in talk.dialogues]
        if len(names) != 2 or not matters.maybe:
            return None
        fits = [n for n in names if set(talk.engine.extract(text, talk.now, n, None)) - _VAGUE]
        return str(fits[0]) if len(fits) == 1 else None

    def _finished(self, text: str, answer: str | None) -> bool:
        acts = self._matters.talk.acts
        if not self._matters.talk.outcomes:
            nothing = answer == "no" and acts.found("nothing_more", text)
            return nothing or acts.found("all_clear", text)
        return answer is not None or acts.found("nothing_more", text) or acts.found("thanks", text)

    def _either(self, meant: Understanding) -> bool:
        """Two readings scored close: ask which, once."""
        matters, talk = self._matters, self._matters.talk
        readings = [meant.first.name, *(guess.intent for guess in meant.alternatives)]
        close = [name for name in dict.fromkeys(readings) if name in talk.dialogues][:2]
        if len(close) < 2 or talk.failures:
            return False
        talk.failures += 1
        offered = tuple(Choice(name, talk.name(name)) for name in close)
        fields = {"options": talk.words.options([choice.label for choice in offered])}
        matters.maybe = {intent.name: intent for intent in meant.intents}
        talk.pose(Question("service", "either", "service_again", fields, offered, keys=True))
        return True

    def chose(self, value: str, text: str = "") -> None:
        """A service was picked; what was said of it, before or with it, is not lost."""
        matters, talk = self._matters, self._matters.talk
        from_before = matters.maybe.get(value)
        if not matters.known(value):
            talk.ask_service()
            return
        talk.ended = False
        matters.forget()
        if text:
            talk.unclaimed.append(text)
        matters.begin([from_before or Intent(value)])
