"""What is spoken of a filed request besides the promise: its number, and on wish all of it."""

from __future__ import annotations

import re

from .turned import Card, Turned
from .words import words


def aloud(turn: Turned) -> tuple[str, ...]:
    """The sentences of a turn as they are spoken: a request's number before the question.

    The number stands on the screen in digits, so it is no sentence of its own there.
    """
    if not turn.cards or not turn.cards[-1].number:
        return turn.say
    return _before_question(turn, (number(turn.cards[-1]),))


def receipt(turn: Turned) -> tuple[str, ...]:
    """The same with all that the screen shows of the request: what, when, who, number."""
    if not turn.cards:
        return turn.say
    card, told = turn.cards[-1], words()["done"]
    facts = (
        str(words()["said"]["fact"]).format(name=told[name], value=value)
        for name, value in card.facts
    )
    return _before_question(turn, (*facts, number(card)))


def number(card: Card) -> str:
    """号码是幺幺二三，零零七: digit by digit, as one dictates it."""
    told = words()["said"]
    digits = str(told["digits"])
    groups = re.findall(r"\d+", card.number)
    spoken = ["".join(digits[int(digit)] for digit in group) for group in groups]
    return str(told["number"]).format(number=told["pause"].join(spoken))


def _before_question(turn: Turned, more: tuple[str, ...]) -> tuple[str, ...]:
    if turn.ask is None:
        return (*turn.say, *more)
    return (*turn.say[:-1], *more, *turn.say[-1:])
