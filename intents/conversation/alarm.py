"""An emergency: staff are alerted at once, then the elder is not left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from intents.types import Alert, Choice, Connect

from .talk import Question, Talk

_STEPS = ("ask_place", "ask_people", "ask_state")
_ALERTS_WITHOUT_ANSWER = 2
_ANY = "other"


class Alarm:
    """The alarm of this talk, once raised; `over` is called when all is clear."""

    def __init__(self, talk: Talk, over: Callable[[], None]) -> None:
        self._talk = talk
        self._over = over
        self.kind: str | None = None
        self._index = 0
        self._told: list[str] = []
        self._step = 0
        self._unanswered = 0

    def news(self, kind: str) -> bool:
        """Whether a cry says more than is known; a general one (救命) never does."""
        return self.kind is None or kind not in (self.kind, _ANY)

    def raised(self, kind: str, heard: str) -> None:
        """Alert first, connect, write it down; only then speak."""
        talk = self._talk
        first = self.kind is None
        fresh = first or self._step == 1  # nothing was answered: the elder was still speaking
        kind = self.kind if self.kind is not None and kind == _ANY else kind
        self.kind, self._unanswered = kind, 0
        talk.out.append(Alert(kind, heard))
        talk.out.append(Connect("emergency"))
        if fresh:
            self._step = 0
        self._write(talk.heard if heard else "", first=first)
        if fresh:
            talk.say(self._calm())
        if f"advice.{kind}" in talk.prompts:
            talk.say(f"advice.{kind}")
        talk.end("emergency")
        self._ask()

    def _calm(self) -> str:
        if self.kind == "crime":
            return "alarm_quiet"
        return "alarm" if self._talk.channel == "phone" else "alarm_kiosk"

    def _write(self, heard: str, *, first: bool = False) -> None:
        talk = self._talk
        if heard:
            self._told.append(heard)
        slots: dict[str, Any] = {"kind": self.kind or "other"}
        if self._told:
            slots["note"] = "；".join(self._told)
        if talk.resident.get("address"):
            slots["address"] = talk.resident["address"]
        target = None if first else self._index
        self._index = talk.file(
            "emergency", slots, "emergency", target=target, priority="emergency"
        )

    def _ask(self) -> None:
        prompt = _STEPS[self._step] if self._step < len(_STEPS) else "stay"
        if prompt == "ask_place" and self.kind == "fire":
            prompt = "ask_place_fire"
        self._step += 1
        self._talk.pose(
            Question(prompt.split("_")[1] if "_" in prompt else "state", prompt, prompt)
        )

    def heard(self, text: str) -> None:
        """What the elder says now is written down for those who come."""
        self._unanswered = 0
        if self._talk.acts.found("all_clear", text):
            self._write(text)
            self._clear()
            return
        self._write(text)
        self._ask()

    def answered(self, value: Any) -> None:
        """A key or a tile: a sign of life."""
        self._unanswered = 0
        if len(str(value)) > 1:
            self._write(str(value))
        self._ask()

    def unanswered(self) -> None:
        """Nothing was said: look sooner."""
        talk = self._talk
        self._unanswered += 1
        if self._unanswered <= _ALERTS_WITHOUT_ANSWER:
            talk.out.append(Alert(self.kind or "other", "", silent=True))
            talk.out.append(Connect("emergency"))
        talk.say("no_answer")
        talk.pose(Question("state", "ask_hear", "ask_hear"))

    def noise(self) -> None:
        """Something was heard, but no words."""
        self._talk.pose(Question("state", "stay", "stay"))

    def gone(self) -> None:
        """The line is dead: those who come must know."""
        talk = self._talk
        talk.out.append(Alert(self.kind or "other", "", silent=True))
        talk.out.append(Connect("emergency"))
        talk.end("emergency", final=True)

    def _clear(self) -> None:
        """The elder says all is well: somebody looks all the same."""
        talk = self._talk
        self.kind = None
        choices = tuple(Choice(intent, d.name) for intent, d in talk.ranked())
        talk.pose(Question("service", "all_clear", "service_again", choices=choices))
        self._over()
