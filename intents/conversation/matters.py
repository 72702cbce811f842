"""The matters of one talk: the one at hand, those that wait, and how they are handed over."""

from __future__ import annotations

from typing import Any

from intents.types import AMENDS, WHEN, Choice, Connect, Intent

from .amend import Amend
from .booked import WORDS
from .dishes import Dish
from .ladder import Ladder
from .order import Order
from .talk import Question, Talk

_ENDS = ("cancel", "change")
"""What is done to a booking: staff do it where the talk breaks off."""
_ADDED = {"items", "note"}
"""All that is told of what is only added to an order."""


class Matters:
    """Takes matters up one after the other; knows how to let go of them."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.ladder = Ladder(talk, self.hand_over)
        self.order = Order(talk, self.next, self.ladder.failed)
        self.amend = Amend(talk, self.next, self.ladder.failed)
        self.handed_over = False
        self.maybe: dict[str, Intent] = {}

    @property
    def asking_service(self) -> bool:
        """Whether the open question is what the elder needs at all."""
        return self.talk.question is not None and self.talk.question.open

    @property
    def dishes(self) -> list[Dish]:
        """What is ordered so far in the meal that is being taken."""
        return self.order.draft.said.get("items") or [] if self.order.draft else []

    def known(self, intent: Any) -> bool:
        """Whether it is something that can be taken up."""
        return isinstance(intent, str) and (intent in self.talk.dialogues or intent in AMENDS)

    # --- one after the other --------------------------------------------------------------------

    def begin(self, wanted: list[Intent]) -> None:
        """Take up the first; the others wait."""
        wanted = [intent for intent in wanted if self.known(intent.name)]
        if self.talk.acts.found("add", self.talk.heard):
            wanted = _without_added(wanted)
        if len(wanted) > 1:
            dated = any(set(WHEN) & set(intent.slots) for intent in wanted)
            wanted = _same_day([self._completed(intent, dated=dated) for intent in wanted])
        new = [intent.name for intent in wanted if intent.name in self.talk.dialogues]
        wanted = [self._chosen(i) if new == [i.name] else i for i in wanted]
        self.talk.failures = 0
        self.talk.queue.extend(wanted[1:])
        self._start(wanted[0])

    def suppose(self, intent: Intent) -> None:
        """Take up what was not asked for in so many words."""
        self.begin([intent])
        if self.order.draft is not None:
            self.order.draft.guessed = True

    def _completed(self, intent: Intent, *, dated: bool) -> Intent:
        """One of several in a sentence: what it must have may stand elsewhere in it.

        A day or time only where it is of none of the others (`dated`).
        """
        talk = self.talk
        dialogue = talk.dialogues.get(intent.name)
        if dialogue is None:
            return intent
        said = talk.engine.extract(talk.heard, talk.now, intent.name, None)
        needed = {name for name, slot in dialogue.slots.items() if slot.need}
        needed = needed - set(WHEN) if dated else needed | set(WHEN) & set(dialogue.slots)
        if talk.acts.found("for_them", talk.heard):
            needed |= {"for_whom"} & set(dialogue.slots)
        more = {name: said[name] for name in needed if said.get(name) is not None}
        return Intent(intent.name, {**more, **intent.slots}, intent.fuzzy)

    def _chosen(self, intent: Intent) -> Intent:
        """A choice that was said in other words than the readers know (来食堂吃)."""
        dialogue = self.talk.dialogues[intent.name]
        return Intent(intent.name, {**dialogue.told(self.talk.heard), **intent.slots}, intent.fuzzy)

    def _start(self, intent: Intent) -> None:
        self.handed_over = False
        if intent.name in AMENDS:
            self.amend.start(intent)
        else:
            self.order.start(intent)

    def next(self) -> None:
        """A matter is over: the next one that was mentioned, or is there anything else?"""
        talk = self.talk
        if not talk.queue:
            choices = tuple(Choice(intent, d.name) for intent, d in talk.ranked())
            talk.pose(Question("service", "more", "service_again", choices=choices))
            return
        intent = talk.queue.pop(0)
        if intent.name in talk.dialogues:
            talk.say("next_one", {"name": talk.name(intent.name)})
            intent = self._inherit(intent)
        self._start(intent)

    def _inherit(self, intent: Intent) -> Intent:
        """What was said of the matter before holds for the next where it fits."""
        slots = dict(intent.slots)
        for row in [row for row in self.talk.bookings.rows if row.here][-1:]:
            if row.intent not in self.talk.dialogues:
                continue
            names = self.talk.dialogues[intent.name].inherits.get(row.intent, {})
            if row.intent == intent.name and set(slots).isdisjoint(WHEN):
                names = {name: name for name in WHEN}
            for mine, theirs in names.items():
                if slots.get(mine) is None and row.slots.get(theirs) is not None:
                    slots[mine] = row.slots[theirs]
        return Intent(intent.name, slots, intent.fuzzy)

    # --- letting go -----------------------------------------------------------------------------

    def forget(self) -> None:
        """Drop whatever was going on; nothing is filed."""
        self.order.draft = None
        self.amend.leave()
        self.maybe.clear()

    def leave_unfinished(self, *, unfinished: bool) -> None:
        """What was begun is written down for staff."""
        talk = self.talk
        if self.order.draft is not None:
            intent, slots = self.order.draft.intent, self.order.filed_slots()
            talk.file(intent, slots, "handed_over", unfinished=unfinished)
        amended = self.amend.begun() if unfinished else None
        if amended is not None:
            talk.file(*amended, "handed_over", unfinished=True)
        for waiting in talk.queue:
            if waiting.name in talk.dialogues:
                talk.file(waiting.name, waiting.slots, "handed_over", unfinished=unfinished)
            elif unfinished and waiting.name in _ENDS:
                talk.file(waiting.name, self._of_row(waiting), "handed_over", unfinished=True)
        talk.queue.clear()
        self.forget()

    def _of_row(self, waiting: Intent) -> dict[str, Any]:
        """What staff must know of a change or cancellation that was not come to."""
        about = waiting.slots.get("about")
        rows = [row for row in self.talk.bookings.open() if row.intent == about]
        told = {name: value for name, value in waiting.slots.items() if name != WORDS}
        return {**(rows[0].slots if len(rows) == 1 else {}), **told}

    def leave(self) -> None:
        """The elder says goodbye in the middle: nothing is filed."""
        self.talk.queue.clear()
        self.forget()
        self.farewell()

    def let_be(self) -> None:
        """Somebody only sits and rests."""
        if self.talk.channel == "phone":
            self.farewell()
            return
        self.talk.say("let_be")
        self.talk.end("none", final=True)

    def farewell(self) -> None:
        """Nothing is left to do."""
        self.talk.say("farewell_phone" if self.talk.channel == "phone" else "farewell")
        self.talk.end("none", final=True)

    def hand_over(self, reason: str) -> None:
        """A person takes over; out of hours a message is taken and a time is named."""
        talk = self.talk
        self.leave_unfinished(unfinished=False)
        talk.out.append(Connect(reason))
        if reason in ("failures", "silence"):
            talk.say(f"operator_{reason}")
        if not talk.facts.operator_now(talk.now):
            talk.say("operator_closed")
            opening = talk.facts.operator_next(talk.now)
            talk.say("operator_callback", {"when": talk.words.moment(opening, talk.now)})
        elif reason == "asked":
            talk.say("operator_now" if talk.channel == "phone" else "operator_now_kiosk")
        talk.failures = 0
        self.handed_over = True
        talk.end("operator", final=True)


def _same_day(wanted: list[Intent]) -> list[Intent]:
    """后天上午磨刀，下午下棋: the day of the first is that of the second too."""
    found: list[Intent] = []
    for one in wanted:
        day = found[-1].slots.get("date") if found else None
        timed = one.name not in AMENDS and {"part", "time"} & set(one.slots)
        same = day is not None and timed and "date" not in one.slots
        found.append(Intent(one.name, {"date": day, **one.slots}, one.fuzzy) if same else one)
    return found


def _without_added(wanted: list[Intent]) -> list[Intent]:
    """那个饭再加一碗汤: what is added to something that is booked is nothing of its own."""
    added_to = {one.slots.get("about") for one in wanted if one.name == "change"}
    return [one for one in wanted if one.name not in added_to or set(one.slots) - _ADDED]
