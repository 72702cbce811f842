"""Pictures of screens: one PNG file for every screen that was shown."""

from __future__ import annotations

import re
from pathlib import Path

import pygame

from kiosk.view import View, Words

_NAME = re.compile(r"(?<!^)(?=[A-Z])")


class Pictures:
    """Writes a picture whenever another screen is shown; only those that look different.

    They are numbered in the order in which they came: `03-read-back.png`. A screen
    that only counts seconds or letters replaces its own picture.
    """

    def __init__(self, folder: Path, *, width: int | None = None) -> None:
        self.folder = folder
        self.written: list[Path] = []
        self._width = width
        self._last = ""
        folder.mkdir(parents=True, exist_ok=True)

    def __call__(self, view: View, surface: pygame.Surface) -> None:
        """Keep this screen."""
        name = name_of(view)
        asked = f"{name} {getattr(view, 'question', '')}"
        if asked != self._last:
            self.written.append(self.folder / f"{len(self.written) + 1:02}-{name}.png")
        self._last = asked
        pygame.image.save(smaller(surface, self._width), str(self.written[-1]))


def name_of(view: View) -> str:
    """What a file is called after: read-back, week, staff-called."""
    if isinstance(view, Words):
        return view.kind.replace("_", "-")
    return _NAME.sub("-", type(view).__name__).lower()


def smaller(surface: pygame.Surface, width: int | None) -> pygame.Surface:
    """Scaled down to a width, for a manual."""
    if width is None or surface.get_width() <= width:
        return surface
    height = round(surface.get_height() * width / surface.get_width())
    return pygame.transform.smoothscale(surface, (width, height))
