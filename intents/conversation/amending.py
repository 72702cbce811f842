"""Changing what there is already, the speaking half: asking, reading back, filing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from intents.types import WHEN, Choice, Intent, Understanding

from .acts import bare
from .answer import Answer
from .bookings import Booking
from .dishes import in_full, only_part
from .draft import Draft
from .options import choices
from .plans import without_plans
from .shifted import more_people, moved
from .talk import PAGE, Question, Talk
from .verdict import Doing
from .which import fewer, other_day, thing


class Amending:
    """A cancellation or a change under way; `done` is called when it is over."""

    def __init__(self, talk: Talk, done: Callable[[], None], failed: Callable[..., None]) -> None:
        self._talk = talk
        self._done = done
        self._failed = failed
        self.kind: str | None = None
        self.last_about: str | None = None
        """What was asked after last and is not there."""
        self.last_told: dict[str, Any] = {}
        """What was said of it besides days and times."""
        self._rows: list[Booking] = []
        self._new: dict[str, Any] = {}

    def begun(self) -> tuple[str, dict[str, Any]] | None:
        """A cancellation or change whose booking is known, for staff: kind and what is known."""
        if self._row is None or self.kind not in ("cancel", "change"):
            return None
        return self.kind, {**self._row.slots, **self._new, "about": self._row.intent}

    def leave(self) -> None:
        """Let go of it; nothing is changed."""
        self.kind, self._rows, self._new = None, [], {}

    @property
    def doing(self) -> Doing:
        """What a read-back is about."""
        return "cancel" if self.kind == "cancel" else "change"

    @property
    def _row(self) -> Booking | None:
        return self._rows[0] if self._rows else None

    def _thing(self, row: Booking) -> str:
        return thing(self._talk, row)

    def _over(self, outcome: Any) -> None:
        self.leave()
        self._talk.failures = 0
        self._talk.end(outcome)
        self._done()

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
        self._rows = [row]
        self._new = self._meant_new(row)
        if self.kind == "change" and not self._new:
            self._new = moved(self._talk, self._talk.heard, row.slots) or fewer(self._talk, row)
        if self.kind == "cancel":
            instead = fewer(self._talk, row) or self._part(row) or self._instead(row)
            self.kind, self._new = ("change", instead) if instead else ("cancel", {})
        if self.kind == "cancel":
            self._confirm("cancel_confirm", {"thing": self._thing(row)})
        elif self._new:
            self._confirm_change(row)
        else:
            self._ask_new(row)

    def _part(self, row: Booking) -> dict[str, Any]:
        """我订的饭，肉不要了: only a dish of the meal is given up."""
        talk, known = self._talk, row.slots.get("items")
        if not isinstance(known, list):
            return {}
        named = only_part(talk.acts, talk.heard)
        text = in_full(talk.acts, known, talk.heard) if named else talk.heard
        gone = {d["name"] for d in known if talk.acts.drops(str(d["name"]), text)}
        kept = [dish for dish in known if dish["name"] not in gone]
        return {"items": kept} if gone and kept else {}

    def _instead(self, row: Booking) -> dict[str, Any]:
        """今天莫来，明天来; 别送了，我来吃: what is wished for in its place."""
        talk = self._talk
        moved_to = other_day(talk, row, talk.heard) or self._elsewhere(row)
        if moved_to or "delivery" not in row.slots:
            return moved_to
        rest = "，".join(bare(talk.heard).split("，")[1:])
        told = None
        if rest and not any(talk.acts.found(move, rest) for move in ("asks_new", "seen_to")):
            told = talk.dialogues[row.intent].told(rest).get("delivery")
        return {} if told in (None, row.slots["delivery"]) else {"delivery": told}

    def _elsewhere(self, row: Booking) -> dict[str, Any]:
        """不去火车站了，去汽车站: what the booking was for is given up for another."""
        talk = self._talk
        main = talk.dialogues[row.intent].main
        known, rest = str(row.slots.get(main) or ""), bare(talk.heard).rpartition("，")[2]
        if not known or known not in talk.heard or known in rest or row.intent == "meal":
            return {}
        new = talk.engine.extract(rest, talk.now, row.intent, None).get(main)
        booked = any(one.slots.get(main) == new for one in talk.bookings.open())
        return {} if new in (None, known) or booked else {main: new}

    def _take_all(self, rows: list[Booking]) -> None:
        self._rows = rows
        things = self._talk.words.join([self._thing(row) for row in rows])
        self._confirm("cancel_all_confirm", {"things": things})

    def _meant_new(self, row: Booking) -> dict[str, Any]:
        """The new values in the words that asked for the change: also dishes and amounts."""
        if self.kind != "change":
            return {}
        talk = self._talk
        told = talk.acts.after("to_new", talk.heard)
        if told:
            told = without_plans(talk, row.intent, told)
            said = talk.engine.extract(told, talk.now, row.intent, None)
            main = talk.dialogues[row.intent].main
            if main != "items" and main not in said and set(said).isdisjoint(WHEN):
                said = {**said, **talk.engine.extract(told, talk.now, row.intent, main)}
            self._new |= {k: v for k, v in said.items() if v is not None and k != "note"}
        if "passengers" in talk.dialogues[row.intent].slots:
            self._new |= more_people(talk, talk.heard, row.slots)
        new = {k: v for k, v in self._new.items() if row.slots.get(k) != v}
        draft = Draft(talk.dialogues[row.intent], dict(row.slots))
        if not new:
            only = Understanding((Intent("change", {}),), 1.0)
            said = Answer(talk, draft).read(talk.heard, only, None).values
            new = {k: v for k, v in said.items() if k != "note" and row.slots.get(k) != v}
        if "items" in draft.dialogue.slots:
            new.pop("part", None)
            only = Understanding((Intent("change", new),), 1.0)
            text = in_full(talk.acts, row.slots.get("items") or [], talk.heard)
            read = Answer(talk, draft).read(text, only, None)
            items = read.values.get("items")
            if items and items != row.slots.get("items"):
                new = {**{k: v for k, v in new.items() if k not in ("meal",)}, "items": items}
        return new

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
        rest = [talk.wording.value(name, self._new[name]) for name in self._new if name not in WHEN]
        timed = set(self._new).intersection(WHEN)
        return talk.words.join([w for w in (fields["when"] if timed else "", *rest) if w])

    def _confirm(self, prompt: str, fields: Mapping[str, str]) -> None:
        words = self._talk.words.data
        answers = (Choice("yes", str(words["yes"])), Choice("no", str(words["no"])))
        about = self._row.intent if self._row else None
        self._talk.pose(
            Question("confirm", prompt, "confirm_again", fields, answers, about, keys=True)
        )

    def agreed(self) -> None:
        """The elder agreed: do it, then say so."""
        talk, row = self._talk, self._row
        if row is None or talk.question is None or talk.question.slot != "confirm":
            talk.ask_again()
            return
        if self.kind == "cancel":
            self._cancel_all()
            return
        new = self._new_words(row)
        talk.file(row.intent, self._changed(row), "changed", target=row.index)
        talk.say("change_done", {"new": new})
        self._over("changed")

    def _cancel_all(self) -> None:
        talk = self._talk
        for row in self._rows:
            talk.file(row.intent, row.slots, "cancelled", target=row.index)
        if len(self._rows) == 1:
            talk.say("cancel_done", {"thing": self._thing(self._rows[0])})
        else:
            talk.say("cancel_all_done", {"count": talk.words.count(len(self._rows))})
        self._over("cancelled")

    def _keep(self) -> None:
        self._talk.say("cancel_kept" if self.kind == "cancel" else "change_kept")
        self._over("none")
