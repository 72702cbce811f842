"""What a touch means, in every phase."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from intents.types import Chose, Heard

from .aloud import receipt
from .scenes import seconds_left, steps
from .state import State, Visit
from .steps import Step, first_step
from .turned import (
    Begin,
    CallOut,
    Command,
    Hush,
    Identify,
    Leave,
    Print,
    Send,
    Speak,
    StepBack,
    TakeBack,
    Turned,
)
from .view import Action
from .words import words

_DIGITS: Final = 12
"""A card's number has at most so many."""


class Touches:
    """Turns touches into commands; `clock` gives the day and time."""

    def __init__(self, state: State, clock: Callable[[], datetime]) -> None:
        self._state = state
        self._clock = clock

    def touched(self, action: Action, now: float) -> list[Command]:
        """A finger was lifted from something; whatever is being said falls silent."""
        state = self._state
        state.sign = now
        hush: list[Command] = [Hush()] if state.speaking else []
        if state.phase == "broken":
            return self._from_broken(action)
        if state.phase == "still_there" and action.name not in {"emergency", "staff"}:
            turn = state.visit.turn
            state.phase = "done" if turn is not None and turn.cards else "talk"
            return hush
        return [*hush, *self._meant(action, now)]

    def first_step(self, slot: str) -> Step | None:
        """Where stepping a slot's value begins."""
        turn = self._state.visit.turn or Turned()
        return first_step(slot, turn.slots, self._clock())

    def _meant(self, action: Action, now: float) -> list[Command]:
        fixed: dict[str, Callable[[float], list[Command]]] = {
            "again": self._again,
            "back": self._back,
            "staff": self._staff,
            "staff_fills": self._staff,
            "emergency": self._emergency,
        }
        if action.name in fixed:
            return fixed[action.name](now)
        if self._state.phase == "idle":
            return self._from_idle(action, now)
        if self._state.phase == "keypad":
            return self._from_keypad(action)
        return self._from_talk(action, now)

    def _from_broken(self, action: Action) -> list[Command]:
        """Nothing works but the two buttons that bring a person, each of them once."""
        visit = self._state.visit
        if visit.called == "not_called":
            visit.called_by.clear()
        if action.name not in {"staff", "emergency"} - visit.called_by:
            return []
        visit.called_by.add(action.name)
        visit.called = "calling"
        return [CallOut("emergency" if action.name == "emergency" else "staff")]

    # --- the fixed buttons --------------------------------------------------------------------

    def _again(self, _: float) -> list[Command]:
        turn = self._state.visit.turn
        if self._state.phase in {"idle", "keypad"} or turn is None:
            return [Speak((words()["said"]["greeting"],))]
        say = receipt(turn) if self._state.phase == "done" else turn.say
        return [Speak(say)] if say else []

    def _back(self, now: float) -> list[Command]:
        state, visit = self._state, self._state.visit
        if state.phase in {"idle", "help"}:
            return []
        if visit.services or (visit.step and not self._asks_step()):
            visit.services, visit.step = False, None
            return []
        if state.phase == "talk" and not visit.waiting:
            visit.waiting = True
            return [StepBack()]
        state.forget(now)
        return [Leave()]

    def _asks_step(self) -> bool:
        """Whether the conversation itself asks for what is being stepped."""
        turn = self._state.visit.turn
        return turn is not None and turn.ask is not None and steps(turn.ask)

    def _staff(self, now: float) -> list[Command]:
        return self._chose(now, Chose("operator", "0"))

    def _emergency(self, now: float) -> list[Command]:
        if self._state.phase == "help":
            return []
        commands = self._chose(now, Chose("emergency", "9"))
        self._state.visit.pressed_at = now
        self._state.phase = "help"
        return commands

    def _chose(self, now: float, *events: Chose) -> list[Command]:
        """Tell the conversation, in a new talk where there is none."""
        state = self._state
        if state.phase in {"idle", "keypad", "farewell"}:
            over: list[Command] = [Leave()] if state.phase == "farewell" else []
            state.start(now)
            return [*over, Begin(events)]
        state.visit.waiting, state.visit.partial = True, ""
        if state.phase == "still_there":
            state.phase = "talk"
        return [Send(events)]

    # --- what stands on the screen --------------------------------------------------------------

    def _from_idle(self, action: Action, now: float) -> list[Command]:
        if action.name in {"speak", "talk"}:
            self._state.start(now)
            self._state.visit.opened = True
            return [Begin()]
        if action.name in {"service", "more"}:
            return self._chose(now, Chose("service", action.value or "more"))
        if action.name == "card":
            self._state.phase = "keypad"
        return []

    def _from_keypad(self, action: Action) -> list[Command]:
        visit = self._state.visit
        if action.name != "digit":
            return []
        if action.value == "delete":
            visit.typed = visit.typed[:-1]
        elif action.value == "done":
            return [Identify(visit.typed)] if visit.typed else []
        else:
            visit.typed = (visit.typed + str(action.value))[:_DIGITS]
        return []

    def _from_talk(self, action: Action, now: float) -> list[Command]:
        """Something of the talk itself was touched."""
        visit = self._state.visit
        if action.name == "choose":
            return self._chose(now, Chose(action.slot, action.value))
        if action.name == "correct":
            return self._correct(action.slot, now)
        if action.name in {"step", "step_time", "take"}:
            return self._stepped(action, now)
        if action.name in {"finish", "safe"}:
            visit.waiting = True
            return [Send((Heard(words()["says"][action.name]),))]
        if action.name == "another":
            visit.services = True
        if action.name == "mistaken":
            return self._take_back(now)
        return [Print(str(action.value))] if action.name == "print" else []

    def _stepped(self, action: Action, now: float) -> list[Command]:
        visit = self._state.visit
        if action.name == "step_time":
            visit.step = self.first_step("time")
        elif visit.step is None:
            return []
        elif action.name == "take":
            return self._take(visit.step, now)
        else:
            visit.step = visit.step.moved(int(action.value))
        return []

    def _correct(self, slot: str, now: float) -> list[Command]:
        """A value in a read-back was touched: a count is stepped, anything else asked anew."""
        step = self.first_step(slot) if slot == "items" else None
        if step is not None:
            self._state.visit.step = step
            return [Speak((words()["said"]["how_many"],))]
        return self._chose(now, Chose("confirm", "no"), Chose("which", slot))

    def _take(self, step: Step, now: float) -> list[Command]:
        """A stepped value is right."""
        chosen = Chose(step.slot, step.value)
        self._state.visit.step = None
        if step.slot == "items":
            return self._chose(now, Chose("confirm", "no"), Chose("which", "items"), chosen)
        return self._chose(now, chosen)

    def _take_back(self, now: float) -> list[Command]:
        """The red button was a mistake."""
        state, number = self._state, self._state.visit.alarm
        if seconds_left(state, now) is None:
            return []
        said = words()["said"]["cancelled"]
        state.visit = Visit(turn=Turned(say=(said,), final=True))
        state.phase, state.sign = "farewell", now
        return [TakeBack(number), Speak((said,))]
