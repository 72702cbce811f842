"""What there is already: telling how it stands, cancelling it, changing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .bookings import Booking
from .draft import Draft, usable
from .options import choices
from .talk import PAGE, Question, Talk
from .types import Choice, Intent, Understanding
from .which import meant_rows, moved, other_day, pick, thing

_STATES = {"accepted": "working", "dispatched": "working", "done": "done"}
_NEW_VALUES = ["about", "note"]


class Amend:
    """A status question, a cancellation or a change under way; `done` is called at its end."""

    def __init__(self, talk: Talk, done: Callable[[], None], failed: Callable[..., None]) -> None:
        self._talk = talk
        self._done = done
        self._failed = failed
        self.kind: str | None = None
        self._row: Booking | None = None
        self._new: dict[str, Any] = {}

    def start(self, intent: Intent) -> None:
        """Take up a status, cancel or change request."""
        talk = self._talk
        about = intent.slots.get("about")
        about = str(about) if about else None
        told = {k: v for k, v in intent.slots.items() if k not in _NEW_VALUES and v is not None}
        self.kind, self._new = intent.name, told if intent.name == "change" else {}
        found = meant_rows(talk, intent.name, about, told)
        if not found:
            self._nothing(about)
        elif intent.name == "status":
            self._tell(found)
        elif len(found) == 1:
            self._take(found[0])
        else:
            self._ask_which(found)

    def begun(self) -> tuple[str, dict[str, Any]] | None:
        """A cancellation or change whose booking is known, for staff: kind and what is known."""
        if self._row is None or self.kind not in ("cancel", "change"):
            return None
        return self.kind, {**self._row.slots, **self._new, "about": self._row.intent}

    def leave(self) -> None:
        """Let go of it; nothing is changed."""
        self.kind, self._row, self._new = None, None, {}

    def _thing(self, row: Booking) -> str:
        return thing(self._talk, row)

    # --- telling ---------------------------------------------------------------------------------

    def _nothing(self, about: str | None) -> None:
        talk = self._talk
        name = talk.name(about) if about else ""
        talk.say("status_none_about" if name else "status_none", {"name": name})
        self._over("none")

    def _tell(self, found: list[Booking]) -> None:
        talk = self._talk
        rows = [row for row in found if row.intent in talk.dialogues][:3]
        for row in rows:
            state = _STATES.get(row.status, "open")
            talk.say(f"status_{state}", {"thing": self._thing(row)})
        if not rows:
            self._nothing(None)
            return
        self._over("none")

    def _over(self, outcome: Any) -> None:
        self.leave()
        self._talk.failures = 0
        self._talk.end(outcome)
        self._done()

    # --- which one --------------------------------------------------------------------------------

    def _ask_which(self, found: list[Booking]) -> None:
        talk = self._talk
        rows = found[:PAGE]
        things = [self._thing(row) for row in rows]
        offered = tuple(Choice(row.index, thing) for row, thing in zip(rows, things, strict=True))
        fields = {"count": talk.words.count(len(found)), "options": talk.words.options(things)}
        prompt = f"{self.kind}_which"
        talk.say(prompt, fields)
        talk.expect(Question("which", "which_one", "which_again", fields, offered, keys=True))

    def _take(self, row: Booking) -> None:
        self._row = row
        self._new = {k: v for k, v in self._new.items() if row.slots.get(k) != v}
        if self.kind == "change" and not self._new:
            self._new = moved(self._talk, row) or self._recounted(row)
        if self.kind == "cancel" and (instead := other_day(self._talk, row, self._talk.heard)):
            self.kind, self._new = "change", instead
        if self.kind == "cancel":
            self._confirm("cancel_confirm", {"thing": self._thing(row)})
        elif self._new:
            self._confirm_change(row)
        else:
            self._ask_new(row)

    def _recounted(self, row: Booking) -> dict[str, Any]:
        """Another amount or dish in what was ordered (饭多加一份)."""
        talk = self._talk
        new = talk.engine.correction(talk.heard, talk.now, row.intent, row.slots) or {}
        return {k: v for k, v in new.items() if v is not None and row.slots.get(k) != v}

    # --- changing ---------------------------------------------------------------------------------

    def _ask_new(self, row: Booking) -> None:
        talk = self._talk
        offered = choices(talk, talk.dialogues.get(row.intent), "date", row.slots)
        fields = {"thing": self._thing(row)}
        talk.pose(Question("date", "change_what", "change_what_again", fields, offered, row.intent))

    def _changed(self, row: Booking) -> dict[str, Any]:
        draft = Draft(self._talk.dialogues[row.intent], dict(row.slots))
        draft.merge(self._new)
        return draft.said

    def _confirm_change(self, row: Booking) -> None:
        talk = self._talk
        talk.say("change_old", {"thing": self._thing(row)})
        self._confirm("change_new", {"new": self._new_words(row)})

    def _new_words(self, row: Booking) -> str:
        talk = self._talk
        dialogue = talk.dialogues[row.intent]
        slots = self._changed(row)
        fields = talk.wording.fields(dialogue, slots)
        rest = [
            talk.wording.value(name, self._new[name])
            for name in self._new
            if name not in ("date", "time", "part")
        ]
        timed = set(self._new) & {"date", "time", "part"}
        return talk.words.join([w for w in (fields["when"] if timed else "", *rest) if w])

    def _confirm(self, prompt: str, fields: Mapping[str, str]) -> None:
        words = self._talk.words.data
        answers = (Choice("yes", str(words["yes"])), Choice("no", str(words["no"])))
        self._talk.pose(
            Question(
                "confirm",
                prompt,
                "confirm_again",
                fields,
                answers,
                self._row.intent if self._row else None,
                keys=True,
            )
        )

    # --- answers ----------------------------------------------------------------------------------

    def heard(self, text: str, meant: Understanding) -> None:
        """The elder said something while this was under way."""
        slot = self._talk.question.slot if self._talk.question else ""
        if slot == "which":
            self._which(text, meant)
        elif slot == "date":
            self._value(text, meant)
        else:
            self._answer(text, meant)

    def _which(self, text: str, meant: Understanding) -> None:
        row = pick(self._talk, text, meant)
        values = self._values(text, meant)
        if row is not None:
            self._talk.failures = 0
            if self.kind == "change" and not self._new:
                self._new = {k: v for k, v in values.items() if row.slots.get(k) != v}
            self._take(row)
        elif self._verdict(text, meant) == "no":
            self._keep()
        else:
            self._failed(text, meant)

    def _values(self, text: str, meant: Understanding) -> dict[str, Any]:
        talk, row = self._talk, self._row
        values: dict[str, Any] = {}
        for intent in meant.intents:
            if intent.name == "change" or (row and intent.name == row.intent):
                values |= {k: v for k, v in intent.slots.items() if k not in _NEW_VALUES}
        if row is not None:
            values |= talk.engine.extract(text, talk.now, row.intent, "date")
            current = row.slots | self._new
            values |= talk.engine.correction(text, talk.now, row.intent, current) or {}
        return {k: v for k, v in values.items() if v is not None and k not in _NEW_VALUES}

    def _value(self, text: str, meant: Understanding) -> None:
        values = self._values(text, meant) or (moved(self._talk, self._row) if self._row else {})
        if values and self._row is not None:
            self._talk.failures = 0
            self._new |= values
            self._confirm_change(self._row)
        elif _abandons(self._talk, text) or self._talk.engine.polarity(text) == "no":
            self._keep()
        else:
            self._failed(text, meant)

    def _answer(self, text: str, meant: Understanding) -> None:
        talk, row = self._talk, self._row
        if row is None:
            self._failed(text, meant)
            return
        values = self._values(text, meant) if self.kind == "change" else {}
        if self.kind == "cancel" and talk.acts.found("denial", text):
            values = other_day(talk, row, text)
            self.kind = "change" if values else self.kind
        fresh = {k: v for k, v in values.items() if self._changed(row).get(k) != v}
        verdict = self._verdict(text, meant)
        if fresh:
            talk.failures = 0
            self._new |= fresh
            self._confirm_change(row)
        elif verdict == "yes":
            self.agreed()
        elif verdict == "no":
            self._keep()
        else:
            self._failed(text, meant)

    def _verdict(self, text: str, meant: Understanding) -> str | None:
        """Yes or no to what was read back; 退了 and 取消 agree to a cancellation."""
        acts = self._talk.acts
        if acts.found("keep", text) or acts.found("denial", text):
            return "no"
        again = any(intent.name == self.kind for intent in meant.intents)
        if self.kind == "cancel" and (again or acts.found("undo", text)):
            return "yes"
        answer = self._talk.engine.polarity(text)
        if answer is None and again:
            return "yes"
        return "no" if answer is None and _abandons(self._talk, text) else answer

    def agreed(self) -> None:
        """The elder agreed: do it, then say so."""
        talk, row = self._talk, self._row
        if row is None or talk.question is None or talk.question.slot != "confirm":
            talk.ask_again()
            return
        if self.kind == "cancel":
            talk.file(row.intent, row.slots, "cancelled", target=row.index)
            talk.say("cancel_done", {"thing": self._thing(row)})
            self._over("cancelled")
            return
        new = self._new_words(row)
        talk.file(row.intent, self._changed(row), "changed", target=row.index)
        talk.say("change_done", {"new": new})
        self._over("changed")

    def _keep(self) -> None:
        self._talk.say("cancel_kept" if self.kind == "cancel" else "change_kept")
        self._over("none")

    def chose(self, slot: str, value: Any) -> None:
        """A tile was touched."""
        talk = self._talk
        talk.failures = 0
        rows = [row for row in talk.bookings.open() if row.index == value]
        if slot == "which" and rows:
            self._take(rows[0])
        elif slot == "confirm" and value == "yes":
            self.agreed()
        elif slot == "confirm":
            self._keep()
        elif self._row is not None and self.kind == "change" and usable(slot, value):
            self._new[slot] = value
            self._confirm_change(self._row)
        else:
            talk.ask_again()


def _abandons(talk: Talk, text: str) -> bool:
    return talk.acts.found("abandon", text) or talk.acts.found("not_any_more", text)
