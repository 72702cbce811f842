"""What a screen shows, as plain data: no pixels, no pygame, no conversation.

A presenter makes views, the layout places them, the painter draws them. Touching
something gives the `Action` it carries.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Mode: TypeAlias = Literal["listening", "speaking", "thinking", "deaf", "quiet"]
"""What Linli is doing: listening, talking, working, without a microphone, or at rest."""


@dataclass(frozen=True, slots=True)
class Action:
    """What touching something means."""

    name: str
    """speak, service, choose, confirm, correct, more, card, digit, step, take, …"""
    slot: str = ""
    """The slot a choice is for."""
    value: Any = None
    """What was chosen."""


AGAIN, BACK, STAFF = Action("again"), Action("back"), Action("staff")
"""The three buttons that are on every screen."""
EMERGENCY = Action("emergency")
"""The red button."""
FIXED: tuple[Action, ...] = (AGAIN, BACK, STAFF)


@dataclass(frozen=True, slots=True)
class Photo:
    """Somebody's picture, small enough to be shown at once."""

    side: int
    """Pixels of the square."""
    rgb: bytes
    """Three bytes a pixel, row by row."""


@dataclass(frozen=True, slots=True)
class Tile:
    """Something to choose, with a picture and words."""

    label: str
    """Its words."""
    action: Action
    """What touching it means."""
    icon: str = ""
    """Name of its picture; empty for none."""
    coat: Literal["tile", "speak", "yes", "alarm", "fixed"] = "tile"
    """How it is painted."""
    note: str = ""
    """Smaller words below."""
    photo: Photo | None = None
    """Shown in place of the picture."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a read-back: plain words, or a value that can be corrected."""

    text: str
    """As it is spoken."""
    slot: str = ""
    """The slot it is the value of; empty for plain words."""


@dataclass(frozen=True, slots=True)
class Now:
    """What every screen of a talk shows."""

    mode: Mode = "quiet"
    """What Linli is doing."""
    heard: str = ""
    """What was understood last."""


@dataclass(frozen=True, slots=True)
class Idle:
    """Nobody is being served."""

    clock: str
    """9:05."""
    day: str
    """11月23日 星期一."""
    lunar: str
    """The day in the lunar calendar."""
    greeting: str
    """您好，请说您要办什么事."""
    speak: Tile
    """The huge button."""
    tiles: tuple[Tile, ...]
    """The most used services."""
    more: tuple[Tile, ...]
    """The other services; a card."""
    now: Now = Now()
    """Listening or not."""
    notice: str = ""
    """What does not work at the moment."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What every screen with a question begins with."""

    lead: tuple[str, ...]
    """Sentences said before the question."""
    question: str
    """The question, word for word as spoken."""


@dataclass(frozen=True, slots=True)
class Listening(Asked):
    """The elder is speaking, or may say anything."""

    transcript: str
    """What has been heard so far."""
    hint: str
    """What to do, where nothing has been heard yet."""
    now: Now
    """What Linli is doing."""


@dataclass(frozen=True, slots=True)
class Question(Asked):
    """One question and at most four answers."""

    tiles: tuple[Tile, ...]
    """The answers."""
    now: Now
    """What Linli is doing."""


@dataclass(frozen=True, slots=True)
class Week(Asked):
    """Which day? Seven of them."""

    days: tuple[Tile, ...]
    """Today and the six days after it; the note is the day of the month."""
    now: Now
    """What Linli is doing."""


@dataclass(frozen=True, slots=True)
class Stepper(Asked):
    """How many, or how late? Less, more, that is it."""

    value: str
    """What it stands at, in words."""
    less: Tile
    """One less."""
    more: Tile
    """One more."""
    done: Tile
    """That is it."""
    now: Now
    """What Linli is doing."""


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What was understood, to be agreed to; each value can be touched to correct it."""

    statements: tuple[tuple[Piece, ...], ...]
    """The sentences, in pieces."""
    question: str
    """Is that right?"""
    icon: str
    """The service's picture, or that of whom it is about."""
    yes: Tile
    """It is right."""
    no: Tile
    """It is not."""
    now: Now
    """What Linli is doing."""
    photo: Photo | None = None
    """Of whom it is about, in place of the picture."""
    person: bool = False
    """The picture is somebody's: to be seen large."""


@dataclass(frozen=True, slots=True)
class Done:
    """It is filed: what, when, who, under which number."""

    title: str
    """办好了."""
    said: tuple[str, ...]
    """The promise, as spoken."""
    facts: tuple[tuple[str, str], ...]
    """Name and value: what, when, who, number."""
    question: str
    """Anything else?"""
    tiles: tuple[Tile, ...]
    """More, no more."""
    icon: str
    """The service's picture."""
    now: Now
    """What Linli is doing."""


@dataclass(frozen=True, slots=True)
class Help:
    """An emergency: what is happening, calmly."""

    title: str
    """Staff are on their way."""
    said: tuple[str, ...]
    """What was said last."""
    question: str
    """What is asked."""
    tiles: tuple[Tile, ...]
    """按错了 while it can be taken back; 我没事."""
    now: Now
    """What Linli is doing."""


@dataclass(frozen=True, slots=True)
class StillThere:
    """您还在吗? Nothing personal is shown."""

    question: str
    """您还在吗."""
    tile: Tile
    """Here I am."""
    left: str
    """What happens, and when."""
    now: Now = Now()
    """What Linli is doing."""


@dataclass(frozen=True, slots=True)
class Words:
    """A few words, nothing to decide: staff called, good-bye, a moment, calling, out of order."""

    kind: Literal[
        "staff_called", "farewell", "preparing", "calling", "out_of_order", "coming", "not_called"
    ]
    """Which."""
    title: str
    """Large."""
    said: tuple[str, ...]
    """Below it."""
    icon: str
    """A picture."""
    now: Now = Now()
    """What Linli is doing."""


@dataclass(frozen=True, slots=True)
class Keypad:
    """A card's number, typed."""

    question: str
    """Which card?"""
    typed: str
    """So far."""
    keys: tuple[Tile, ...]
    """Twelve: 1–9, delete, 0, done."""
    now: Now = field(default_factory=Now)
    """What Linli is doing."""


View: TypeAlias = (
    Idle
    | Listening
    | Question
    | Week
    | Stepper
    | ReadBack
    | Done
    | Help
    | StillThere
    | Words
    | Keypad
)
"""Any screen."""
