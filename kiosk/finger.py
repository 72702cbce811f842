"""A finger on the glass: acts when it is lifted, forgives a tremor, takes no swipe."""

from __future__ import annotations

from .element import Element, Layout
from .geometry import Glass
from .limits import limits


class Finger:
    """Follows one finger; a second one is ignored while the first is down.

    Times are seconds. A touch counts where it came down, if it is lifted there or
    within the drift that is allowed; a second touch right after it is a tremor.
    """

    def __init__(self, glass: Glass) -> None:
        told = limits()
        self._drift = glass.px(told.drift_mm)
        self._guard = told.double_tap_guard_s
        self._lifted_at = -self._guard
        self._down: Element | None = None

    @property
    def pressed(self) -> Element | None:
        """What is being touched."""
        return self._down

    def down(self, layout: Layout, point: tuple[int, int], now: float) -> Element | None:
        """It came down; gives what is under it."""
        self._down = layout.at(point) if now - self._lifted_at >= self._guard else None
        return self._down

    def up(self, layout: Layout, point: tuple[int, int], now: float) -> Element | None:
        """It was lifted; gives what was touched, if anything still shown was."""
        touched, self._down = self._down, None
        if touched is None or touched not in layout.targets:
            return None
        if not touched.rect.holds(point, self._drift):
            return None
        self._lifted_at = now
        return touched
