"""Views out of a turn: which kind of screen a question needs, and with which tiles."""

from __future__ import annotations

import math
from datetime import datetime

from intents.conversation.dialogue import load_dialogues
from intents.conversation.spoken import load_words
from intents.types import Ask, Choice

from . import dates
from .limits import limits
from .pieces import correctable, pieces
from .state import State
from .steps import COUNTED, Step
from .turned import Card, Known, Turned
from .view import (
    Action,
    Done,
    Help,
    Idle,
    Keypad,
    Listening,
    Now,
    Question,
    ReadBack,
    Stepper,
    StillThere,
    Tile,
    View,
    Week,
    Words,
)
from .words import icon_of, words

TIME_STEP = Action("step_time")
"""Another time than those on offer."""


def idle(now: datetime, state: Now, notice: str) -> Idle:
    """Nobody is being served."""
    told, names = words()["idle"], load_dialogues()
    services = [
        Tile(names[intent].name, Action("service", value=intent), icon_of("service", intent, ""))
        for intent in load_words().data["services"][:4]
        if intent in names
    ]
    greeting = str(words()["said"]["greeting"]).rstrip("。")
    return Idle(
        dates.clock(now),
        dates.day(now),
        dates.lunar(now.date()),
        greeting,
        Tile(told["speak"], Action("speak"), "mic", "speak"),
        tuple(services),
        (
            Tile(told["more"], Action("more"), "more"),
            Tile(told["card"], Action("card"), "card"),
        ),
        state,
        notice,
    )


def keypad(typed: str, state: Now) -> Keypad:
    """A card's number."""
    told = words()["keypad"]
    digits = [Tile(str(n), Action("digit", value=str(n))) for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 0)]
    delete = Tile(told["delete"], Action("digit", value="delete"), "delete")
    done = Tile(told["done"], Action("digit", value="done"), "tick", "yes")
    return Keypad(told["question"], typed, (*digits[:9], delete, digits[9], done), state)


def still_there(seconds: int) -> StillThere:
    """您还在吗, without anything personal."""
    told = words()["still_there"]
    here = Tile(told["here"], Action("here"), "finger", "speak")
    return StillThere(told["question"], here, told["left"].format(s=seconds), Now("listening"))


def a_few_words(kind: str, said: tuple[str, ...], state: Now) -> Words:
    """Staff called, good-bye, one moment, calling for help, out of order."""
    icons = {
        "staff_called": "staff",
        "farewell": "wave",
        "preparing": "dots",
        "calling": "alarm",
        "out_of_order": "broken",
        "coming": "staff",
        "not_called": "broken",
    }
    own = words()[kind]
    lines = said or tuple(own[name] for name in ("said", "called") if name in own)
    return Words(kind, own["title"], lines, icons[kind], state)  # type: ignore[arg-type]


def help_on_the_way(turn: Turned, state: Now, cancel_s: int | None) -> Help:
    """An alarm is raised; for the red button there are some seconds to take it back."""
    told = words()["help"]
    safe = Tile(told["safe"], Action("safe"), "tick")
    tiles = [safe]
    if cancel_s is not None:
        tiles = [Tile(told["cancel"].format(s=cancel_s), Action("mistaken"), "cross"), safe]
    lead, question = parted(turn)
    return Help(told["title"], lead, question, tuple(tiles), state)


def done(turn: Turned, card: Card, state: Now, *, printer: bool) -> Done:
    """It stands in the ledger."""
    told = words()["done"]
    lead, question = parted(turn)
    tiles = [Tile(told["again"], Action("another"), "plus"), *_finish()]
    if printer:
        tiles.insert(1, Tile(told["print"], Action("print", value=card.number), "printer"))
    facts = [(str(told[name]), text) for name, text in card.facts]
    facts.append((str(told["number"]), card.number))
    icon = icon_of("service", card.intent, "")
    return Done(
        told["titles"][card.outcome], lead, tuple(facts), question, tuple(tiles), icon, state
    )


def anything_else(turn: Turned, state: Now) -> Question:
    """Nothing was filed, and nothing is open."""
    lead, question = parted(turn)
    again = Tile(words()["done"]["again"], Action("another"), "plus")
    return Question(lead, question, (again, *_finish()), state)


def _finish() -> list[Tile]:
    return [Tile(words()["done"]["finish"], Action("finish"), "tick", "yes")]


