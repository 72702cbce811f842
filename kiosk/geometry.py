"""Rectangles on a screen whose pixels have a size in millimetres.

Everything is laid out in whole pixels; sizes that bind are given in
millimetres and rounded up, so that rounding never makes them too small.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

MM_PER_INCH: Final = 25.4


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in pixels; `x`, `y` is its upper left corner."""

    x: int
    """Left edge."""
    y: int
    """Upper edge."""
    w: int
    """Width."""
    h: int
    """Height."""

    @property
    def right(self) -> int:
        """The first column beyond it."""
        return self.x + self.w

    @property
    def bottom(self) -> int:
        """The first row beyond it."""
        return self.y + self.h

    @property
    def centre(self) -> tuple[int, int]:
        """Its middle."""
        return self.x + self.w // 2, self.y + self.h // 2

    def inset(self, by: int) -> Rect:
        """Smaller by so much on every side."""
        return Rect(self.x + by, self.y + by, self.w - 2 * by, self.h - 2 * by)

    def holds(self, point: tuple[int, int], margin: int = 0) -> bool:
        """Whether a point lies in it, or within `margin` around it."""
        x, y = point
        inside = self.x - margin <= x < self.right + margin
        return inside and self.y - margin <= y < self.bottom + margin

    def contains(self, other: Rect) -> bool:
        """Whether another lies wholly in it."""
        across = self.x <= other.x and other.right <= self.right
        return across and self.y <= other.y and other.bottom <= self.bottom

    def apart(self, other: Rect) -> float:
        """Pixels between the two; 0 when they touch or overlap."""
        dx = max(other.x - self.right, self.x - other.right, 0)
        dy = max(other.y - self.bottom, self.y - other.bottom, 0)
        return math.hypot(dx, dy)

    def overlaps(self, other: Rect) -> bool:
        """Whether they share a pixel."""
        across = self.x < other.right and other.x < self.right
        return across and self.y < other.bottom and other.y < self.bottom

    def columns(self, count: int, gap: int) -> list[Rect]:
        """Cut into equal columns."""
        return list(self._cut([1] * count, gap, across=True))

    def rows(self, count: int, gap: int) -> list[Rect]:
        """Cut into equal rows."""
        return list(self._cut([1] * count, gap, across=False))

    def shares(self, weights: Sequence[float], gap: int, *, across: bool) -> list[Rect]:
        """Cut into columns (`across`) or rows of these weights."""
        return list(self._cut(weights, gap, across=across))

    def _cut(self, weights: Sequence[float], gap: int, *, across: bool) -> Iterator[Rect]:
        free = (self.w if across else self.h) - gap * (len(weights) - 1)
        at, used, total = (self.x if across else self.y), 0.0, sum(weights)
        for weight in weights:
            size = int(free * (used + weight) / total) - int(free * used / total)
            yield (Rect(at, self.y, size, self.h) if across else Rect(self.x, at, self.w, size))
            at += size + gap
            used += weight

    def middle(self, w: int, h: int) -> Rect:
        """A rectangle of this size in its middle."""
        return Rect(self.x + (self.w - w) // 2, self.y + (self.h - h) // 2, w, h)


@dataclass(frozen=True, slots=True)
class Glass:
    """A screen: its pixels and how large they are."""

    width: int
    """Pixels across."""
    height: int
    """Pixels down."""
    mm_per_px: float
    """Millimetres a pixel measures."""

    @classmethod
    def of_inches(cls, width: int, height: int, inches: float) -> Glass:
        """A screen with this diagonal and square pixels."""
        return cls(width, height, inches * MM_PER_INCH / math.hypot(width, height))

    @property
    def area(self) -> Rect:
        """All of it."""
        return Rect(0, 0, self.width, self.height)

    @property
    def portrait(self) -> bool:
        """Whether it stands upright."""
        return self.height > self.width

    @property
    def inches(self) -> float:
        """Its diagonal."""
        return math.hypot(self.width, self.height) * self.mm_per_px / MM_PER_INCH

    def px(self, mm: float) -> int:
        """The fewest pixels that measure at least so many millimetres."""
        return math.ceil(mm / self.mm_per_px - 1e-9)

    def mm(self, px: float) -> float:
        """Pixels in millimetres."""
        return px * self.mm_per_px
