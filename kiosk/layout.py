"""Where everything stands on a screen: a view and a glass in, rectangles out. No pygame.

`lay_out` takes the largest text that fits, up to somewhat above the size the station
has chosen, and never goes below the limits. The fixed buttons keep their size and place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from . import screens
from .element import Element, Layout
from .geometry import Glass, Rect
from .limits import limits
from .parts import fixed
from .sheet import Look, NoRoom, Sheet
from .view import View

_MOST = 1.35
"""Text may be so much larger than the chosen size where there is room."""
_STEPS = 12
_FRUGAL = 4


def lay_out(view: View, glass: Glass, look: Look) -> Layout:
    """Place a view. Raises NoRoom only where even its words alone do not fit the glass."""
    wished = limits().text_sizes[look.text_size]
    buttons, area = fixed(Sheet(glass, wished), left_handed=look.left_handed)
    for sheet in _sheets(glass, wished):
        try:
            return Layout((*_placed(view, sheet, area), *buttons), sheet.scale)
        except NoRoom:
            continue
    raise NoRoom(f"{type(view).__name__} does not fit {glass}")


def _sheets(glass: Glass, wished: float) -> Iterator[Sheet]:
    """From the largest size downwards; then without what can be left out."""
    largest = wished * _MOST
    for step in range(_STEPS):
        yield Sheet(glass, largest - (largest - 1) * step / (_STEPS - 1), wished=wished)
    for frugal in range(1, _FRUGAL + 1):
        yield Sheet(glass, 1.0, frugal=frugal)


def _placed(view: View, sheet: Sheet, area: Rect) -> tuple[Element, ...]:
    place: Callable[[Any, Sheet, Rect], Iterator[Element]] = screens.PLACES[type(view)]
    made = tuple(place(view, sheet, area))
    for element in made:
        if not area.contains(element.rect):
            raise NoRoom("it sticks out")
    return made
