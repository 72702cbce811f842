"""Colours of the day theme, and how far they stand apart.

Colour is never the only signal: what can be touched has an edge, what is urgent
has a word and a sign, what is chosen is framed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

Colour: TypeAlias = tuple[int, int, int]
"""Red, green, blue, 0–255."""

GROUND: Final[Colour] = (255, 251, 242)
"""What everything lies on."""


@dataclass(frozen=True, slots=True)
class Coat:
    """How one kind of thing is painted."""

    fill: Colour
    """Its ground."""
    ink: Colour
    """Text and line work on it."""
    edge: Colour | None = None
    """Its frame against `GROUND`; None for what is not framed."""


INK: Final[Colour] = (20, 23, 29)
WHITE: Final[Colour] = (255, 255, 255)

PLAIN: Final = Coat(GROUND, INK)
"""Text on the screen itself."""
TILE: Final = Coat(WHITE, INK, (62, 72, 92))
"""Something to choose."""
FIXED: Final = Coat((226, 234, 246), INK, (62, 72, 92))
"""One of the buttons that are always there."""
SPEAK: Final = Coat((13, 60, 142), WHITE, (8, 36, 86))
"""Talk to me; also the first choice where one is meant."""
YES: Final = Coat((9, 84, 40), WHITE, (5, 52, 25))
"""Agreed."""
ALARM: Final = Coat((160, 12, 24), WHITE, (96, 6, 14))
"""Help."""
NOTE: Final = Coat((255, 240, 200), INK, (120, 84, 10))
"""Something to notice."""
VALUE: Final = Coat((255, 246, 214), INK, (120, 84, 10))
"""Something read back that can be corrected."""

COATS: Final = (PLAIN, TILE, FIXED, SPEAK, YES, ALARM, NOTE, VALUE)


def luminance(colour: Colour) -> float:
    """Relative luminance as WCAG defines it, 0–1."""
    parts = [channel / 255 for channel in colour]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio as WCAG defines it, 1–21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
