"""The screen's mind: news and touches in, a view and commands out. No I/O.

`now` is a monotonic time in seconds; the clock for dates is handed in. Decided
here is only what a screen has to decide: how a turn of the conversation is
shown, when nobody seems to be there any more, and when everything shown is to be
forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from . import scenes
from .limits import limits
from .state import Called, Phase, State, Visit
from .touches import Touches
from .turned import Command, Known, Leave, Speak, Trouble, Turned
from .view import Action, Mode, Now, View
from .words import words

_BROKEN: Final[dict[Called, str]] = {
    "": "out_of_order",
    "calling": "calling",
    "called": "coming",
    "not_called": "not_called",
}
"""What a screen out of order shows, by whether somebody was called."""
_NOBODY: Final = frozenset({"idle", "keypad", "broken"})
"""Phases without a talk: what still comes of one is nobody's any more."""


class Presenter:
    """Decides what the screen shows; `clock` gives the day and time.

    `listens`: a request may be spoken to the waiting screen. `printer`: there is one.
    """

    def __init__(
        self, clock: Callable[[], datetime], *, listens: bool = True, printer: bool = False
    ) -> None:
        self._clock = clock
        self._listens = listens
        self._printer = printer
        self._limits = limits()
        self._state = State()
        self._touches = Touches(self._state, clock)

    @property
    def phase(self) -> Phase:
        """What is going on."""
        return self._state.phase

    @property
    def in_alarm(self) -> bool:
        """An emergency is going on: then also silence is told to the conversation."""
        return self._state.phase == "help"

    def touched(self, action: Action, now: float) -> list[Command]:
        """A finger was lifted from something; whatever is being said falls silent."""
        return self._touches.touched(action, now)

    # --- news ---------------------------------------------------------------------------------

    def turned(self, turn: Turned, now: float) -> None:
        """The conversation has answered; too late for an elder who has gone."""
        state, visit = self._state, self._state.visit
        if state.phase in _NOBODY:
            return
        first = visit.turn is None
        visit.turn, visit.waiting, visit.partial = turn, False, ""
        visit.services, visit.step = False, None
        visit.opened = visit.opened and first and _open(turn)
        visit.alarm = turn.alarm or visit.alarm
        state.sign = now
        state.phase = self._phase_after(turn)
        if turn.ask is not None and scenes.steps(turn.ask):
            visit.step = self._touches.first_step(turn.ask.slot)

    def _phase_after(self, turn: Turned) -> Phase:
        if turn.alarm is not None or (self.in_alarm and not _open(turn)):
            return "help"
        if turn.connect and turn.ask is None:
            return "staff_called"
        if turn.final:
            return "farewell"
        return "done" if turn.cards else "talk"

    def begun(self, now: float) -> None:
        """Somebody spoke to the waiting screen."""
        self._state.start(now)

    def known(self, known: Known | None, now: float) -> list[Command]:
        """Whose card it is; None when nobody's."""
        self._state.sign = now
        if known is None:
            self._state.visit.typed = ""
            return [Speak((words()["said"]["card_unknown"],))]
        self._state.start(now)
        self._state.visit.known = known
        return []

    def hearing(self, text: str, now: float) -> None:
        """Somebody is speaking; what has been understood so far."""
        if self._state.phase in _NOBODY:
            return
        self._state.sign = now
        self._state.visit.partial = text
        if self._state.phase == "still_there":
            self._state.phase = "talk"

    def heard(self, text: str, now: float) -> None:
        """Something was said; the answer follows."""
        visit = self._state.visit
        if self._state.phase in _NOBODY:
            return
        self._state.sign = now
        visit.heard = visit.partial = text
        visit.waiting = True

    def speaking(self, now: float, *, speaking: bool) -> None:
        """Linli has begun or ended speaking."""
        if self._state.speaking and not speaking:
            self._state.sign = max(self._state.sign, now)
        self._state.speaking = speaking

    def nothing_to_take_back(self, now: float) -> list[Command]:
        """There was no earlier question: to the beginning."""
        return self._leave(now)

    def trouble(self, what: Trouble, now: float, *, there: bool) -> list[Command]:
        """Something does not work, or works again; who was there is forgotten when nothing does."""
        state = self._state
        (state.troubles.add if there else state.troubles.discard)(what)
        if what == "broken" and there != (state.phase == "broken"):
            state.forget(now)
            state.phase = "broken" if there else "idle"
            return [Leave(gone=True)] if there else []
        return []

    def called_out(self, _: float, *, came: bool) -> None:
        """A person was called past everything that is broken, or could not be."""
        self._state.visit.called = "called" if came else "not_called"

    # --- time ---------------------------------------------------------------------------------

    def tick(self, now: float) -> list[Command]:
        """Called several times a second."""
        state, told = self._state, self._limits
        if state.speaking:
            state.sign = now
        quiet = now - state.sign
        if state.phase == "still_there":
            over = now - state.asked_at >= told.idle_answer_s
            return self._leave(now, gone=True) if over else []
        longest = {
            "talk": told.idle_s,
            "done": told.idle_s,
            "keypad": told.idle_s,
            "staff_called": told.idle_s,
            "farewell": told.farewell_s,
            "help": told.help_s,
        }.get(state.phase)
        if longest is None:
            return []
        # An answer that is still being worked on may take longer, but not for ever.
        if quiet < longest + (told.idle_s if state.visit.waiting else 0):
            return []
        if state.phase in {"talk", "done"}:
            return self._are_you_there(now)
        return self._leave(now, gone=state.phase == "help")

    def _are_you_there(self, now: float) -> list[Command]:
        state = self._state
        state.phase, state.asked_at, state.sign = "still_there", now, now
        return [Speak((words()["said"]["still_there"],))]

    def _leave(self, now: float, *, gone: bool = False) -> list[Command]:
        self._state.forget(now)
        return [Leave(gone=gone)]

    # --- what is shown ------------------------------------------------------------------------

    @property
    def mode(self) -> Mode:
        """What Linli is doing."""
        state = self._state
        if state.speaking:
            return "speaking"
        if state.visit.waiting:
            return "thinking"
        if "microphone" in state.troubles:
            return "deaf"
        if state.phase == "idle":
            return "listening" if self._listens else "quiet"
        return "quiet" if state.phase in {"farewell", "broken", "keypad"} else "listening"

    def view(self, now: float) -> View:
        """The screen as it is to be; equal views need no new drawing."""
        state, visit = self._state, self._state.visit
        shown = Now(self.mode, visit.heard)
        if state.phase == "idle":
            return scenes.idle(self._clock(), Now(self.mode), self._notice())
        if state.phase == "keypad":
            return scenes.keypad(visit.typed, shown)
        if state.phase == "still_there":
            left = self._limits.idle_answer_s - (now - state.asked_at)
            return scenes.still_there(max(0, round(left)))
        if state.phase == "broken" or visit.turn is None:
            kinds = {"broken": _BROKEN[visit.called], "help": "calling"}
            return scenes.a_few_words(kinds.get(state.phase, "preparing"), (), shown)
        return self._with(visit.turn, visit, shown, now)

    def _with(self, turn: Turned, visit: Visit, shown: Now, now: float) -> View:
        """A turn of the conversation is shown."""
        phase = self._state.phase
        if phase in {"staff_called", "farewell"}:
            return scenes.a_few_words(phase, turn.say, shown)
        if phase == "help":
            return scenes.help_on_the_way(turn, shown, scenes.seconds_left(self._state, now))
        if visit.partial:
            return scenes.listening(turn, visit.partial, shown)
        if visit.step is not None:
            return scenes.stepper(turn, visit.step, shown)
        if phase == "done" and not visit.services:
            return scenes.done(turn, turn.cards[-1], shown, printer=self._printer)
        return self._asked(turn, visit, shown)

    def _asked(self, turn: Turned, visit: Visit, shown: Now) -> View:
        if turn.ask is None or (visit.opened and not visit.known.card):
            return scenes.listening(turn, "", shown)
        if _open(turn) and turn.ended and not visit.services:
            return scenes.anything_else(turn, shown)
        told = replace(turn, say=turn.say[-1:]) if visit.services else turn
        return scenes.asked(told, turn.ask, shown, visit.known, self._clock())

    def _notice(self) -> str:
        told = words()["troubles"]
        return next((str(told[name]) for name in told if name in self._state.troubles), "")


def _open(turn: Turned) -> bool:
    """Whether it is asked what the elder needs at all."""
    return turn.ask is not None and turn.ask.slot == "service" and turn.ask.intent is None
