"""What a laid-out screen is made of: rectangles with text, a picture, a coat and a meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from .geometry import Rect
from .theme import Coat, Colour
from .view import Action, Photo

Role: TypeAlias = Literal["question", "text", "choice", "fixed", "status", "picture"]
"""What binds an element: a question, running text, a choice, a fixed button, Linli's state."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text; its em box begins at `x`, `y`."""

    text: str
    """What it says."""
    x: int
    """Left edge."""
    y: int
    """Top of the em box."""
    em: int
    """Size in pixels."""
    colour: Colour
    """Of the letters."""
    room: int
    """Pixels it may take at most; shorter text is set in their middle when `centred`."""
    centred: bool = False
    """In the middle of its room."""
    bold: bool = False
    """Heavier."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An icon in a square."""

    name: str
    """Its file in assets/icons, without the ending."""
    rect: Rect
    """Where."""
    colour: Colour
    """Of its line work."""
    photo: Photo | None = None
    """Painted instead, where there is one."""


@dataclass(frozen=True, slots=True)
class Element:
    """One thing on the screen."""

    role: Role
    """What binds it."""
    rect: Rect
    """Its ground; what can be touched."""
    coat: Coat
    """How it is painted."""
    lines: tuple[Line, ...] = ()
    """Its words."""
    picture: Picture | None = None
    """Its icon."""
    action: Action | None = None
    """What touching it means; None for what cannot be touched."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A screen ready to be painted."""

    elements: tuple[Element, ...]
    """In the order they are painted."""
    scale: float
    """By how much its text is larger than the smallest allowed."""

    @property
    def targets(self) -> tuple[Element, ...]:
        """What can be touched."""
        return tuple(element for element in self.elements if element.action is not None)

    def at(self, point: tuple[int, int]) -> Element | None:
        """What lies under a finger."""
        return next((each for each in self.targets if each.rect.holds(point)), None)