def stepper(turn: Turned, step: Step, state: Now) -> Stepper:
    """Less, more, that is it."""
    told = words()["stepper"]
    lead, question = parted(turn)
    own = words()["said"]["how_many"]
    asked = step.slot == (turn.ask.slot if turn.ask else "")
    return Stepper(
        lead if asked else (),
        question if asked else own,
        step.words,
        Tile(told["less"], Action("step", value=-1), "minus"),
        Tile(told["more"], Action("step", value=1), "plus"),
        Tile(told["done"], Action("take"), "tick", "yes"),
        state,
    )


def listening(turn: Turned, transcript: str, state: Now) -> Listening:
    """What is being said."""
    lead, question = parted(turn)
    hint = words()["listening"]["wait" if state.mode == "speaking" else "hint"]
    return Listening(() if transcript else lead, question, transcript, hint, state)


def asked(turn: Turned, ask: Ask, state: Now, known: Known, now: datetime) -> View:
    """The screen for a question."""
    lead, question = parted(turn)
    if ask.slot == "date":
        return Week(lead, question, dates.week(now), state)
    if ask.slot == "confirm" and turn.summary:
        yes, no = (_confirming(choice) for choice in ask.choices[:2])
        slots = correctable(ask.intent or "")
        said = tuple(pieces(sentence, turn.summary, slots) for sentence in lead)
        who = str(turn.slots.get("contact") or "")
        icon = icon_of("service", ask.intent or "", "")
        if who:
            icon = icon_of("contact", who, who)
        return ReadBack(said, question, icon, yes, no, state, known.photos.get(who), bool(who))
    made = tiles(ask, known)
    if not made:
        return listening(turn, "", state)
    return Question(lead, question, made, state)


def steps(ask: Ask) -> bool:
    """Whether a question is answered by stepping from the beginning."""
    return ask.slot in COUNTED - {"items"} or (ask.slot == "time" and not ask.choices)


def tiles(ask: Ask, known: Known) -> tuple[Tile, ...]:
    """What can be touched in answer to a question; empty where it can only be said."""
    if ask.slot == "address":
        return _addresses(known)
    if ask.slot == "confirm":
        return tuple(_confirming(choice) for choice in ask.choices)
    made = [_tile(ask, choice, known) for choice in _own_people(ask, known)]
    if ask.slot == "time" and len(made) < 4:
        other = words()["stepper"]["other_time"]
        made.append(Tile(other, TIME_STEP, "clock"))
    return tuple(made)


def _own_people(ask: Ask, known: Known) -> list[Choice]:
    """Without 女儿 where 大女儿 is somebody: two tiles for one person are a riddle."""
    if ask.slot != "contact":
        return list(ask.choices)
    people = known.contacts
    return [
        choice
        for choice in ask.choices
        if choice.label in people or not any(each.endswith(choice.label) for each in people)
    ]


def _tile(ask: Ask, choice: Choice, known: Known) -> Tile:
    icon = icon_of(ask.slot, choice.value, choice.label)
    action = Action("choose", ask.slot, choice.value)
    if ask.slot != "contact":
        return Tile(choice.label, action, icon)
    name, photo = known.contacts.get(choice.label, ""), known.photos.get(choice.label)
    return Tile(choice.label, action, icon, note="" if name == choice.label else name, photo=photo)


def _confirming(choice: Choice) -> Tile:
    agreed = choice.value == "yes"
    action = Action("choose", "confirm", choice.value)
    return Tile(choice.label, action, "tick" if agreed else "pencil", "yes" if agreed else "tile")


def _addresses(known: Known) -> tuple[Tile, ...]:
    told = words()["addresses"]
    found = [known.address] if known.address else []
    made = [
        Tile(address, Action("choose", "address", address), "home")
        for address in dict.fromkeys([*found, told["home"]])
    ]
    return (*made, Tile(told["staff"], Action("staff_fills"), "staff"))


def parted(turn: Turned) -> tuple[tuple[str, ...], str]:
    """The sentences before the question, and the question; the last one where there is none."""
    if not turn.say:
        return (), ""
    return turn.say[:-1], turn.say[-1]


def seconds_left(state: State, now: float) -> int | None:
    """To take the red button back; None when there is nothing to take back, or no longer."""
    pressed = state.visit.pressed_at
    if pressed is None or not state.visit.alarm:
        return None
    left = math.ceil(limits().cancel_s - (now - pressed))
    return left if left > 0 else None
