"""Taking a request: asking what is missing, reading back, correcting, filing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from .defaults import RULES
from .dialogue import SlotTalk
from .draft import Draft, notices
from .options import choices
from .talk import Question, Talk
from .types import Choice, Intent, Understanding

_TIMES = frozenset({"date", "time", "part"})
_CLOSED_SETS = _TIMES | {"items", "meal", "delivery", "passengers", "quantity", "method", "action"}
"""Slots whose values cannot be conjured from a stray word."""
_STRONG = 0.6
"""From this confidence on another service is believed while a question is open."""


class Order:
    """The request being taken, if any; `done` is called when it is over."""

    def __init__(self, talk: Talk, done: Callable[[], None], failed: Callable[..., None]) -> None:
        self._talk = talk
        self._done = done
        self._failed = failed
        self.draft: Draft | None = None
        self._long_question = True

    # --- beginning ------------------------------------------------------------------------------

    def start(self, intent: Intent) -> None:
        """Take up a request with what was said of it."""
        self.draft = Draft(self._talk.dialogues[intent.name])
        self.draft.merge(intent.slots)
        self._check_dates()
        self.go_on()

    def go_on(self) -> None:
        """Ask what is missing, or read back."""
        self._check_menu()
        draft = self._draft()
        slot = draft.missing(self._talk.around)
        if slot is None:
            self._read_back()
        else:
            self._ask(slot)

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
        talk, draft = self._talk, self._draft()
        full = draft.full(talk.around)
        said = talk.wording.statements(draft.dialogue, full)
        told = notices(draft, talk.around)
        if told:
            prompt, day = told[0]
            fields = talk.wording.fields(draft.dialogue, full)
            fields["newday"] = fields["day"]
            fields["day"] = talk.words.day(day.isoformat(), talk.now)
            fields["holiday"] = talk.facts.holidays.get(day, "")
            notice = talk.prompts.pick(prompt, 0, fields)
            said = [*notice, *said]
        talk.say_sentences(_at_most_two(said), f"{draft.intent}.read")
        self._ask_confirm()

    def _ask_confirm(self) -> None:
        prompt = "confirm_first" if self._long_question else "confirm_next"
        self._long_question = False
        self._draft().confirming = True
        self._talk.pose(self._confirm_question(), prompt)

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
        )

    def _read_changes(self, changed: set[str]) -> None:
        """One changed value is said back alone; more are read back whole."""
        talk, draft = self._talk, self._draft()
        names = changed & set(draft.dialogue.slots)
        spoken = {"date" if name in _TIMES else name for name in names}
        if len(spoken) != 1 or draft.missing(talk.around) or notices(draft, talk.around):
            self.go_on()
            return
        self._say_value("changed", spoken.pop())
        self._ask_confirm()

    def _say_value(self, prompt: str, slot: str) -> None:
        talk, draft = self._talk, self._draft()
        full = draft.full(talk.around)
        fields = talk.wording.fields(draft.dialogue, full)
        value = fields["when"] if slot in _TIMES else talk.wording.value(slot, full.get(slot))
        if value:
            talk.say(prompt, {"value": value})

    # --- answers ---------------------------------------------------------------------------------

    def heard(self, text: str, meant: Understanding) -> None:
        """The elder said something while this request was being taken."""
        draft, talk = self._draft(), self._talk
        slot = talk.question.slot if talk.question else None
        asked = slot if slot in draft.dialogue.slots or slot in _TIMES else None
        values, corrected = self._values(text, meant, asked)
        if asked is not None and values.get(asked) is not None:
            self._answered(text, meant, values)
        elif self._takes_other(text, meant, corrected):
            return
        elif slot == "confirm":
            self._confirmed(text, meant, values, corrected=corrected)
        elif slot == "which":
            self._which(text, values, meant)
        else:
            self._unanswered(text, meant, values, asked)

    def _values(
        self, text: str, meant: Understanding, asked: str | None
    ) -> tuple[dict[str, Any], bool]:
        """What the words say of this request's slots, and whether they correct something."""
        talk, draft = self._talk, self._draft()
        values: dict[str, Any] = {}
        for intent in meant.intents:
            if intent.name == draft.intent or _changes(intent, draft.intent):
                values |= {k: v for k, v in intent.slots.items() if v is not None and k != "about"}
        found = talk.engine.extract(text, talk.now, draft.intent, asked)
        values |= {k: v for k, v in found.items() if v is not None}
        right = talk.engine.correction(text, talk.now, draft.intent, draft.full(talk.around))
        values |= {k: v for k, v in (right or {}).items() if v is not None}
        return values, bool(right)

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

    def _takes_other(self, text: str, meant: Understanding, corrected: bool) -> bool:
        """Another matter came up: remember it, or turn to it when this one is given up."""
        talk, others = self._talk, self._others(meant)
        if not others or corrected:
            return False
        waiting = {intent.name for intent in talk.queue}
        if not any(o.name in waiting for o in others) and (
            meant.unsure or meant.confidence < _STRONG
        ):
            return False
        answer = talk.engine.polarity(text)
        if talk.acts.found("abandon", text) or (answer == "no" and not self._draft().confirming):
            self.drop(then=others)
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
        answer = talk.engine.polarity(text)
        if not corrected and answer == "yes" and not talk.acts.found("also", text):
            values = {k: v for k, v in values.items() if k in _CLOSED_SETS}
        before = draft.full(talk.around)
        differs = {k for k, v in values.items() if k != "note" and before.get(k) != v}
        if differs:
            talk.failures = 0
            draft.merge(values, add=self._adds(text))
            self._check_dates()
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
        else:
            self._failed(text, meant)

    def _ask_wrong(self) -> None:
        """Something is not right: which?"""
        talk, draft = self._talk, self._draft()
        full = draft.full(talk.around)
        names = talk.words.data["slots"]
        order = [*(s for s in draft.dialogue.slots if draft.dialogue.slots[s].need), "date", "part"]
        shown = [s for s in dict.fromkeys(order) if s in names and full.get(s) is not None]
        offered = [Choice(slot, str(names[slot])) for slot in shown[:3]]
        offered.append(Choice("drop", str(talk.words.data["drop"])))
        talk.pose(
            Question("which", "wrong", "wrong_again", choices=tuple(offered), intent=draft.intent)
        )

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
            self._read_back()
        else:
            self._failed(text, meant)

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

    def _unanswered(
        self, text: str, meant: Understanding, values: Mapping[str, Any], asked: str | None
    ) -> None:
        talk, draft = self._talk, self._draft()
        slot = draft.dialogue.slots.get(asked or "", SlotTalk(asked or ""))
        before = draft.full(talk.around)
        answer = talk.engine.polarity(text)
        if any(before.get(k) != v for k, v in values.items() if k != "note"):
            talk.failures = 0
            draft.merge(values, add=self._adds(text))
            self._check_dates()
            self.go_on()
        elif self._gives_up(text, meant):
            self.drop()
        elif not self._filled_without(slot, text, answer):
            draft.merge(values)
            self._failed(text, meant)

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
        if slot == "confirm":
            if value == "yes" and draft.confirming:
                self.file()
            elif value == "yes":
                self.go_on()
            else:
                self._ask_wrong()
        elif slot == "which":
            self._change_slot(str(value))
        else:
            draft.merge({slot: value})
            self._check_dates()
            self.go_on()

    # --- ending ----------------------------------------------------------------------------------

    def file(self) -> None:
        """The elder agreed: file, then promise."""
        talk, draft = self._talk, self._draft()
        full = self.filed_slots()
        self.draft = None
        talk.failures = 0
        priority = "urgent" if draft.dialogue.priority_of(full) == "urgent" else "ordinary"
        talk.file(draft.intent, full, priority="urgent" if priority == "urgent" else "ordinary")
        talk.say(draft.dialogue.promise(full))
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


def _changes(intent: Intent, mine: str) -> bool:
    return intent.name == "change" and intent.slots.get("about") in (None, mine)


def _remember(queue: list[Intent], new: Intent) -> None:
    """Add to what waits; more words on something that waits already are joined to it."""
    for at, waiting in enumerate(queue):
        if waiting.name == new.name:
            queue[at] = Intent(new.name, {**waiting.slots, **new.slots}, new.fuzzy)
            return
    queue.append(new)


def _at_most_two(said: list[str]) -> list[str]:
    """Two statements; more are joined, the question makes three."""
    if len(said) <= 2:
        return said
    joined = "，".join(sentence.rstrip("。") for sentence in said[1:])
    return [said[0], f"{joined}。"]
