"""Hands instead of words: telephone keys and touched tiles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .alarm import Alarm
from .idle import Idle
from .matters import Matters

EMERGENCY_KEY, PERSON_KEY, AGAIN_KEY = "9", "0", "*"


class Touch:
    """What a key or a tile means in the present state; `alarm_raised` starts an alarm."""

    def __init__(
        self,
        matters: Matters,
        idle: Idle,
        alarm: Alarm,
        alarm_raised: Callable[[str, str], None],
    ) -> None:
        self._matters = matters
        self._idle = idle
        self._alarm = alarm
        self._alarm_raised = alarm_raised

    def pressed(self, key: str) -> None:
        """A telephone key: 9 emergency, 0 a person, * again, the others by their place."""
        talk = self._matters.talk
        if key == EMERGENCY_KEY:
            self._alarm_raised("other", "")
        elif self._alarm.kind is not None:
            self._alarm.answered(key)
        elif key == PERSON_KEY:
            self._matters.hand_over("asked")
        elif talk.ended:
            return
        elif key == AGAIN_KEY:
            talk.repeat()
        else:
            self._numbered(key)

    def _numbered(self, key: str) -> None:
        talk = self._matters.talk
        question = talk.question
        place = int(key) - 1 if key.isdigit() else -1
        offered = talk.page(question) if question is not None and question.keys else ()
        if question is not None and 0 <= place < len(offered):
            self.chose(question.slot, offered[place].value)
            return
        talk.failures += 1
        if talk.failures >= 3:
            self._matters.hand_over("failures")
            return
        talk.say("key_unused")
        talk.ask_again()

    def chose(self, slot: str, value: Any) -> None:
        """A tile: `service`, `operator`, `emergency`, `confirm`, `which`, or a slot's value."""
        matters, talk = self._matters, self._matters.talk
        if slot == "emergency":
            self._alarm_raised("other", "")
        elif self._alarm.kind is not None:
            self._alarm.answered(value)
        elif slot == "operator":
            matters.hand_over("asked")
        elif not talk.ended or slot == "service":
            self._taken(slot, self._resolve(value))

    def _taken(self, slot: str, value: Any) -> None:
        matters, talk = self._matters, self._matters.talk
        talk.failures = 0
        picks_service = matters.asking_service or talk.ended or matters.known(value)
        if value == "more" and talk.question is not None:
            talk.next_page()
        elif slot == "service" and picks_service:
            self._idle.chose(str(value))
        elif matters.order.draft is not None:
            matters.order.chose(slot, value)
        elif matters.amend.kind is not None:
            matters.amend.chose(slot, value)
        else:
            talk.ask_again()

    def _resolve(self, value: Any) -> Any:
        """A label stands for its value."""
        talk = self._matters.talk
        for choice in talk.question.choices if talk.question else ():
            if value == choice.label:
                return choice.value
        return "more" if value == talk.words.data["more"] else value
