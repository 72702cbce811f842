"""When something is not understood, not heard, or not said: three steps, then a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from intents.types import Choice, Understanding

from .talk import Question, Talk

_NARROW = 3
_GUESS = 0.2
_REMARK = 10
"""Characters from which on words that nobody understands are a remark."""


class Ladder:
    """Repair, in other words each time; `person` hands over with a reason."""

    def __init__(self, talk: Talk, person: Callable[[str], None]) -> None:
        self._talk = talk
        self._person = person
        self.silences = 0

    def failed(self, text: str = "", meant: Understanding | None = None) -> None:
        """Not understood: rephrase with an example, narrow it down, fetch a person."""
        talk = self._talk
        question = talk.question
        if question is not None and self._chats(question, text):
            talk.say("chat")
            talk.pose(question, question.again)
            return
        talk.failures += 1
        if question is not None and question.open and text:
            talk.unclaimed.append(text)
        if talk.failures >= 3:
            self._person("failures")
        elif question is None:
            talk.ask_service("service_again")
        elif talk.failures == 1:
            chats = question.open and len(text) > 6
            talk.pose(question, "small_talk" if chats else question.again)
        else:
            self._narrow(question, meant)

    def _chats(self, question: Question, text: str) -> bool:
        """A long remark in the middle: once for each question it is no failure."""
        talk = self._talk
        again = talk.chatted == question.slot
        if question.open or again or talk.failures or len(text) < _REMARK:
            return False
        talk.chatted = question.slot
        return question.slot != "confirm"

    def _narrow(self, question: Question, meant: Understanding | None) -> None:
        talk = self._talk
        guess = self._guess(question, meant)
        if question.slot == "confirm":
            talk.recap()
            talk.pose(question, f"confirm_narrow_{talk.channel}")
        elif guess:
            self._offer_keys("guess_keys")
            talk.say("guess", {"name": talk.name(guess)})
            offered = (
                Choice(guess, str(talk.words.data["yes"])),
                Choice("other", str(talk.words.data["more"])),
            )
            talk.expect(replace(question, choices=offered, page=0, keys=True))
        elif question.choices:
            few = [choice for choice in question.choices if choice.value != "drop"][:_NARROW]
            named = {"options": talk.words.options([choice.label for choice in few])}
            prompt = "service_narrow" if question.open else "narrow"
            self._offer_keys("keys")
            talk.say(prompt, named)
            talk.expect(replace(question, keys=True))
        else:
            talk.pose(question, question.again)

    def _offer_keys(self, prompt: str) -> None:
        """A telephone has keys; a screen shows the choices themselves."""
        if self._talk.channel == "phone":
            self._talk.say(f"{prompt}_phone")

    def _guess(self, question: Question, meant: Understanding | None) -> str | None:
        """The likeliest other reading, when no service is known yet."""
        if not question.open or meant is None:
            return None
        likely = (
            guess.intent
            for guess in meant.alternatives
            if guess.confidence >= _GUESS and guess.intent in self._talk.dialogues
        )
        return next(likely, None)

    def noise(self) -> None:
        """There was sound but no speech."""
        talk = self._talk
        talk.failures += 1
        if talk.failures >= 3:
            self._person("failures")
            return
        question = talk.question
        if talk.channel == "phone" and talk.failures == 2 and question is not None:
            # On a noisy line few words and a key get through where a sentence does not.
            self._narrow(question, None)
            return
        talk.say("noise_1" if talk.failures == 1 else "noise_2")
        talk.ask_again()

    def silence(self) -> None:
        """Nothing was said: gently ask, offer a person, fetch one; at a kiosk only ask."""
        self.silences += 1
        if self._talk.channel == "phone":
            self._silent_line()
        else:
            self._silent_kiosk()

    def _silent_line(self) -> None:
        talk = self._talk
        nothing_open = bool(talk.outcomes) and (talk.question is None or talk.question.open)
        if self.silences == 1:
            talk.say("silence_phone_1")
            talk.ask_again()
        elif nothing_open and not talk.queue:
            talk.say("farewell_phone")
            talk.end("none", final=True)
        elif self.silences == 2:
            talk.say("silence_phone_2")
            talk.ask_again()
        else:
            self._person("silence")

    def _silent_kiosk(self) -> None:
        talk = self._talk
        begun = talk.question is None or not talk.question.open or not talk.heard
        if self.silences >= (3 if begun or talk.outcomes else 2):
            talk.say("silence_kiosk_end")
            talk.end("none", final=True)
            return
        talk.say(f"silence_kiosk_{self.silences}")
        talk.ask_again()
