"""What follows from words: an alarm, a wish about the talk itself, or a matter."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal

from intents.types import AMENDS, Adjust, Heard, Intent, Understanding

from .acts import bare
from .alarm import Alarm
from .dishes import in_full
from .distress import Distress
from .echo import then_more
from .idle import Idle
from .matters import Matters
from .meaning import Meaning
from .touch import Touch
from .verdict import Doing

_VOICE: tuple[Literal["louder", "slower"], ...] = ("louder", "slower")
_COURTESIES = (("wait", "unhurried"), ("greeting", "here"), ("who", "who_i_am"))
_SLIPS = 3
"""Characters that folding may take off."""
_CRY = 8
"""Characters up to which all that was said may be one plain cry."""
_STRONG = 0.6
_PLAIN = 0.65
"""From this confidence on a wish about the talk is believed while something else is asked."""


class Uptake:
    """Takes in one utterance after another; `alarm_raised` starts an alarm."""

    def __init__(
        self,
        matters: Matters,
        idle: Idle,
        alarm: Alarm,
        touch: Touch,
        alarm_raised: Callable[[str, str], None],
    ) -> None:
        self._matters = matters
        self._talk = matters.talk
        self._idle = idle
        self._alarm = alarm
        self._touch = touch
        self._alarm_raised = alarm_raised
        self._meaning = Meaning(matters)
        self._offered_person = False
        self.distress = Distress(matters)

    def heard(self, event: Heard) -> None:
        """The elder said something."""
        talk, ladder, text = self._talk, self._matters.ladder, event.text
        if not text.strip():
            self.noise()
            return
        self._offered_person = ladder.silences >= 2
        ladder.silences = 0
        talk.listen(event)
        alarm = talk.engine.emergency(text)
        if talk.question is not None and not talk.question.open:
            text = talk.acts.after("asked_back", text) or text
            text = in_full(talk.acts, self._matters.dishes, text)
        meant = self._meaning.of(text)
        if alarm is None and meant.first.name == "emergency":
            alarm = (str(meant.first.slots.get("kind") or "other"), text)
        if alarm is not None and self._tells_no_more(text, alarm[1]):
            alarm = None
        if alarm is not None and self._only_answers(text, alarm[1]):
            alarm, meant = None, Understanding((Intent("out_of_scope"),), 1.0)
        alarm = alarm or self.distress.borne_out(text)
        well = alarm is None and self.distress.denied(text, meant)
        self.distress.listen(text, meant, alarmed=alarm is not None)
        if alarm is not None and self._alarm.news(alarm[0]):
            self._alarm_raised(*alarm)
        elif self._alarm.kind is not None:
            if not self._controlled(text, meant):
                self._alarm.heard(text)
        elif well:
            talk.ask_service("all_well")
        elif (picked := self._picked(text)) is not None:
            self._touch.chose(*picked)
        elif not self._controlled(text, meant):
            self._matter(text, self._meaning.best(event, meant))

    def _only_answers(self, text: str, words: str) -> bool:
        """The answer to what was asked, and beside what it answers no alarm (挂号。腿肿得老粗)."""
        talk, draft = self._talk, self._matters.order.draft
        asked = talk.question.slot if talk.question else ""
        if draft is None or self._alarm.kind is not None or asked not in draft.dialogue.slots:
            return False
        said = talk.engine.extract(text, talk.now, draft.intent, asked)
        whole = len(words) >= len(bare(text)) - _SLIPS
        answers = said.get(asked) is not None or asked == "department"
        if not (whole and answers) or talk.acts.found("grave", text):
            return False
        return talk.engine.emergency(f"{draft.first_words}，{text}") is None

    def _tells_no_more(self, text: str, words: str) -> bool:
        """没摔，就在椅子上: beside an alarm only plain words say what else it is."""
        if self._alarm.kind is None:
            return False
        supposed = len(words) >= len(bare(text)) - _SLIPS and len(words) > _CRY
        return supposed or self._talk.acts.found("not_so", text)

    def noise(self) -> None:
        """There was sound, but no words."""
        if self._alarm.kind is not None:
            self._alarm.noise()
        elif not self._talk.ended:
            self._matters.ladder.noise()

    # --- wishes about the talk itself -----------------------------------------------------------

    def _controlled(self, text: str, meant: Understanding) -> bool:
        """A person, a goodbye, again, louder, slower, no recording: in every state."""
        talk, acts = self._talk, self._talk.acts
        names = [intent.name for intent in meant.intents]
        unrecorded = acts.found("unrecorded", text)
        if self._alarm.kind is None and not unrecorded and self._wants_person(text, meant):
            self._matters.hand_over("asked")
            return True
        if self._alarm.kind is None and not talk.ended and self._leaves(text, meant):
            self._matters.leave()
            return True
        asks_for_more = any(self._matters.known(name) for name in names)
        if unrecorded:
            talk.out.append(Adjust("unrecorded"))
            talk.say("unrecorded")
            if not asks_for_more:
                talk.ask_again()
            return not asks_for_more
        plain = meant.confidence >= _PLAIN or self._matters.asking_service
        plain = plain and not acts.found("abandon", text)
        voice = [what for what in _VOICE if what in names and plain]
        surely = acts.found("read_out", text) or self._puzzled(text)
        again = surely or ("repeat" in names and plain)
        again = again or (acts.found("again", text) and not self._says_more(text))
        if (asks_for_more and not surely) or not (voice or again):
            return False
        for what in voice:
            talk.out.append(Adjust(what))
            talk.say(what)
        if voice and not again and self._says_more(text):
            return False  # 去医院，慢点开: an answer all the same
        talk.repeat()
        return True

    def _puzzled(self, text: str) -> bool:
        """啊？ is answered with the same words once; after that it is a failure like others."""
        talk = self._talk
        if not talk.acts.found("huh", text) or talk.failures or talk.question is None:
            return False
        talk.failures += 1
        return True

    def _wants_person(self, text: str, meant: Understanding) -> bool:
        """A person is asked for, in whatever words, or patience with the machine is lost."""
        acts, draft = self._talk.acts, self._matters.order.draft
        if draft is not None and (draft.dialogue.named(bare(text)) or self._helped(text)):
            return False
        comes = draft is not None and draft.intent in self._talk.named["comes"]
        helped = draft is not None and draft.confirming and acts.found("helps_me", text)
        comes = comes or helped
        if self._talk.verdict(text) == "yes" and (comes or meant.first.name != "operator"):
            return False
        confirming = draft is not None and draft.confirming
        if meant.first.name == "operator" and (
            meant.confidence >= _PLAIN or not (confirming or self._says_more(text))
        ):
            return True
        sends_somebody = meant.first.name in self._talk.named["comes"]
        if not sends_somebody and any(one.name == "operator" for one in meant.intents[1:]):
            return True
        first, plain = (
            meant.first,
            meant.confidence >= _STRONG and self._matters.known(meant.first.name),
        )
        if acts.found("complains", text) or (acts.found("impatient", text) and not plain):
            return True
        dialogue = self._talk.dialogues.get(first.name)
        needs = dialogue is not None and any(slot.need for slot in dialogue.slots.values())
        sure = dialogue is not None and (bool(first.slots) or not needs)
        sure = sure and meant.confidence >= _STRONG
        return acts.found("person", text) and not sure

    def _helped(self, text: str) -> bool:
        """来个人帮我弄, to the question whether help is wanted, or where it is read back."""
        draft, question = self._matters.order.draft, self._talk.question
        if draft and draft.confirming and draft.dialogue.told(text).items() & draft.said.items():
            return True
        slot = draft.dialogue.slots.get(question.slot) if draft and question else None
        return slot is not None and slot.free and self._talk.acts.found("helps_me", text)

    def _leaves(self, text: str, meant: Understanding) -> bool:
        """不说了，挂了啊 — unless that tells Linli to make the appointment."""
        if self._talk.acts.found("goodbye", text) and not self._agrees(text):
            return True
        if all(self._talk.acts.found(move, text) for move in ("mistaken", "all_clear")):
            return True
        if not self._talk.acts.found("leaving", text):
            return False
        return not self._agrees(text) and not self._sure(meant)

    def _agrees(self, text: str) -> bool:
        draft = self._matters.order.draft
        return draft is not None and draft.confirming and self._talk.verdict(text) == "yes"

    def _says_more(self, text: str) -> bool:
        """Whether the request at hand learns something from these words."""
        draft = self._matters.order.draft
        if draft is None:
            return self._matters.amend.learns(text)
        return bool(set(self._talk.engine.extract(text, self._talk.now, draft.intent)) - {"note"})

    # --- matters --------------------------------------------------------------------------------

    def _matter(self, text: str, meant: Understanding) -> None:
        talk, matters = self._talk, self._matters
        if (talk.ended and self._closed(meant)) or self._agreed_and_more(text):
            return
        unclear = meant.first.name == "out_of_scope"
        if self.distress.words and not matters.order.draft and not self._sure(meant):
            self.distress.ask()
        elif unclear and (courtesy := self._courtesy(text)) is not None:
            talk.say(courtesy)
            talk.ask_again()
        elif matters.order.draft is not None:
            if not self._aside(meant):
                matters.order.heard(text, meant)
        elif matters.amend.kind is not None:
            if not self._switches(text, meant):
                matters.amend.heard(text, meant)
        else:
            self._idle.heard(text, meant, offered_person=self._offered_person)

    def _agreed_and_more(self, text: str) -> bool:
        """对。还有，那个车给我退了: the yes is taken first, and then what else is wanted."""
        talk, draft, amend = self._talk, self._matters.order.draft, self._matters.amend
        asking = talk.question
        if asking is None or asking.slot != "confirm" or (draft is None and amend.kind is None):
            return False
        doing: Doing = "book" if draft else amend.doing
        more = then_more(talk, text, doing, draft.intent if draft else str(asking.intent))
        if not more:
            return False
        talk.queue[:0] = more
        if draft:
            self._matters.order.file()
        else:
            amend.agreed()
        return True

    def _sure(self, meant: Understanding) -> bool:
        return self._matters.known(meant.first.name) and meant.confidence >= _STRONG

    def _courtesy(self, text: str) -> str | None:
        """The prompt that answers 等一下, 喂 or 你是哪个, which are no failures."""
        if self._says_more(text):
            return None
        for act, prompt in _COURTESIES:
            if self._talk.acts.found(act, text):
                return prompt
        return None

    def _picked(self, text: str) -> tuple[str, Any] | None:
        """The choice that was said word for word, or as its dialect forms say it."""
        question = self._talk.question
        if question is None:
            return None
        plain = bare(text)
        core = re.sub(str(self._talk.words.data["around_answers"]), "", plain)
        for choice in (*question.choices, *self._talk.page(question)):
            if {plain, core} & {choice.label, *choice.heard_as}:
                return question.slot, choice.value
        return None

    def _closed(self, meant: Understanding) -> bool:
        """After the end: once a person was fetched, only a clear request opens the talk again."""
        if self._matters.handed_over and not self._matters.known(meant.first.name):
            self._talk.say("operator_waiting")
            return True
        self._talk.ended = False
        return False

    def _aside(self, meant: Understanding) -> bool:
        """Another booking comes up in the middle of a request: it is taken up afterwards."""
        talk, draft = self._talk, self._matters.order.draft
        first = meant.first
        if draft is None or first.name not in AMENDS or meant.unsure:
            return False
        about = first.slots.get("about")
        if about in (None, draft.intent) or not talk.bookings.matching(str(about), {}):
            return False
        talk.queue.append(first)
        talk.say("remembered", {"name": talk.name(str(about))})
        talk.ask_again()
        return True

    def _switches(self, text: str, meant: Understanding) -> bool:
        """A new request in the middle of a change: the change is let go of."""
        talk, asking = self._talk, self._talk.question
        name = meant.first.name
        if asking is None or meant.unsure or name not in talk.dialogues or name == asking.intent:
            return False
        verdict = talk.verdict(text, self._matters.amend.doing)
        agrees = verdict == "yes" and not talk.acts.found("also", text)
        if asking.slot == "confirm" and (agrees or self._matters.amend.corrects(text, meant)):
            return False
        if talk.acts.found("times_only", text) or meant.confidence < _STRONG:
            return False
        if asking.slot == "which" and any(r.intent == name for r in talk.bookings.open()):
            return False
        wanted: list[Intent] = list(meant.intents)
        self._matters.amend.leave()
        self._matters.begin(wanted)
        return True
