"""What there is already: telling how it stands, cancelling it, changing it."""

from __future__ import annotations

import re
from typing import Any

from intents.types import WHEN, Intent, Understanding

from .acts import bare
from .amending import Amending
from .answer import CLOSED_SETS, Answer
from .booked import WORDS
from .bookings import Booking
from .defaults import RULES
from .denial import left
from .draft import Draft, in_part, usable
from .shifted import moved
from .talk import Talk
from .which import kinds_in, kinds_named, meant_rows, named_by, other_day, pick

_STATES = {"accepted": "working", "dispatched": "working", "done": "done"}
_NEW_VALUES = ["about", "note", WORDS]


class Amend(Amending):
    """A status question, a cancellation or a change, and what the elder says to it."""

    def start(self, intent: Intent) -> None:
        """Take up a status, cancel or change request."""
        talk = self._talk
        talk.heard = intent.slots.get(WORDS) or talk.heard
        about = intent.slots.get("about")
        about = str(about) if about else None
        told = {k: v for k, v in intent.slots.items() if k not in _NEW_VALUES and v is not None}
        self.kind, self._new = intent.name, told if intent.name == "change" else {}
        found = meant_rows(talk, intent.name, about, told)
        if not found and talk.listed and intent.name == "cancel" and about not in kinds_named(talk):
            found = meant_rows(talk, intent.name, None, told)  # of what was just told of
        if not found and len(kinds := kinds_in(talk, talk.bookings.open())) == 1:
            self._new = {k: v for k, v in self._new.items() if k in WHEN}
            found = meant_rows(talk, intent.name, kinds.pop(), self._new)
        if not found and len(named := named_by(talk, talk.bookings.open(), talk.heard)) == 1:
            found = named  # 那个拜糖平，改三盒: known by what is in it
            self._new = {k: v for k, v in self._new.items() if k in WHEN}
        if not found and (gone := self._gone(about)) is not None:
            talk.say("cancel_done", {"thing": self._thing(gone)})
            self._over("cancelled")
        elif not found:
            self._nothing(about)
        elif intent.name == "status":
            self._tell(found)
        elif len(found) == 1:
            self._take(found[0])
        elif intent.name == "cancel" and talk.acts.found("all", talk.heard):
            self._take_all(found)
        else:
            self._ask_which(found)

    def _gone(self, about: str | None) -> Booking | None:
        """The one that has been cancelled already, when that is what is asked for."""
        rows = self._talk.bookings.rows[::-1] if self.kind == "cancel" and about else ()
        return next((r for r in rows if r.intent == about and r.status == "cancelled"), None)

    def _nothing(self, about: str | None) -> None:
        talk = self._talk
        self.last_about = about
        said = talk.engine.extract(talk.heard, talk.now, about, None) if about else {}
        self.last_told = {k: v for k, v in said.items() if k not in (*WHEN, "note")}
        name = talk.name(about) if about else ""
        talk.say("status_none_about" if name else "status_none", {"name": name})
        self._over("none")

    def _tell(self, found: list[Booking]) -> None:
        talk = self._talk
        rows = [row for row in found if row.intent in talk.dialogues][:3]
        talk.listed = [row.index for row in rows]
        for row in rows:
            state = _STATES.get(row.status, "open")
            talk.say(f"status_{state}", {"thing": self._thing(row)})
        if not rows:
            self._nothing(None)
            return
        self._over("none")

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
        talk = self._talk
        offered = [c.value for c in (talk.question.choices if talk.question else ())]
        rows = [row for row in talk.bookings.open() if row.index in offered]
        row = pick(talk, text, meant)
        named = kinds_in(talk, rows)
        if self.kind == "cancel" and len(named) > 1 and not talk.acts.found("keep", text):
            talk.failures = 0
            self._take_all([one for one in rows if one.intent in named])
        elif row is not None:
            talk.failures = 0
            self._take(row)
        elif self.kind == "cancel" and talk.acts.found("all", text):
            talk.failures = 0
            self._take_all(rows)
        elif self._verdict(text, meant) == "no":
            self._keep()
        elif not self._asided():
            self._failed(text, meant)

    def _read(self, text: str, meant: Understanding) -> tuple[dict[str, Any], bool]:
        """What the words say of the booking at hand, and whether they correct something."""
        if self._row is None:
            return {}, False
        draft = Draft(self._talk.dialogues[self._row.intent], self._changed(self._row))
        read = Answer(self._talk, draft).read(text, meant, "date")
        values = {k: v for k, v in read.values.items() if k not in _NEW_VALUES}
        return values, read.corrected

    def learns(self, text: str) -> bool:
        """Whether the words say anything of the booking at hand."""
        talk, row = self._talk, self._row
        if row is None:
            return False
        return bool(set(talk.engine.extract(text, talk.now, row.intent)) - {"note"})

    def corrects(self, text: str, meant: Understanding) -> bool:
        """Whether these words put right what was read back."""
        values, corrected = self._read(text, meant)
        no = self._talk.verdict(text, self.doing) == "no"
        return bool(values) and (corrected or no)

    def _value(self, text: str, meant: Understanding) -> None:
        talk, row = self._talk, self._row
        values, _ = self._read(text, meant)
        if row is not None and not values:
            values = moved(talk, talk.heard, row.slots)
        if row is not None and not values and talk.acts.found("any", text):
            values = {"date": RULES["earliest_day"](row.slots, talk.around)}
        if row is not None and not values and talk.acts.found("not_any_more", text):
            self.kind = "cancel"  # 那饭不要了, to what it shall be changed to
            self._take(row)
        elif values and row is not None:
            talk.failures = 0
            self._new |= values
            self._confirm_change(row)
        elif _abandons(talk, text) or talk.verdict(text, self.doing) == "no":
            self._keep()
        elif not self._asided():
            self._failed(text, meant)

    def _answer(self, text: str, meant: Understanding) -> None:
        talk, row = self._talk, self._row
        if row is None:
            self._failed(text, meant)
            return
        values = self._read(text, meant)[0] if self.kind == "change" else {}
        if self.kind == "change" and talk.acts.found("was_it", text):
            self._confirm_change(row)
            return
        if self.kind == "cancel":
            values = self._rather(row, text, meant)
            self.kind = "change" if values else self.kind
        fresh = {k: v for k, v in values.items() if self._changed(row).get(k) != v}
        verdict = self._verdict(text, meant, echo=bool(values) and not fresh)
        if verdict == "yes":  # the reason for it changes nothing
            was = row.slots
            fresh = {k: v for k, v in fresh.items() if k in CLOSED_SETS and was.get(k) != v}
        named = self._named_too(text)
        if self.kind == "cancel" and len(named) > len(self._rows) and verdict == "yes":
            talk.failures = 0
            self._take_all([r for r in talk.bookings.open() if r.intent in named])
        elif fresh:
            self._fresh(row, fresh, text)
        elif verdict == "yes":
            self._agreed_with(meant)
        elif values and talk.acts.found("stays", text):
            self._confirm_change(row)
        elif verdict == "no":
            self._refused(row, text)
        elif values:
            self._confirm_change(row)
        elif not self._asided():
            self._failed(text, meant)

    def _refused(self, row: Booking, text: str) -> None:
        """A no: another one is meant, other values are, or it stays as it is."""
        if (other := self._other(row, text)) is not None:
            self._talk.failures = 0
            self._take(other)
        elif self._means_it(row, text):
            self._take(row)
        elif self.kind == "change" and self._talk.acts.found("mere_no", text):
            self._new = {}
            self._ask_new(row)
        else:
            self._keep()

    def _other_stays(self, text: str) -> re.Match[str] | None:
        """对，车还要的: what else stays; None where it is the very one that is read back."""
        stays = self._talk.acts.match("stays_too", text)
        mine = self._row.intent if self._row else None
        return stays if stays and mine not in kinds_named(self._talk, stays.group()) else None

    def _named_too(self, text: str) -> set[str]:
        """The services named beside a yes, without those that shall stay."""
        stays = self._other_stays(text)
        words = bare(text)[: stays.start()] if stays else ""
        return kinds_in(self._talk, self._talk.bookings.open(), words)

    def _rather(self, row: Booking, text: str, meant: Understanding) -> dict[str, Any]:
        """先莫取消，改到礼拜五: the day or time that is wished for in place of a cancellation."""
        talk = self._talk
        if talk.acts.found("denial", text) and (other := other_day(talk, row, text)):
            return other
        moves = any(talk.acts.found(move, text) for move in ("to_new", "changes"))
        if meant.first.name != "change" or not moves or talk.verdict(text, "cancel") == "yes":
            return {}
        said = talk.engine.extract(text, talk.now, row.intent)
        return {k: said[k] for k in WHEN if said.get(k) is not None} or moved(
            talk, talk.heard, row.slots
        )

    def _fresh(self, row: Booking, fresh: dict[str, Any], text: str) -> None:
        """New values: read back, unless they only say yes more closely, or all is as it was."""
        self._talk.failures = 0
        agreed = self._finer(row, fresh, text)
        self._new |= fresh
        if self._changed(row) == row.slots:
            self._keep()
        elif agreed:
            self.agreed()
        else:
            self._confirm_change(row)

    def _finer(self, row: Booking, fresh: dict[str, Any], text: str) -> bool:
        """对，下午三点: a yes, and the hour within the afternoon that was read back."""
        draft = Draft(self._talk.dialogues[row.intent], self._changed(row))
        part = draft.said.get("part")
        draft.merge(fresh)
        yes = self._talk.verdict(bare(text).split("，")[0], self.doing) == "yes"
        return yes and set(fresh) == {"time"} and in_part(str(draft.said["time"]), part)

    def _means_it(self, row: Booking, text: str) -> bool:
        """不是车，是擦玻璃的: the very one that was read back, which was not caught."""
        talk, words = self._talk, left(self._talk.acts, text)
        if not words.denied or self.kind != "cancel":
            return False
        denied = named_by(talk, [row], "，".join(words.denied))
        return bool(named_by(talk, [row], words.text)) and not denied

    def _other(self, row: Booking, text: str) -> Booking | None:
        """不是，是骨科的: another booking is meant."""
        talk = self._talk
        words = left(talk.acts, text).text
        rest = [one for one in talk.bookings.open() if one is not row]
        fits = named_by(talk, rest, words) if words else []
        mine = named_by(talk, [row], words)
        return fits[0] if len(fits) == 1 and not mine else None

    def _verdict(self, text: str, meant: Understanding, *, echo: bool = False) -> str | None:
        """Yes or no to what was read back; 退了 and 取消 agree to a cancellation."""
        if too := self._other_stays(text):
            text = bare(text)[: too.start()]
        verdict = self._talk.verdict(text, self.doing, echo=echo)
        again = any(intent.name == self.kind for intent in meant.intents)
        if verdict is None and again and self.kind == "cancel":
            return "yes"
        return "no" if verdict is None and _abandons(self._talk, text) else verdict

    def _asided(self) -> bool:
        """A question in the middle is answered, then the open one is asked again."""
        talk = self._talk
        told = talk.asides.answer(talk, self._row.intent if self._row else None)
        if told is None or talk.question is None:
            return False
        talk.say(*told)
        talk.pose(talk.question)
        return True

    def _agreed_with(self, meant: Understanding) -> None:
        """A yes; what else was asked for with it waits."""
        talk = self._talk
        new = [intent for intent in meant.intents if intent.name in talk.dialogues]
        if talk.acts.found("also", talk.heard):
            talk.queue.extend(new)
        self.agreed()

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
