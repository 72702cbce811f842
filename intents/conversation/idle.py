"""Listening for what the elder needs, while nothing is being taken."""

from __future__ import annotations

from intents.types import AMENDS, WHEN, Choice, Intent, Understanding

from .asides import STAFF
from .booked import afterthought, each_of, new_after_all, of_booked, said_once_more
from .denial import left
from .matters import Matters
from .talk import Question
from .verdict import Doing
from .which import kinds_in

_LIKELY = 0.2
"""From this confidence on a second-best reading that fills a slot is tried."""
_FAINT = 0.25
"""Below this one nothing is asked for, where all has just been done."""
_PATIENCE = 2
"""Questions that only a person can answer, until it counts that nothing is asked for."""
_BELIEVED = 0.6
"""Below this confidence a plain question is rather that than a request."""
_WORD = 8
"""Characters beyond which a question is more than a bare word."""
_TOLD = 6
"""Characters from which on a complaint is more than a word."""
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
        weak = meant.confidence < _BELIEVED and talk.asides.topic(text) is not None
        if (weak or talk.asides.calendar(text)) and not (wanted and wanted[0].slots):
            self._told()
            return
        asks_for_it = meant.confidence >= _BELIEVED or any(intent.slots for intent in wanted)
        if not asks_for_it and talk.acts.found("only_listens", text):
            matters.let_be()
            return
        thanks = talk.acts.found("thanks_for", text) and not talk.acts.found("nothing_more", text)
        if thanks and not any(intent.slots for intent in wanted):
            talk.ask_service("say_on")
            return
        if talk.acts.found("finds_fault", text) and not self._named(wanted):
            matters.hand_over("asked")
            return
        if self._over(text, meant, wanted):
            matters.farewell()
            return
        if meant.unsure and self._either(meant):
            return
        fitting = self._fitting(text) if not wanted else None
        anew = self._anew(text) if not talk.bookings.open() else None
        if fitting is not None:
            self.chose(fitting, text)
        elif anew is not None and (not wanted or self._same_kind(wanted[0], anew, text)):
            matters.begin([anew])
        elif (told := self._told_booking(text)) is not None:
            matters.begin([told])
        elif (after := self._after(text, wanted)) is not None:
            matters.begin([after])
        elif wanted:
            self._begin(self._possible(wanted, text, meant), meant)
        elif not self._answered(text, offered_person=offered_person):
            self._guessed(text, meant)

    @staticmethod
    def _named(wanted: list[Intent]) -> bool:
        """Whether something new is ordered: a dish, a repair, a place."""
        own = (set(one.slots) for one in wanted if one.name not in AMENDS)
        return any(slots - _VAGUE - {"delivery"} for slots in own)

    def _over(self, text: str, meant: Understanding, wanted: list[Intent]) -> bool:
        """没得了，把你们麻烦了, when all is done: what little sounds like a wish is none."""
        talk = self._matters.talk
        wanted = wanted if meant.confidence >= _FAINT else []
        told = any(value is not None for one in wanted for value in one.slots.values())
        if told or not talk.outcomes:
            return False
        doubtful = bool(wanted) and meant.confidence < _BELIEVED
        done = doubtful and talk.acts.found("nothing_more", text)
        return done or self._only_agrees(text, wanted)

    def _only_agrees(self, text: str, wanted: list[Intent]) -> bool:
        """要得，你帮我登记起, after it was filed: it has been done, nothing is asked for."""
        talk = self._matters.talk
        doing: Doing = "cancel" if talk.outcomes[-1:] == ["cancelled"] else "book"
        if talk.acts.found("also", text) or any(w.name not in ("status", doing) for w in wanted):
            return False
        plain = doing == "cancel" or talk.engine.polarity(text) == "yes"
        return plain and talk.verdict(text, doing) == "yes"

    def _after(self, text: str, wanted: list[Intent]) -> Intent | None:
        """Words about what was filed a moment ago, unless they ask for something of their own."""
        own = any(intent.name not in AMENDS and intent.slots for intent in wanted)
        return None if own else afterthought(self._matters.talk, text)

    def _told_booking(self, text: str) -> Intent | None:
        """等不了，让他下午来: what was just told of shall be at another time."""
        talk = self._matters.talk
        rows = [row for row in talk.bookings.open() if row.index in talk.listed]
        moves = ("tell_them", "too_soon")
        if len(rows) != 1 or not any(talk.acts.found(move, text) for move in moves):
            return None
        said = talk.engine.extract(left(talk.acts, text).text, talk.now, rows[0].intent, None)
        new = {k: v for k, v in said.items() if k in WHEN and v is not None}
        new = {k: v for k, v in new.items() if k != "part" or "time" not in new}
        return Intent("change", {"about": rows[0].intent, **new}) if new else None

    def _answered(self, text: str, *, offered_person: bool) -> bool:
        """A yes to what was offered, a goodbye, or that something is wanted after all."""
        matters, talk = self._matters, self._matters.talk
        answer = talk.engine.polarity(text)
        offered = talk.question.choices if talk.question else ()
        if answer == "yes" and len(offered) == 2 and matters.known(offered[0].value):
            self.chose(offered[0].value)
        elif talk.acts.found("have_more", text) and talk.outcomes:
            talk.ask_service("say_on")
        elif offered_person and answer == "yes" and talk.channel == "phone":
            matters.hand_over("asked")
        elif (anew := self._anew(text)) is not None:
            matters.begin([anew])
        elif talk.acts.found("only_here", text):
            matters.let_be()
        elif said_once_more(talk, text):
            talk.say("noted")
            talk.ask_again()
        elif self._finished(text, answer):
            matters.farewell()
        else:
            return False
        return True

    def _guessed(self, text: str, meant: Understanding) -> None:
        """Nothing was plainly asked for: what it is most likely about, or a question."""
        likely = self._likely(text, meant) or self._amending(text)
        if likely is not None:
            self._matters.begin([likely])
        elif (ailing := self._ailing(text)) is not None:
            self._matters.suppose(ailing)
        elif not self._told():
            self._matters.ladder.failed(text, meant)

    def _begin(self, wanted: list[Intent], meant: Understanding) -> None:
        """A request that was put as a question (收多少钱) has its answer first."""
        talk = self._matters.talk
        if talk.asides.topic(talk.heard) and wanted[0].name in talk.dialogues:
            told = talk.asides.answer(talk, wanted[0].name)
            if told is not None:
                talk.say(*told)
        told_of = any(set(one.slots) - _VAGUE for one in wanted)
        if meant.confidence < _BELIEVED and len(wanted) == 1 and not told_of:
            self._matters.suppose(wanted[0])
        else:
            self._matters.begin(wanted)

    def _told(self) -> bool:
        """A question that asks for nothing to be done is answered, as far as one knows."""
        talk = self._matters.talk
        told = talk.asides.answer(talk, None)
        if told is None or (told[0] == STAFF and talk.told >= _PATIENCE):
            return False
        talk.told += told[0] == STAFF
        talk.say(*told)
        talk.ask_again()
        return True

    def _anew(self, text: str) -> Intent | None:
        """没有？那重新叫一个: of the kind that was asked after and is not there."""
        talk, about = self._matters.talk, self._matters.amend.last_about
        wanted = talk.acts.found("anew", text) or talk.acts.found("any", text)
        if about not in talk.dialogues or not wanted:
            return None
        said = talk.engine.extract(text, talk.now, str(about), None)
        return Intent(str(about), {**self._matters.amend.last_told, **said})

    def _same_kind(self, wanted: Intent, anew: Intent, text: str) -> bool:
        """那就约一个，明天下午: words that name no other service are of the one before."""
        ways = self._matters.talk.named["bookings"].get(wanted.name, ())
        another = bool(set(wanted.slots) - _VAGUE) or any(way in text for way in ways)
        return wanted.name in (*AMENDS, anew.name) or not another

    def _ailing(self, text: str) -> Intent | None:
        """Who only tells what ails them most likely wants to be seen: it is asked about anyway."""
        talk = self._matters.talk
        if len(text) < _TOLD or not talk.acts.found("ailing", text):
            return None
        if not talk.acts.found("own_body", text) or talk.acts.found("past_or_well", text):
            return None
        talk.unclaimed.append(text)
        return Intent("appointment")

    def _possible(self, wanted: list[Intent], text: str, meant: Understanding) -> list[Intent]:
        """A change needs something that is booked; without it, it may be a new request."""
        talk, first = self._matters.talk, wanted[0]
        if first.name in AMENDS and (each := each_of(talk, text)):
            return each
        instead = of_booked(talk, first, text) or new_after_all(talk, first, text)
        plain = first.name == "cancel" and talk.acts.found("undo", text)
        amends = first.name in ("change", "cancel") and not plain
        amends = amends and not talk.acts.found("abandon", text)
        if instead is None and amends and not talk.bookings.open():
            instead = self._likely(text, meant)
        if instead is None:
            return wanted
        return [instead, *(one for one in wanted[1:] if one.name != instead.name)]

    def _likely(self, text: str, meant: Understanding) -> Intent | None:
        """A bare word (电费) names its service well enough: it is read back anyway."""
        talk = self._matters.talk
        if len(text) > _WORD and talk.acts.found("asks", text):
            return None
        for guess in meant.alternatives[:1]:
            if guess.confidence >= _LIKELY and guess.intent in talk.dialogues:
                slots = talk.engine.extract(text, talk.now, guess.intent, None)
                if set(slots) - _VAGUE:
                    return Intent(guess.intent, slots)
        return None

    def _amending(self, text: str) -> Intent | None:
        """退一个, 改一下, 我都约了啥: about something that is booked."""
        talk = self._matters.talk
        if not talk.bookings.open():
            return None
        if talk.acts.found("my_list", text):
            return Intent("status", {"about": None})
        kinds = kinds_in(talk, talk.bookings.open())
        moves = ("instead", "shifts")
        if len(kinds) == 1 and any(talk.acts.found(move, text) for move in moves):
            return Intent("change", {"about": kinds.pop()})
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
            gives_up = acts.found("abandon", text)
            return nothing or gives_up or acts.found("all_clear", text)
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
