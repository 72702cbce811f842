"""Taking a request, the speaking half: asking what is missing, reading back, filing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from intents.types import WHEN, Choice, Intent

from .acts import bare
from .answer import Answered
from .asides import STAFF
from .defaults import RULES
from .dialogue import SlotTalk
from .draft import Draft, notices
from .earlier import as_before, that_day
from .options import choices
from .talk import Question, Talk

_OFTEN = 2
"""Times a question is asked while the answers are about other things."""


class Taking:
    """The request being taken, if any; `done` is called when it is over."""

    def __init__(self, talk: Talk, done: Callable[[], None], failed: Callable[..., None]) -> None:
        self._talk = talk
        self._done = done
        self._failed = failed
        self.draft: Draft | None = None
        self._long_question = True
        self._echo = False

    # --- beginning ------------------------------------------------------------------------------

    def start(self, intent: Intent) -> None:
        """Take up a request with what was said of it."""
        self.draft = Draft(self._talk.dialogues[intent.name], first_words=self._talk.heard)
        talk = self._talk
        for text in talk.unclaimed[-2:]:
            self.draft.merge(talk.engine.extract(text, talk.now, intent.name, None))
        talk.unclaimed.clear()
        self.draft.merge(intent.slots)
        heard = set(intent.fuzzy) if talk.sure else set(intent.slots) - {"note"}
        self.draft.doubtful |= heard
        self.draft.merge(as_before(talk, self.draft))
        if "date" in self.draft.dialogue.slots and "date" not in self.draft.said:
            self.draft.merge(that_day(talk))
        self._check_dates()
        self.go_on()

    def go_on(self) -> None:
        """Ask what is missing, or read back."""
        self._check_menu()
        draft = self._draft()
        slot = draft.missing(self._talk.around)
        if slot is not None and self._settled_otherwise(slot):
            slot = draft.missing(self._talk.around)
        if slot is None:
            self._read_back()
        else:
            self._ask(slot)

    def _settled_otherwise(self, slot: SlotTalk) -> bool:
        """Asked for twice and answered with other things: what stands for not knowing."""
        draft, talk = self._draft(), self._talk
        often = draft.asked.get(slot.name, 0) >= _OFTEN
        told = bool(slot.otherwise_when) and talk.acts.found(slot.otherwise_when, draft.first_words)
        rule = RULES.get(slot.default_when_any)
        if slot.otherwise is not None and (often or told):
            draft.said[slot.name] = slot.otherwise
        elif rule is not None and often:
            draft.said[slot.name] = rule(draft.full(talk.around), talk.around)
        else:
            return False
        if told:
            draft.merge({"note": bare(draft.first_words)})
            talk.say("noted")
        return True

    def _differs(self, values: Mapping[str, Any]) -> bool:
        before = self._draft().full(self._talk.around)
        return any(before.get(k) != v for k, v in values.items() if k != "note")

    def _take_over(self, answer: Answered) -> None:
        """What was said now holds."""
        self._talk.failures = 0
        self._draft().merge(answer.values)
        heard = set(answer.doubtful) if self._talk.sure else set(answer.values) - {"note"}
        self._draft().doubtful |= heard
        self._check_dates()

    def _offer(self) -> None:
        """What can be had: the first choices, named."""
        talk = self._talk
        labels = [choice.label for choice in (talk.question.choices if talk.question else ())]
        talk.say("offers", {"options": talk.words.join(labels[:3])})
        talk.ask_again()

    def _draft(self) -> Draft:
        if self.draft is None:
            raise RuntimeError("no request is being taken")
        return self.draft

    def _check_dates(self) -> None:
        """A day that has passed is not taken."""
        said = self._draft().said
        try:
            passed = date.fromisoformat(str(said.get("date"))) < self._talk.now.date()
        except ValueError:
            passed = False
        if passed:
            self._talk.say("past_date")
            said.pop("date")

    def _check_menu(self) -> None:
        """What is not cooked is not taken, where the station has a menu."""
        draft, talk = self._draft(), self._talk
        full = draft.full(talk.around)
        cooked = talk.facts.menu.get(str(full.get("meal")), ())
        wanted = full.get("items") if draft.intent == "meal" else None
        if not cooked or not isinstance(wanted, list):
            return
        always = {item["name"] for c in draft.dialogue.slots["items"].choices for item in c.value}
        missing = [d for d in wanted if str(d.get("name")) not in {*cooked, *always}]
        if missing:
            names = talk.words.join([str(dish.get("name")) for dish in missing])
            day = talk.words.day(str(full.get("date")), talk.now)
            talk.say("not_on_menu", {"dish": names, "day": day})
            draft.said["items"] = [dish for dish in wanted if dish not in missing] or None

    def _ask(self, slot: SlotTalk) -> None:
        draft = self._draft()
        draft.confirming = False
        draft.asked[slot.name] = draft.asked.get(slot.name, 0) + 1
        offered = choices(self._talk, draft.dialogue, slot.name, draft.full(self._talk.around))
        prompt = f"{draft.intent}.{slot.name}.asks"
        again = f"{draft.intent}.{slot.name}.again"
        if slot.name == "activity" and self._talk.facts.sessions:
            names = [choice.label for choice in offered[:3]]
            self._talk.say("today_list", {"options": self._talk.words.join(names)})
        self._talk.pose(
            Question(slot.name, prompt, again, choices=offered, intent=draft.intent, keys=slot.keys)
        )

    # --- reading back ---------------------------------------------------------------------------

    def _read_back(self) -> None:
        said = [*self._notices(), *self._statements()]
        self._talk.say_sentences(_at_most_two(said), f"{self._draft().intent}.read")
        self._ask_confirm()

    def _statements(self) -> list[str]:
        talk, draft = self._talk, self._draft()
        return talk.wording.statements(draft.dialogue, draft.full(talk.around))

    def _notices(self) -> tuple[str, ...]:
        """The first fact of the station that changes what was wanted, in words."""
        talk, draft = self._talk, self._draft()
        told = notices(draft, talk.around)
        if not told:
            return ()
        prompt, day = told[0]
        fields = talk.wording.fields(draft.dialogue, draft.full(talk.around))
        fields["newday"] = fields["day"]
        fields["day"] = talk.words.day(day.isoformat(), talk.now)
        fields["holiday"] = talk.facts.holidays.get(day, "")
        return talk.prompts.pick(prompt, 0, fields)

    def _ask_confirm(self) -> None:
        prompt = "confirm_first" if self._long_question else "confirm_next"
        doubted = self._doubted()
        if doubted:
            prompt = "confirm_sound"
        else:
            self._long_question = False
        self._draft().confirming = True
        question = self._confirm_question()
        self._talk.say(prompt, {"value": doubted})
        self._talk.expect(question)

    def _doubted(self) -> str:
        """What was found by sound, in words; empty when nothing was."""
        draft, talk = self._draft(), self._talk
        full = draft.full(talk.around)
        shown = [name for name in draft.dialogue.slots if name in draft.doubtful and name in full]
        draft.doubtful.clear()
        fields = talk.wording.fields(draft.dialogue, full)
        words = [fields["when"] if n in WHEN else talk.wording.value(n, full[n]) for n in shown]
        return talk.words.join([word for word in dict.fromkeys(words) if word])

    def _asided(self, text: str, *, recap: bool = False) -> bool:
        """A question in the middle is answered, then the open one is asked again."""
        talk = self._talk
        told = talk.asides.answer(talk, self._draft().intent)
        if told is None:
            return False
        talk.failures = 0
        if recap and told[0] == STAFF and talk.acts.found("question", text):
            talk.ask_again()
            return True
        talk.say(*told)
        if talk.question is not None:
            talk.pose(talk.question)
        return True

    def _confirm_question(self) -> Question:
        words = self._talk.words.data
        answers = (Choice("yes", str(words["yes"])), Choice("no", str(words["no"])))
        return Question(
            "confirm",
            "confirm_next",
            "confirm_again",
            choices=answers,
            intent=self._draft().intent,
            keys=True,
            recap=tuple(_at_most_two(self._statements())),
        )

    def _read_changes(self, changed: set[str]) -> None:
        """One changed value is said back alone; more are read back whole."""
        talk, draft = self._talk, self._draft()
        names = changed & set(draft.dialogue.slots)
        spoken = {"date" if name in WHEN else name for name in names}
        if len(spoken) != 1 or draft.missing(talk.around) or notices(draft, talk.around):
            self.go_on()
            return
        self._say_value("changed", spoken.pop())
        self._ask_confirm()

    def _say_value(self, prompt: str, slot: str) -> None:
        talk, draft = self._talk, self._draft()
        full = draft.full(talk.around)
        fields = talk.wording.fields(draft.dialogue, full)
        value = fields["when"] if slot in WHEN else talk.wording.value(slot, full.get(slot))
        if value:
            talk.say(prompt, {"value": value})

    def _ask_wrong(self) -> None:
        """Something is not right: which?"""
        talk, draft = self._talk, self._draft()
        full = draft.full(talk.around)
        names = talk.words.data["slots"]
        order = [*(s for s in draft.dialogue.slots if draft.dialogue.slots[s].need), "date", "part"]
        shown = [s for s in dict.fromkeys(order) if s in names and full.get(s) is not None]
        ways = talk.named["slots"]
        offered = [Choice(s, str(names[s]), tuple(ways.get(s, ()))) for s in shown[:3]]
        offered.append(Choice("drop", str(talk.words.data["drop"])))
        talk.pose(
            Question("which", "wrong", "wrong_again", choices=tuple(offered), intent=draft.intent)
        )

    def _change_slot(self, slot: str) -> None:
        """Ask one slot anew."""
        if slot == "drop":
            self.drop()
            return
        talk, draft = self._talk, self._draft()
        draft.confirming = False
        known = draft.dialogue.slots.get(slot)
        own = f"{draft.intent}.{slot}.asks"
        prompt = own if own in talk.prompts else f"slot_{slot}"
        again = f"{draft.intent}.{slot}.again" if known and known.need else "slot_again"
        if prompt not in talk.prompts:
            prompt = "slot_again"
        offered = choices(talk, draft.dialogue, slot, draft.full(talk.around))
        talk.pose(Question(slot, prompt, again, choices=offered, intent=draft.intent))

    # --- ending ----------------------------------------------------------------------------------

    def file(self) -> None:
        """The elder agreed: file, then promise."""
        talk, draft = self._talk, self._draft()
        full = self.filed_slots()
        self.draft = None
        talk.failures = 0
        priority = "urgent" if draft.dialogue.priority_of(full) == "urgent" else "ordinary"
        talk.file(draft.intent, full, priority="urgent" if priority == "urgent" else "ordinary")
        talk.say(draft.dialogue.promise({**full, "channel": talk.channel}))
        talk.end("created")
        self._done()

    def filed_slots(self) -> dict[str, Any]:
        """What is written down: slots with defaults; answers without a slot go into the note."""
        draft = self._draft()
        full = draft.full(self._talk.around)
        free = [name for name, slot in draft.dialogue.slots.items() if slot.free and name in full]
        for name in free:
            text = str(full.pop(name))
            full["note"] = f"{full['note']}；{text}" if full.get("note") else text
        return full

    def drop(self, then: list[Intent] | None = None) -> None:
        """The elder does not want it after all: nothing is filed."""
        talk = self._talk
        self.draft = None
        talk.failures = 0
        talk.say("dropped")
        talk.end("none")
        talk.queue[:0] = then or []
        self._done()


def _at_most_two(said: list[str]) -> list[str]:
    """Two statements; more are joined, the question makes three."""
    if len(said) <= 2:
        return said
    joined = "，".join(sentence.rstrip("。") for sentence in said[1:])
    return [said[0], f"{joined}。"]
