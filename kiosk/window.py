"""The window: draws what the presenter shows, gives it touches and news. Nothing here waits.

Everything that takes time (recognising, speaking, filing) is done elsewhere; a
frame only lays out, paints what has changed, and passes messages.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import pygame

from .element import Element, Layout
from .finger import Finger
from .geometry import Glass
from .layout import lay_out
from .painter import Painter
from .presenter import Presenter
from .sheet import Look
from .turned import Command
from .view import View

FRAMES: Final = 30
"""Frames a second."""
_LEVELS: Final = 8
"""Steps of the ring."""

Seen = Callable[[View, pygame.Surface], None]
"""Told when another view stands on the screen."""


class Worker(Protocol):
    """Whoever listens, speaks and files."""

    @property
    def level(self) -> float:
        """How loud it is at the microphone, 0–1."""

    def do(self, command: Command) -> None:
        """Have something done; returns at once."""

    def told(self) -> Iterable[Callable[[Presenter, float], list[Command] | None]]:
        """News that have come; returns at once."""


@dataclass(slots=True)
class Shown:
    """What stands on the screen."""

    view: View | None = None
    """The view."""
    layout: Layout = field(default_factory=lambda: Layout((), 1.0))
    """Where everything is."""
    pressed: Element | None = None
    """What is being touched."""
    level: int = -1
    """The ring."""


class Window:
    """One screen of one station; `run` returns when it is closed.

    `reactions` collects the seconds from every touch to its being seen.
    """

    def __init__(
        self,
        glass: Glass,
        look: Look,
        presenter: Presenter,
        worker: Worker,
        fonts: Path,
        *,
        fullscreen: bool = False,
        seen: Seen | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        os.environ.setdefault("SDL_VIDEO_CENTERED", "1")
        pygame.display.init()
        pygame.display.set_caption("Linli")
        flags = pygame.FULLSCREEN if fullscreen else 0
        self.glass, self._look = glass, look
        self._surface = pygame.display.set_mode((glass.width, glass.height), flags)
        self._painter = Painter(glass, fonts)
        self._finger = Finger(glass)
        self._presenter, self._worker = presenter, worker
        self._seen, self._clock = seen, clock
        self._fullscreen = fullscreen
        self._shown = Shown()
        self._touched_at: float | None = None
        self.reactions: list[float] = []
        pygame.mouse.set_visible(not fullscreen)

    @property
    def layout(self) -> Layout:
        """What stands on the screen."""
        return self._shown.layout

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Show and serve until the window is closed or `until` is true."""
        ticks = pygame.time.Clock()
        while not until() and self.frame():
            ticks.tick(FRAMES)
        self.close()

    def frame(self) -> bool:
        """One round; False when the window was closed."""
        now = self._clock()
        for event in pygame.event.get():
            if event.type == pygame.QUIT or self._escaped(event):
                return False
            self._pointed(event, now)
        for news in self._worker.told():
            self._do(news(self._presenter, now))
        self._do(self._presenter.tick(now))
        self._show(now)
        return True

    def close(self) -> None:
        """Let go of the display."""
        pygame.display.quit()

    def _do(self, commands: list[Command] | None) -> None:
        for command in commands or ():
            self._worker.do(command)

    def _escaped(self, event: pygame.event.Event) -> bool:
        return (
            not self._fullscreen and event.type == pygame.KEYDOWN and event.key == pygame.K_ESCAPE
        )

    def _pointed(self, event: pygame.event.Event, now: float) -> None:
        """Fingers come as the left mouse button."""
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            if self._finger.down(self._shown.layout, event.pos, now) is not None:
                self._touched_at = self._clock()
        elif event.type == pygame.MOUSEBUTTONUP and event.button == 1:
            touched = self._finger.up(self._shown.layout, event.pos, now)
            if touched is not None and touched.action is not None:
                self._do(self._presenter.touched(touched.action, now))

    def _show(self, now: float) -> None:
        """Paint what has changed since the last frame: everything, or only the ring."""
        view, shown = self._presenter.view(now), self._shown
        pressed = self._finger.pressed
        level = round(self._worker.level * _LEVELS)
        mode = self._presenter.mode
        if view != shown.view or pressed is not shown.pressed:
            other = view != shown.view
            layout = lay_out(view, self.glass, self._look) if other else shown.layout
            self._shown = Shown(view, layout, pressed, level)
            self._painter.draw(
                self._surface, layout, mode=mode, level=level / _LEVELS, pressed=pressed
            )
            pygame.display.flip()
            if self._touched_at is not None:
                self.reactions.append(self._clock() - self._touched_at)
                self._touched_at = None
            if other and self._seen is not None:
                self._seen(view, self._surface)
        elif level != shown.level and mode == "listening":
            shown.level = level
            changed = self._painter.ring(self._surface, shown.layout, mode, level / _LEVELS)
            pygame.display.update(changed)
