"""Who may be in trouble is asked; who then says yes, says more, or falls silent is helped."""

from __future__ import annotations

from intents.types import Understanding

from .matters import Matters

_WORRIED, _FELT = "ask_worry", "ask_distress"
_MOST = 2
"""How often in one talk it is asked whether somebody shall come: some only like to tell tales."""


class Distress:
    """Words that may have been a cry: not sure enough for an alarm, too grave to let pass."""

    def __init__(self, matters: Matters) -> None:
        self._matters, self._talk = matters, matters.talk
        self.words = ""
        """What was said last, where silence after it is an alarm; else empty."""
        self._kind = "other"
        self._prompt = _FELT
        self._asked = 0

    def borne_out(self, text: str) -> tuple[str, str] | None:
        """The alarm, kind and words, where what follows makes the words before it one."""
        if not self.words or self._nobody(text):
            return None
        if self._talk.acts.found("acute", text):
            return "other", text
        if not self._worried or self._says(text) != "yes":
            return None
        self._talk.heard = f"{self.words}；{text}"
        return self._kind, self.words

    def denied(self, text: str, meant: Understanding) -> bool:
        """Whether nobody needs to come, and nothing else is asked for."""
        other = self._matters.known(meant.first.name)
        well = self._nobody(text) or self._says(text) == "no"
        return bool(self.words) and self._worried and well and not other

    def _says(self, text: str) -> str | None:
        """Yes or no to the question whether somebody shall come."""
        talk = self._talk
        if talk.acts.found("fetch_help", text):
            return "yes"
        return talk.verdict(text) or talk.engine.polarity(text)

    @property
    def _worried(self) -> bool:
        """Whether it was asked if somebody shall come."""
        return self._prompt == _WORRIED

    def _nobody(self, text: str) -> bool:
        """不用叫人, 没事: in so many words."""
        acts = self._talk.acts
        return self._worried and (acts.found("no_help", text) or acts.found("all_clear", text))

    def listen(self, text: str, meant: Understanding, *, alarmed: bool) -> None:
        """Weigh what was said; `alarmed`: it is an alarm."""
        asked = self._talk.question
        complains = asked is not None and asked.slot == "department"
        felt = self._talk.acts.found("distress", text) and not complains
        asks = not alarmed and not felt and self._idle(meant) and self._asked < _MOST
        worry = self._talk.engine.worry(text) if asks else None
        self.words = text if felt or worry else ""
        self._kind = worry[0] if worry else "other"
        self._prompt = _WORRIED if worry else _FELT

    def _idle(self, meant: Understanding) -> bool:
        """Whether nothing is being taken, and nothing is asked for."""
        matters, asked = self._matters, self._talk.question
        busy = matters.order.draft is not None or matters.amend.kind is not None
        free = asked is None or asked.open
        return free and not busy and meant.first.name == "out_of_scope"

    def ask(self) -> None:
        """Ask what is the matter, or whether somebody shall come."""
        self._asked += self._prompt == _WORRIED
        self._talk.ask_service(self._prompt)
